// What commands write as CSV.

/** Lines of fields, the names of the columns first. */
export function toCsv(
  header: readonly string[],
  rows: Iterable<readonly (string | number | null)[]>,
): string {
  return csvLine(header) + Array.from(rows, csvLine).join('');
}

/** One line, with its end. */
export function csvLine(row: readonly (string | number | null)[]): string {
  return `${row.map(field).join(',')}\n`;
}

/** Quoted where need be (RFC 4180). */
function field(value: string | number | null): string {
  if (typeof value === 'number') return String(value);
  const text = value ?? '';
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** A float32 in no more digits than tell it from its neighbours: of two the larger stays the larger. */
export function shortest(value: number | undefined): number | null {
  return value === undefined ? null : Number(value.toPrecision(9));
}
