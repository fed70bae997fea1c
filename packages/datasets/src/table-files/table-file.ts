// The user's own table: files with named columns of mixed types, read by DuckDB as often as need be and never held whole.

import type { MemaeError } from '@memae/graph';
import { type FetchTableOptions, fetchTable } from '../download/fetch-table.ts';
import { type DatasetErrorCode, datasetError } from '../error.ts';
import { csvDialect } from './csv-dialect.ts';
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
import { type TableFormat, locateTable } from './table-path.ts';

/** What a column holds; `other` is what no network takes: lists, structures, bytes. */
export type RawKind = 'number' | 'truth' | 'category' | 'date' | 'time' | 'other';

export interface RawColumn {
  readonly name: string;
  readonly kind: RawKind;
  /** As DuckDB calls it: `BIGINT`, `TIMESTAMP`. */
  readonly type: string;
}

/** Files that were looked at: where they are and what their columns are. Nothing is kept open. */
export interface TableFile {
  readonly name: string;
  readonly files: readonly string[];
  readonly columns: readonly RawColumn[];
  /** What to select from. */
  readonly relation: string;
  /** Which rows; all without. */
  readonly where?: string;
  /** By what rows are sorted when they are scanned; without it they come as in the files. */
  readonly order?: readonly string[];
  readonly signal?: AbortSignal;
}

export interface OpenTableOptions extends FetchTableOptions {
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
  const [first = ''] = files;
  const relation = await relationOf(located.format, files);
  const rows = await allRows(`DESCRIBE SELECT * FROM ${relation}`, { files, signal }).catch(
    async (error: unknown) => {
      throw asDatasetError(await brokenLine(first, { format: located.format, error }), {
        name: files.length === 1 ? first : path,
        signal,
      });
    },
  );
  const described = rows.map(([column, type]) => rawColumn(column ?? '', type ?? ''));
  const unclear = described.filter(({ type }) => type === 'JSON');
  const table = {
    ...{ name, files },
    relation: unclear.length === 0 ? relation : asTexts(relation, unclear),
    columns: described.map((column) =>
      unclear.includes(column) ? rawColumn(column.name, 'VARCHAR') : column,
    ),
    ...(where !== undefined && { where }),
    ...(signal !== undefined && { signal }),
  };
  if (where !== undefined) await requireCondition(table, where);
  return table;
}

/** Values of several kinds, as numbers beside texts, as the texts that they are in other formats; where nothing is, none. */
function asTexts(relation: string, unclear: readonly RawColumn[]): string {
  const texts = unclear.map(({ name }) => {
    const column = quoteName(name);
    return `json_extract_string(${column}, '$') AS ${column}`;
  });
  return `(SELECT * REPLACE (${texts.join(', ')}) FROM ${relation})`;
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

/** Seconds since 1970, of a time of day since midnight, or NaN. */
export function asSeconds({ name }: RawColumn, kind: 'date' | 'time'): string {
  const type = kind === 'date' ? 'TIMESTAMP' : 'TIME';
  return finite(`epoch(TRY_CAST(${quoteName(name)} AS ${type}))`);
}

/** A text that is not empty, or NULL. */
export function asText({ name }: Pick<RawColumn, 'name'>): string {
  return `nullif(CAST(${quoteName(name)} AS VARCHAR), '')`;
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

/** What else than nothing stands for no value; infinities do, too. */
const missing = [
  ...['', 'NA', 'N/A', 'n/a', '#N/A', '<NA>', 'NULL', 'null', 'None', 'NaN', 'nan', '-nan', '?'],
  ...[
    'inf',
    '+inf',
    '-inf',
    'Inf',
    '+Inf',
    '-Inf',
    'Infinity',
    '-Infinity',
    'infinity',
    '-infinity',
  ],
];

async function relationOf(format: TableFormat, files: readonly string[]): Promise<string> {
  const list = `[${files.map(quoteText).join(', ')}]`;
  const joined = files.length > 1 ? ', union_by_name = true' : '';
  if (format === 'parquet') return `read_parquet(${list}${joined})`;
  if (format === 'json') return `read_json(${list}${joined})`;
  const { delimiter, header, decimal } = await dialectOf(format, files[0] ?? '');
  return (
    `read_csv(${list}${joined}, delim = ${quoteText(delimiter)}, header = ${header}, decimal_separator = '${decimal}', ` +
    `quote = '"', escape = '"', comment = '', skip = 0, nullstr = [${missing.map(quoteText).join(', ')}])`
  );
}

function dialectOf(format: TableFormat, file: string) {
  return csvDialect(file, format === 'tsv' ? { delimiter: '\t' } : {});
}

/** Where DuckDB finds no way to read a text at all, the error of reading it by the dialect of its first line, which names a line. */
async function brokenLine(
  file: string,
  { format, error }: { readonly format: TableFormat; readonly error: unknown },
): Promise<unknown> {
  if (format !== 'csv' && format !== 'tsv') return error;
  const { delimiter, columns } = await dialectOf(format, file);
  const types = Array.from({ length: columns }, (_, i) => `'${i}': 'VARCHAR'`);
  const relation =
    `read_csv(${quoteText(file)}, auto_detect = false, delim = ${quoteText(delimiter)}, ` +
    `quote = '"', escape = '"', columns = {${types.join(', ')}})`;
  return allRows(`SELECT count(*) FROM ${relation}`, { files: [file] }).then(
    () => error,
    (found: unknown) => found,
  );
}

async function requireCondition(table: TableFile, where: string): Promise<void> {
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

function rawColumn(name: string, type: string): RawColumn {
  const kind =
    /^(U?(TINYINT|SMALLINT|INTEGER|BIGINT|HUGEINT)|FLOAT|DOUBLE|BIGNUM|INTERVAL|DECIMAL\(.*\))$/.test(
      type,
    )
      ? 'number'
      : type === 'BOOLEAN'
        ? 'truth'
        : /^(VARCHAR|UUID|ENUM\(.*\))$/s.test(type)
          ? 'category'
          : /^(DATE|TIMESTAMP.*)$/.test(type)
            ? 'date'
            : /^TIME(_NS)?$/.test(type)
              ? 'time'
              : 'other';
  return { name, kind, type };
}
