// Rows of mixed columns, kept compact: numbers as 32-bit floats, categories as small codes. What a network takes is
// encoded from it, batch by batch, by a `TableEncoder`.

import { datasetError } from '../error.ts';

/** Numbers. */
export interface ContinuousColumn {
  readonly name: string;
  readonly kind: 'continuous';
  /** One a row, finite. */
  readonly values: Float32Array;
}

/** One of several named categories a row. */
export interface CategoricalColumn {
  readonly name: string;
  readonly kind: 'categorical';
  readonly categories: readonly string[];
  /** One a row: an index into `categories`; `categories.length` stands for a category that is not among them. */
  readonly codes: Uint8Array | Uint16Array;
}

export type Column = ContinuousColumn | CategoricalColumn;

/** Columns of one length. */
export interface Table {
  readonly name: string;
  /** Rows. */
  readonly length: number;
  readonly columns: readonly Column[];
}

/** Rows of several classes. */
export interface TablePool {
  readonly table: Table;
  /** One a row: an index into `classes`. */
  readonly labels: Uint8Array;
  readonly classes: readonly string[];
  /** The classes that are anomalous; all others are normal. */
  readonly anomalies: readonly string[];
}

/**
 * Puts columns together, which are not copied.
 * @throws `DATASET_EMPTY` for no columns or rows; `DATASET_CORRUPT`, naming column and row, for columns of several
 *   lengths, a name that comes twice, a number that is not finite, or a code without a category.
 */
export function createTable({ name, columns }: Pick<Table, 'name' | 'columns'>): Table {
  const [first] = columns;
  const length = first === undefined ? 0 : lengthOf(first);
  if (first === undefined || length === 0) {
    throw datasetError(
      'DATASET_EMPTY',
      `${name}: columns with one row at least were expected, but ${columns.length} columns of ${length} rows came. Name data that has some.`,
    );
  }
  const names = new Set<string>();
  for (const column of columns) {
    if (names.has(column.name)) throw corrupt(name, `the column "${column.name}" comes twice`);
    names.add(column.name);
    if (lengthOf(column) !== length) {
      throw corrupt(
        name,
        `"${first.name}" has ${length} rows, but "${column.name}" has ${lengthOf(column)}`,
      );
    }
    const odd =
      column.kind === 'continuous'
        ? column.values.findIndex((value) => !Number.isFinite(value))
        : column.codes.findIndex((code) => code > column.categories.length);
    if (odd >= 0) {
      throw corrupt(
        name,
        column.kind === 'continuous'
          ? `"${column.name}" holds ${String(column.values[odd])} in row ${odd}; finite numbers were expected`
          : `"${column.name}" holds the code ${String(column.codes[odd])} in row ${odd}, but there are ` +
              `${column.categories.length} categories`,
      );
    }
  }
  return { name, length, columns };
}

/** Codes for so many categories and the unknown one, in the least memory. */
export function createCodes(categories: number, length: number): Uint8Array | Uint16Array {
  if (categories <= 0xff) return new Uint8Array(length);
  if (categories <= 0xffff) return new Uint16Array(length);
  throw datasetError(
    'DATASET_CORRUPT',
    `A categorical column has at most 65535 categories, but there are ${categories}. Leave it out.`,
  );
}

function lengthOf(column: Column): number {
  return column.kind === 'continuous' ? column.values.length : column.codes.length;
}

function corrupt(name: string, what: string) {
  return datasetError('DATASET_CORRUPT', `${name}: ${what}. Correct the column, or leave it out.`);
}
