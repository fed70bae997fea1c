// The user's own table: files with named columns of mixed types, read by DuckDB as often as need be and never held whole.

import type { MemaeError } from '@memae/graph';
import { type FetchTableOptions, fetchTable } from '../download/fetch-table.ts';
import { type DatasetErrorCode, datasetError } from '../error.ts';
import {
  type Chunk,
  allRows,
  asDatasetError,
  filesOf,
  query,
  quoteName,
  quoteText,
  saidBy,
} from './duckdb.ts';
import { type RawColumn, type ReadOptions, type Relation, relationOf } from './relation.ts';
import { type TableFormat, locateTable } from './table-path.ts';

/** Files that were looked at: where they are and what their columns are. Nothing is kept open. */
export interface TableFile extends Relation {
  readonly name: string;
  readonly files: readonly string[];
  /** Which rows; all without. */
  readonly where?: string;
  /** By what rows are sorted when they are scanned; without it they come as in the files. */
  readonly order?: readonly string[];
  readonly signal?: AbortSignal;
}

export interface OpenTableOptions extends FetchTableOptions, Omit<ReadOptions, 'signal'> {
  /** By default as the path ends. */
  readonly format?: TableFormat;
  /** An expression of DuckDB's over the columns, true for the rows to take: `amount > 0 AND month < 7`. */
  readonly where?: string;
}

/**
 * Opens a CSV, TSV, JSON or Parquet file, gzipped or not (Parquet is packed in itself), or several by a pattern
 * (`rows/*.parquet`) or in a folder, in the order of their names; or what is at an http or https address.
 * @throws `DATASET_NOT_FOUND`, `DATASET_EMPTY` for files that are not there or empty; `DATASET_CORRUPT` with what DuckDB
 *   says, and its line, for a file that is not of its format; `DATASET_BAD_OPTION` for a `where` that it does not take.
 */
export async function openTableFile(
  path: string,
  options: OpenTableOptions = {},
): Promise<TableFile> {
  const { signal, where } = options;
  const located = await locateTable(path, {
    ...{ format: options.format, expand: filesOf },
    fetch: (address) => fetchTable(address, options),
  });
  const { name, files } = located;
  const table = {
    ...{ name, files },
    ...(await relationOf(located, options)),
    ...(where !== undefined && { where }),
    ...(signal !== undefined && { signal }),
  };
  if (where !== undefined) await requireCondition(table, where);
  return table;
}

/** What to select: an expression of DuckDB's, by `asNumber` and the like. */
export interface Selection {
  readonly expressions: readonly string[];
  /** Whether the number of each row in the files, from 0, comes as one more column; in order where all are taken. */
  readonly numbered?: boolean;
}

/**
 * One pass over the rows, in the order of the files, or sorted, equal ones in that of the files.
 * @throws `DATASET_CORRUPT` with what DuckDB says, and its line.
 */
export async function* scan(
  table: TableFile,
  { expressions, numbered = false }: Selection,
): AsyncGenerator<Chunk> {
  const { name, files, order, signal } = table;
  const columns = [...expressions, ...(numbered ? [`CAST(${rowNumber} AS DOUBLE)`] : [])];
  const source = filtered(table, { numbered: numbered || order !== undefined });
  const sorted = order === undefined ? '' : ` ORDER BY ${[...order, rowNumber].join(', ')}`;
  const sql = `SELECT ${columns.join(', ')} FROM ${source}${sorted}`;
  try {
    yield* query(sql, { files, signal });
  } catch (error) {
    throw asDatasetError(error, { name: files.length === 1 ? (files[0] ?? name) : name, signal });
  }
}

/** One row of figures about all rows, as text. */
export async function aggregate(
  table: TableFile,
  expressions: readonly string[],
): Promise<readonly (string | null)[]> {
  const { name, files, signal } = table;
  try {
    const sql = `SELECT ${expressions.join(', ')} FROM ${filtered(table, {})}`;
    return (await allRows(sql, { files, signal }))[0] ?? [];
  } catch (error) {
    throw asDatasetError(error, { name: files.length === 1 ? (files[0] ?? name) : name, signal });
  }
}

/** How many rows there are. */
export async function countRows(table: TableFile): Promise<number> {
  const [rows] = await aggregate(table, ['count(*)']);
  return Number(rows);
}

/** There is nothing to read. */
export function noRows({ name, where }: TableFile): MemaeError<DatasetErrorCode> {
  return datasetError(
    'DATASET_EMPTY',
    where === undefined
      ? `${name} has columns, but no rows.`
      : `${name} has no rows for which ${where}.`,
  );
}

/** The first row, from 0, for which an expression is true, and what another one gives there. */
export async function firstWhere(
  table: TableFile,
  { condition, show }: { readonly condition: string; readonly show: string },
): Promise<{ readonly row: number; readonly shown: string } | undefined> {
  const { files, signal } = table;
  const sql =
    `SELECT ${rowNumber}, ${show} FROM ${filtered(table, { numbered: true })} ` +
    `${table.where === undefined ? 'WHERE' : 'AND'} (${condition}) LIMIT 1`;
  const [found] = await allRows(sql, { files, signal });
  return found && { row: Number(found[0]), shown: found[1] ?? '' };
}

/** A finite number, or NaN. */
export function asNumber({ name, type }: RawColumn): string {
  const column = quoteName(name);
  const value = type === 'INTERVAL' ? `epoch(${column})` : `TRY_CAST(${column} AS DOUBLE)`;
  return finite(value);
}

/** Seconds since 1970, of a time of day since midnight, or NaN; `format` is how a text may say days. */
export function asSeconds(
  column: RawColumn,
  { kind, format }: { readonly kind: 'date' | 'time'; readonly format?: string | undefined },
): string {
  const value = quoteName(column.name);
  if (kind === 'time') return finite(`epoch(TRY_CAST(${value} AS TIME))`);
  if (column.kind !== 'category') return finite(`epoch(TRY_CAST(${value} AS TIMESTAMP))`);
  // By way of a time zone, for to a TIMESTAMP an offset from UTC says nothing.
  const moment = `CAST(TRY_CAST(${value} AS TIMESTAMPTZ) AS TIMESTAMP)`;
  return finite(
    format === undefined
      ? `epoch(${moment})`
      : `epoch(coalesce(try_strptime(${value}, ${quoteText(format)}), ${moment}))`,
  );
}

/** A text that is not empty, or NULL; 1.0 is 1, for which of them is written depends on the rows beside. */
export function asText({ name }: Pick<RawColumn, 'name'>): string {
  const text = `CAST(${quoteName(name)} AS VARCHAR)`;
  return `nullif(regexp_replace(${text}, '^([+-]?\\d+)\\.0+$', '\\1'), '')`;
}

function finite(value: string): string {
  return `CASE WHEN isfinite(${value}) THEN ${value} ELSE 'nan'::DOUBLE END`;
}

const rowNumber = '"memae row number"';

function filtered(
  { relation, where }: TableFile,
  { numbered = false }: { readonly numbered?: boolean },
): string {
  const source = numbered
    ? `(SELECT *, row_number() OVER () - 1 AS ${rowNumber} FROM ${relation})`
    : relation;
  // A comment in the condition ends with its line.
  return where === undefined ? source : `${source} WHERE (${where}\n)`;
}

/** What is another in each pass over the rows, so that rows and labels would not fit together. */
const chance =
  /\b(random|gen_random_uuid|uuid(v[47])?|nextval)\s*\(|\b(tablesample|using\s+sample)\b/i;

async function requireCondition(table: TableFile, where: string): Promise<void> {
  const [drawn] = chance.exec(where) ?? [];
  if (drawn !== undefined) {
    throw datasetError(
      'DATASET_BAD_OPTION',
      `where is read again in each pass, and must take the same rows: "${where}" has ${drawn.trim()}, which draws anew. Take ` +
        'a share of the rows by what they hold, as hash(id) % 10 = 0, or "limit".',
    );
  }
  const { files, signal, columns } = table;
  await allRows(`SELECT 1 FROM ${filtered(table, {})} LIMIT 0`, { files, signal }).catch(
    (error: unknown) => {
      throw badOption(
        `where is an expression of DuckDB's over the columns ${listed(columns)}, but of "${where}" it says: ${saidBy(error)}`,
        error,
      );
    },
  );
}

function badOption(message: string, cause: unknown): MemaeError<DatasetErrorCode> {
  return datasetError('DATASET_BAD_OPTION', `${message}.`, cause);
}

/** Names of columns as messages list them. */
export function listed(columns: readonly { readonly name: string }[]): string {
  const names = columns.map(({ name }) => name);
  return names.length <= 40
    ? names.join(', ')
    : `${names.slice(0, 40).join(', ')} and ${names.length - 40} more`;
}
