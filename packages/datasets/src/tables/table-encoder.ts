// From mixed rows to the numbers a network takes: continuous columns scaled, categorical ones one-hot.
//   x' = (x − shift) / scale        min–max: the lowest value and the range; standard: the mean and the deviation
// Shift and scale come from the rows it is fitted on and from no others. An encoder is plain data, for manifests.

import { type ColumnEncoding, type NdArray, featuresOf, ndarray } from '@memae/graph';
import { datasetError } from '../error.ts';
import type { Column, ContinuousColumn, Table } from './table.ts';

/** How numbers are scaled. Values outside of what was fitted are not clipped: they are what is looked for. */
export type Scaling = 'min-max' | 'standard' | 'none';

export const scalings: readonly Scaling[] = ['min-max', 'standard', 'none'];

/** What becomes of a row. */
export interface TableEncoder {
  readonly columns: readonly ColumnEncoding[];
  /** Names of the numbers that come out: `duration`, `service=http`. */
  readonly features: readonly string[];
}

export interface FitTableOptions {
  /** The rows to fit on; all by default. */
  readonly rows?: Uint32Array;
  /** By default `min-max`. */
  readonly scaling?: Scaling;
  /** Columns to leave out. */
  readonly drop?: readonly string[];
}

/**
 * Fits shift and scale on some rows. Categories are those the table's columns list, whichever of them occur in these
 * rows, so that the number of features depends on the table only.
 * @throws `DATASET_EMPTY` for no rows or columns; `DATASET_BAD_OPTION` for another scaling, or to leave out a column
 *   that is not there.
 */
export function fitTableEncoder(table: Table, options: FitTableOptions = {}): TableEncoder {
  const { rows, scaling = 'min-max', drop = [] } = options;
  if (!scalings.includes(scaling)) {
    throw datasetError(
      'DATASET_BAD_OPTION',
      `scaling is one of ${scalings.join(', ')}, but ${scaling} came.`,
    );
  }
  const absent = drop.find((name) => !table.columns.some((column) => column.name === name));
  if (absent !== undefined) {
    throw datasetError(
      'DATASET_BAD_OPTION',
      `${table.name} has no column "${absent}" to leave out.`,
    );
  }
  const kept = table.columns.filter(({ name }) => !drop.includes(name));
  if (rows?.length === 0 || kept.length === 0) {
    throw datasetError('DATASET_EMPTY', `${table.name}: there are no rows or columns to fit on.`);
  }
  const columns = kept.map((column): ColumnEncoding => {
    const { name, kind } = column;
    return kind === 'continuous'
      ? { name, kind, ...fitScale(column, { rows, scaling }) }
      : { name, kind, categories: column.categories };
  });
  return { columns, features: featuresOf(columns) };
}

function fitScale(
  { values }: ContinuousColumn,
  { rows, scaling }: { readonly rows: Uint32Array | undefined; readonly scaling: Scaling },
): { shift: number; scale: number } {
  if (scaling === 'none') return { shift: 0, scale: 1 };
  const length = rows?.length ?? values.length;
  const at = (i: number): number => values[rows?.[i] ?? i] ?? 0;
  let [least, most, sum] = [Infinity, -Infinity, 0];
  for (let i = 0; i < length; i += 1) {
    const value = at(i);
    least = Math.min(least, value);
    most = Math.max(most, value);
    sum += value;
  }
  if (scaling === 'min-max' || least === most) return { shift: least, scale: most - least || 1 };
  const mean = sum / length;
  let squares = 0;
  for (let i = 0; i < length; i += 1) squares += (at(i) - mean) ** 2;
  return { shift: mean, scale: Math.sqrt(squares / length) || 1 };
}

/** Encodes rows by index, in the order given: `[rows, features]`. */
export type EncodeRows = (rows: Uint32Array) => NdArray;

/**
 * Makes an encoder ready for a table: the one it was fitted on, or another with its columns, by name. A category that
 * the encoder does not know is encoded as zeros in all of the column's features.
 * @throws `DATASET_CORRUPT` when a column is missing or of the other kind.
 */
export function tableRows(encoder: TableEncoder, table: Table): EncodeRows {
  const width = encoder.features.length;
  let offset = 0;
  const writers = encoder.columns.map((encoding) => {
    const from = offset;
    offset += encoding.kind === 'continuous' ? 1 : encoding.categories.length;
    return writerOf(encoding, columnOf(table, encoding), { from, width });
  });
  return (rows) => {
    const data = new Float32Array(rows.length * width);
    for (const write of writers) write(data, rows);
    return ndarray(data, [rows.length, width]);
  };
}

/** Writes one column of these rows into its place in theirs. */
type WriteColumn = (data: Float32Array, rows: Uint32Array) => void;

function writerOf(
  encoding: ColumnEncoding,
  column: Column,
  { from, width }: { readonly from: number; readonly width: number },
): WriteColumn {
  if (encoding.kind === 'continuous' && column.kind === 'continuous') {
    const { shift, scale } = encoding;
    const { values } = column;
    return (data, rows) => {
      for (let i = 0; i < rows.length; i += 1) {
        data[i * width + from] = ((values[rows[i] ?? 0] ?? 0) - shift) / scale;
      }
    };
  }
  if (encoding.kind === 'categorical' && column.kind === 'categorical') {
    const places = column.categories.map((category) => encoding.categories.indexOf(category));
    const { codes } = column;
    return (data, rows) => {
      for (let i = 0; i < rows.length; i += 1) {
        const place = places[codes[rows[i] ?? 0] ?? 0] ?? -1;
        if (place >= 0) data[i * width + from + place] = 1;
      }
    };
  }
  throw datasetError(
    'DATASET_CORRUPT',
    `The column "${encoding.name}" was ${encoding.kind} where it was fitted, but is ${column.kind} here.`,
  );
}

function columnOf(table: Table, { name }: ColumnEncoding): Column {
  const found = table.columns.find((column) => column.name === name);
  if (found !== undefined) return found;
  throw datasetError(
    'DATASET_CORRUPT',
    `${table.name} has no column "${name}", on which the encoder was fitted; it has ` +
      `${table.columns.map((column) => column.name).join(', ')}.`,
  );
}
