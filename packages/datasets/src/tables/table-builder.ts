// A table from rows of text, one after the other, whose number is not known before: columns grow as they fill.

import { datasetError } from '../error.ts';
import { type Column, type Table, createCodes, createTable } from './table.ts';

/** A column to be filled: of numbers, or of these categories. */
export interface ColumnSpec {
  readonly name: string;
  readonly categories?: readonly string[];
}

export interface TableBuilder {
  /**
   * Adds a row, a text for each column; a category that the column does not know becomes its unknown one.
   * @throws `DATASET_CORRUPT`, saying `where`, for a text that is no finite number where one was expected.
   */
  add(texts: readonly string[], where: string): void;
  /** The table, from which the builder's memory is let go. */
  finish(name: string): Table;
}

/**
 * Starts a table of these columns, without rows.
 * @throws `DATASET_CORRUPT` for a column of more than 65,535 categories; `finish` as `createTable`.
 */
export function tableBuilder(specs: readonly ColumnSpec[]): TableBuilder {
  const fillers = specs.map(createFiller);
  let length = 0;
  return {
    add(texts, where) {
      for (let i = 0; i < fillers.length; i += 1) fillers[i]?.put(length, texts[i] ?? '', where);
      length += 1;
    },
    finish: (name) =>
      createTable({ name, columns: fillers.map((filler) => filler.finish(length)) }),
  };
}

interface Filler {
  put(row: number, text: string, where: string): void;
  finish(length: number): Column;
}

/** Rows there is room for at first; doubled whenever they are full. */
const firstRoom = 4096;

function createFiller({ name, categories }: ColumnSpec): Filler {
  if (categories === undefined) {
    let values = new Float32Array(firstRoom);
    return {
      put(row, text, where) {
        const value = text.trim() === '' ? NaN : Number(text);
        if (!Number.isFinite(Math.fround(value))) {
          throw datasetError(
            'DATASET_CORRUPT',
            `${where}: a finite number was expected in the column "${name}", but "${text}" came. ` +
              'Correct or remove the row.',
          );
        }
        if (row === values.length) {
          const wider = new Float32Array(2 * row);
          wider.set(values);
          values = wider;
        }
        values[row] = value;
      },
      finish: (length) => ({ name, kind: 'continuous', values: values.slice(0, length) }),
    };
  }
  const known = new Map(categories.map((category, code) => [category, code]));
  let codes = createCodes(categories.length, firstRoom);
  return {
    put(row, text) {
      if (row === codes.length) {
        const wider = createCodes(categories.length, 2 * row);
        wider.set(codes);
        codes = wider;
      }
      codes[row] = known.get(text) ?? categories.length;
    },
    finish: (length) => ({ name, kind: 'categorical', categories, codes: codes.slice(0, length) }),
  };
}
