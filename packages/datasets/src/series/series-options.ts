// What makes series of a table's rows, and of series the windows that a network takes.

import { datasetError } from '../error.ts';
import { type TableFile, asNumber, asSeconds, listed } from '../table-files/table-file.ts';
import type { RawColumn } from '../table-files/relation.ts';

/** Rows in the order of time, cut into windows: plain data, for manifests. */
export interface SeriesOptions {
  /** Rows of a window, 2 at least. */
  readonly window: number;
  /** Rows from one window to the next, no more than a window; by default 1. */
  readonly stride?: number;
  /** The column that rows are in the order of; without it they are as the files have them. */
  readonly time?: string;
  /** The column that tells several series of one table apart. */
  readonly group?: string;
}

/** @throws `DATASET_BAD_OPTION` for numbers out of range. */
export function requireSeries({ window, stride = 1 }: SeriesOptions): void {
  const wrong = !(Number.isInteger(window) && window >= 2)
    ? `window is a whole number of rows, at least 2, but ${window} came`
    : !(Number.isInteger(stride) && stride >= 1 && stride <= window)
      ? `stride is a whole number of rows from 1 to the window, ${window}, but ${stride} came`
      : undefined;
  if (wrong !== undefined) throw datasetError('DATASET_BAD_OPTION', `${wrong}.`);
}

/** How many windows fit into so many rows; the last one ends with them, so that every row is in one. */
export function windowsIn(rows: number, { window, stride = 1 }: SeriesOptions): number {
  return rows < window ? 0 : 1 + Math.ceil((rows - window) / stride);
}

/**
 * The time as a number: seconds since 1970 of a date.
 * @throws `DATASET_BAD_OPTION` for a column that is not there, or holds neither dates nor numbers.
 */
export function timeExpression(table: TableFile, time: string): string {
  const column = columnOf(table, { option: 'time', name: time });
  if (column.kind === 'date') return asSeconds(column, { kind: 'date' });
  if (column.kind === 'number') return asNumber(column);
  throw datasetError(
    'DATASET_BAD_OPTION',
    `${table.name}: the option "time" names a column of dates or numbers, but "${time}" holds ${column.type}.`,
  );
}

/** @throws `DATASET_BAD_OPTION` for a column that is not there. */
export function columnOf(
  { name: table, columns }: TableFile,
  { option, name }: { readonly option: string; readonly name: string },
): RawColumn {
  const found = columns.find((each) => each.name === name);
  if (found !== undefined) return found;
  throw datasetError(
    'DATASET_BAD_OPTION',
    `${table} has no column "${name}", which the option "${option}" names. There are: ${listed(columns)}.`,
  );
}
