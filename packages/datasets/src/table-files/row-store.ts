// Rows as a schema prepares them, kept compact as a `Table`: scaled numbers as 32-bit floats, categories and flags as
// small codes. Encoded batch by batch by `encoder`, which scales no more.

import {
  type ColumnEncoding,
  type NdArray,
  type RowColumn,
  type RowSchema,
  rowFeatures,
} from '@memae/graph';
import { datasetError } from '../error.ts';
import { type Column, type Table, createCodes } from '../tables/table.ts';
import { type TableEncoder, tableRows } from '../tables/table-encoder.ts';
import { bucketOf } from './bucket-of.ts';
import type { Chunk } from './duckdb.ts';
import { type TableFile, asNumber, asSeconds, asText, listed } from './table-file.ts';
import type { RawColumn } from './relation.ts';

/** Room for rows, filled by and by. */
export interface RowStore {
  readonly encoder: TableEncoder;
  /** Bytes of a row. */
  readonly rowBytes: number;
  readonly columns: readonly Column[];
  /** Takes rows of a chunk of `expressionsFor`, by their places in it, from row `at` on. */
  put(chunk: Chunk, picked: ArrayLike<number>, at: number): void;
}

/** No scaled number is farther from 0: its square is still far from what 32 bits hold. */
const farthest = 1e6;
const weekSeconds = 7 * 86_400;
/** The first Monday after the first of January 1970, a Thursday. */
const monday = 4 * 86_400;

/** Room for so many rows. */
export function rowStore(schema: RowSchema, capacity: number): RowStore {
  const parts = schema.map((column) => storeOf(column, capacity));
  // Names within the store are places: a column may be called as another one's flag.
  const columns = parts.flatMap((part, i) =>
    part.columns.map((column, j) => ({ ...column, name: `${i}.${j}` })),
  );
  const encodings = columns.map((column): ColumnEncoding => {
    const { name, kind } = column;
    return kind === 'continuous'
      ? { name, kind, shift: 0, scale: 1 }
      : { name, kind, categories: column.categories };
  });
  return {
    columns,
    encoder: { columns: encodings, features: rowFeatures(schema) },
    rowBytes: columns.reduce(
      (sum, column) =>
        sum + (column.kind === 'continuous' ? column.values : column.codes).BYTES_PER_ELEMENT,
      0,
    ),
    put: (chunk, picked, at) => {
      parts.forEach((part, i) => {
        part.put(chunk, { column: i, picked, at });
      });
    },
  };
}

/** Encodes some rows of a chunk of `expressionsFor`: `[rows, features]`. */
export function chunkEncoder(schema: RowSchema) {
  let ready = encoderOf(0);
  function encoderOf(capacity: number) {
    const store = rowStore(schema, capacity);
    const encode = tableRows(store.encoder, storedTable(store, { name: '', length: capacity }));
    return { capacity, store, encode };
  }
  return (chunk: Chunk, picked: Uint32Array): NdArray => {
    if (picked.length > ready.capacity) ready = encoderOf(chunk.length);
    ready.store.put(chunk, picked, 0);
    return ready.encode(picked.map((_, i) => i));
  };
}

/** The first rows of a store as a table. */
export function storedTable(
  { columns }: RowStore,
  { name, length }: { readonly name: string; readonly length: number },
): Table {
  return {
    name,
    length,
    columns: columns.map((column) =>
      column.kind === 'continuous'
        ? { ...column, values: column.values.subarray(0, length) }
        : { ...column, codes: column.codes.subarray(0, length) },
    ),
  };
}

/**
 * What to select for a schema, a column each. Columns that the schema does not have are no matter, nor is their order.
 * @throws `DATASET_CORRUPT` naming the columns that are missing or of a kind that cannot be read as the fitted one.
 */
export function expressionsFor(schema: RowSchema, { name, columns }: TableFile): string[] {
  const absent = schema.filter((wanted) => !columns.some((column) => column.name === wanted.name));
  if (absent.length > 0) {
    throw datasetError(
      'DATASET_CORRUPT',
      `${name}: the model takes the columns ${listed(schema)}, but ${listed(absent)} ` +
        `${absent.length === 1 ? 'is' : 'are'} missing. There are: ${listed(columns)}.`,
    );
  }
  return schema.map((wanted) => {
    const column = columns.find((each) => each.name === wanted.name);
    if (column === undefined) return 'NULL';
    if (!reads(wanted, column)) {
      throw datasetError(
        'DATASET_CORRUPT',
        `${name}: ${kindWords[wanted.kind]} were expected in the column "${wanted.name}", as in training, but it holds ` +
          `${column.type}.`,
      );
    }
    return expressionFor(wanted, column);
  });
}

const kindWords = { number: 'numbers', category: 'categories', hashed: 'texts', date: 'dates' };

/** Whether a column is, or may be read as, what was fitted; texts may be anything, and are looked at row by row. */
function reads(wanted: RowColumn, { kind }: RawColumn): boolean {
  if (kind === 'other') return false;
  if (wanted.kind === 'category' || wanted.kind === 'hashed' || kind === 'category') return true;
  if (wanted.kind === 'number') return kind === 'number' || kind === 'truth';
  return kind === (isTime(wanted) ? 'time' : 'date');
}

/** Of days nothing, but of times of the day. */
export function isTime({ parts }: Extract<RowColumn, { kind: 'date' }>): boolean {
  return !parts.includes('epoch');
}

/** What to select for one column of a schema. */
export function expressionFor(wanted: RowColumn, column: RawColumn): string {
  switch (wanted.kind) {
    case 'number':
      return asNumber(column);
    case 'date':
      return asSeconds(column, { kind: isTime(wanted) ? 'time' : 'date', format: wanted.format });
    default:
      return asText(column);
  }
}

interface Put {
  readonly column: number;
  readonly picked: ArrayLike<number>;
  readonly at: number;
}

interface ColumnStore {
  readonly columns: readonly Column[];
  put(chunk: Chunk, put: Put): void;
}

function storeOf(column: RowColumn, capacity: number): ColumnStore {
  // Of a flag's codes 0 is its one category, 1 none.
  const flag = createCodes(1, column.flagged ? capacity : 0);
  const flagColumn = {
    name: '',
    kind: 'categorical',
    categories: ['missing'],
    codes: flag,
  } as const;
  const flagged = (columns: readonly Column[]): Column[] => [
    ...columns,
    ...(column.flagged ? [flagColumn] : []),
  ];
  if (column.kind === 'category' || column.kind === 'hashed') {
    const { names, codeOf } = codesOf(column);
    const codes = createCodes(names.length, capacity);
    return {
      columns: flagged([{ name: '', kind: 'categorical', categories: names, codes }]),
      put: (chunk, { column: place, picked, at }) => {
        const texts = chunk.texts(place);
        for (let i = 0; i < picked.length; i += 1) {
          const text = texts[picked[i] ?? 0] ?? null;
          codes[at + i] = codeOf(text ?? column.fill);
          if (column.flagged) flag[at + i] = text === null ? 0 : 1;
        }
      },
    };
  }
  const numbers = column.kind === 'number' ? [scaled(column)] : dateNumbers(column);
  const values = numbers.map(() => new Float32Array(capacity));
  return {
    columns: flagged(values.map((each) => ({ name: '', kind: 'continuous', values: each }))),
    put: (chunk, { column: place, picked, at }) => {
      const raw = chunk.numbers(place);
      numbers.forEach((number, j) => {
        const into = values[j] ?? new Float32Array(0);
        for (let i = 0; i < picked.length; i += 1) {
          const value = raw[picked[i] ?? 0] ?? NaN;
          into[at + i] = number(Number.isNaN(value) ? column.fill : value);
        }
      });
      if (!column.flagged) return;
      for (let i = 0; i < picked.length; i += 1) {
        flag[at + i] = Number.isNaN(raw[picked[i] ?? 0] ?? NaN) ? 0 : 1;
      }
    },
  };
}

/** The categories of a column's codes, and the code of a text. */
function codesOf(column: Extract<RowColumn, { kind: 'category' | 'hashed' }>): {
  readonly names: readonly string[];
  readonly codeOf: (text: string) => number;
} {
  if (column.kind === 'hashed') {
    const { buckets } = column;
    return {
      names: Array.from({ length: buckets }, (_, i) => String(i)),
      codeOf: (text) => bucketOf(text, column),
    };
  }
  const { categories } = column;
  const known = new Map(categories.map((category, code) => [category, code]));
  return {
    // No text of a file is named so within the store: codes are counted, not names.
    names: [...categories.map((_, i) => String(i)), 'other'],
    codeOf: (text) => known.get(text) ?? categories.length,
  };
}

function scaled({ shift, scale }: Extract<RowColumn, { kind: 'number' }>) {
  return (value: number): number =>
    Math.min(farthest, Math.max(-farthest, (value - shift) / scale));
}

function dateNumbers({ parts, from, to }: Extract<RowColumn, { kind: 'date' }>) {
  const periods = { week: weekSeconds, day: 86_400 };
  return parts.flatMap((part) => {
    if (part === 'epoch') {
      // A day after the last is no anomaly for being new.
      return [(value: number) => Math.min(1, Math.max(0, (value - from) / (to - from || 1)))];
    }
    const period = periods[part];
    const angle = (value: number): number => (2 * Math.PI * ((value - monday) % period)) / period;
    return [(value: number) => Math.sin(angle(value)), (value: number) => Math.cos(angle(value))];
  });
}
