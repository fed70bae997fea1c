// Numbers as people read them.

/** A score to four figures. */
export function figure(value: number): string {
  if (value !== 0 && (Math.abs(value) < 1e-3 || Math.abs(value) >= 1e6))
    return value.toExponential(2);
  return String(Number(value.toPrecision(4)));
}

export function percent(share: number): string {
  const value = 100 * share;
  return `${value > 0 && value < 10 ? Number(value.toPrecision(2)) : Math.round(value)} %`;
}

/** A value of a table. */
export function cell(value: string | number | null | undefined): string {
  return typeof value === 'number' ? figure(value) : (value ?? '–');
}

/** `1 picture`, `3 pictures`. */
export function count(number: number, noun: string): string {
  return `${number.toLocaleString('en')} ${noun}${number === 1 ? '' : 's'}`;
}
