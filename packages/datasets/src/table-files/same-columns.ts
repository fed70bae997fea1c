// The files of one table have the same columns: what is missing in one of them would be filled in, and nobody told.

import { datasetError } from '../error.ts';
import type { CsvDialect } from './csv-dialect.ts';
import { allRows, quoteText } from './duckdb.ts';
import type { TablePath } from './table-path.ts';

/** A file, and how it is written. */
export interface Part {
  readonly file: string;
  readonly dialect: CsvDialect;
}

/**
 * Parts of one table are written alike; columns may come in another order where they have names.
 * @throws `DATASET_CORRUPT` naming the one that differs
 */
export function requireSame(first: Part, other: Part): void {
  const [a, b] = [first.dialect, other.dialect];
  const columns = ({ header, cells }: CsvDialect): string =>
    header ? [...cells].sort().join('\n') : String(cells.length);
  if (a.header === b.header && a.delimiter === b.delimiter && columns(a) === columns(b)) return;
  throw otherColumns({
    ...{ first: first.file, other: other.file },
    ...{ there: a.cells.join(a.delimiter), here: b.cells.join(b.delimiter) },
  });
}

function otherColumns({
  first,
  other,
  there,
  here,
}: Readonly<Record<'first' | 'other' | 'there' | 'here', string>>) {
  const cut = (text: string): string => (text.length <= 200 ? text : `${text.slice(0, 200)}…`);
  return datasetError(
    'DATASET_CORRUPT',
    `The files of a table have the same columns, but ${other} begins with ${cut(here)} where ${first} has ${cut(there)}. ` +
      'Name files that belong together by a pattern, or write that one again.',
  );
}

/** The same of files of Parquet, which tell their columns. */
export async function requireSameColumns(
  { files }: TablePath,
  signal: AbortSignal | undefined,
): Promise<void> {
  if (files.length === 1) return;
  const list = `[${files.map(quoteText).join(', ')}]`;
  const rows = await allRows(
    // The root of each file's schema comes first, and has no type.
    `SELECT file_name, string_agg(name, ', ' ORDER BY name) FROM parquet_schema(${list}) ` +
      `WHERE num_children IS NULL GROUP BY file_name ORDER BY file_name`,
    { files, signal },
  );
  const [[first, there] = []] = rows;
  const odd = rows.find(([, names]) => names !== there);
  if (odd === undefined) return;
  throw otherColumns({
    ...{ first: first ?? '', there: there ?? '' },
    ...{ other: odd[0] ?? '', here: odd[1] ?? '' },
  });
}
