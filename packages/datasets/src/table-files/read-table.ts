// A file as a table of given columns: for models whose columns were settled elsewhere than in a file.

import { datasetError } from '../error.ts';
import type { Table } from '../tables/table.ts';
import { type ColumnSpec, tableBuilder } from '../tables/table-builder.ts';
import {
  type OpenTableOptions,
  asText,
  listed,
  noRows,
  openTableFile,
  scan,
} from './table-file.ts';

/**
 * Reads the columns, found by name in any order, whole; others are not looked at.
 * @throws as `openTableFile`; `DATASET_CORRUPT` naming columns that are missing, or the first row (from 0) without a finite
 *   number where one is needed; `DATASET_EMPTY` for no rows.
 */
export async function readTable(
  path: string,
  { columns, ...options }: OpenTableOptions & { readonly columns: readonly ColumnSpec[] },
): Promise<Table> {
  const file = await openTableFile(path, options);
  const absent = columns.filter(({ name }) => !file.columns.some((each) => each.name === name));
  if (absent.length > 0) {
    throw datasetError(
      'DATASET_CORRUPT',
      `${file.name}: the columns ${listed(columns)} were expected, but ${listed(absent)} ` +
        `${absent.length === 1 ? 'is' : 'are'} missing. There are: ${listed(file.columns)}.`,
    );
  }
  const builder = tableBuilder(columns);
  let row = 0;
  for await (const chunk of scan(file, { expressions: columns.map(asText) })) {
    const texts = columns.map((_, column) => chunk.texts(column));
    for (let i = 0; i < chunk.length; i += 1, row += 1) {
      builder.add(
        texts.map((each) => each[i] ?? ''),
        `${file.name}, row ${row}`,
      );
    }
  }
  if (row === 0) throw noRows(file);
  return builder.finish(file.name);
}
