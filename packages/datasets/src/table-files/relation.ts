// Files as DuckDB reads them, and what each column is read as. Its guesses rest on the first rows of a file, and on them
// alone: so whole numbers are read as numbers, days as moments, and what is to be text as the text that it is.

import { MemaeError, type RowSchema } from '@memae/graph';
import { datasetError, reasonOf } from '../error.ts';
import { gunzipFile } from '../gunzip.ts';
import { type CsvDialect, csvDialect } from './csv-dialect.ts';
import { allRows, asDatasetError, quoteText } from './duckdb.ts';
import { jsonGuard, tooWide } from './json-guard.ts';
import { requireSame, requireSameColumns } from './same-columns.ts';
import type { TablePath } from './table-path.ts';

/** What a column holds; `other` is what no network takes: lists, structures, bytes. */
export type RawKind = 'number' | 'truth' | 'category' | 'date' | 'time' | 'other';

export interface RawColumn {
  readonly name: string;
  readonly kind: RawKind;
  /** As DuckDB calls it: `DOUBLE`, `TIMESTAMP`. */
  readonly type: string;
  /** How days are written in a text file, where not as `2024-12-31`: `%d/%m/%Y`. */
  readonly format?: string;
}

export interface ReadOptions {
  /** As rows were prepared before: its categories are read as texts, its days as they were written. */
  readonly schema?: RowSchema;
  /** More columns to be read as the texts that they are. */
  readonly texts?: readonly string[];
  /** More columns, or keys of objects, are refused before they are looked at; by default any number is taken. */
  readonly mostColumns?: number;
  readonly signal?: AbortSignal;
}

export interface Relation {
  /** What to select from. */
  readonly relation: string;
  readonly columns: readonly RawColumn[];
}

/**
 * What to select from for these files.
 * @throws `DATASET_CORRUPT` with what DuckDB says, and its line, for a file that is not of its format; for gzip cut short,
 *   and for files of other columns than the first.
 */
export async function relationOf(
  located: TablePath,
  { schema = [], texts = [], mostColumns = Infinity, signal }: ReadOptions,
): Promise<Relation> {
  const { format, files } = located;
  for (const file of files) {
    const look = format === 'json' ? jsonGuard(file, { mostKeys: mostColumns }) : undefined;
    if (look !== undefined || /\.gz$/i.test(file)) await readThrough(file, { look, signal });
  }
  const { name: reader, told } = await readerOf(located, mostColumns);
  const list = files.map(quoteText).join(', ');
  const joined = files.length > 1 ? ', union_by_name = true' : '';
  const read: Read = (more) => `${reader}([${list}]${joined}${told}${more})`;
  const days = format === 'csv' || format === 'tsv' ? daysOf(schema) : undefined;
  const described = await allRows(`DESCRIBE SELECT * FROM ${read(dateFormat(days))}`, {
    files,
    signal,
  }).catch(async (error: unknown) => {
    const [name = ''] = files.length === 1 ? files : [located.name];
    throw asDatasetError(await brokenLine(located, error), { name, signal });
  });
  const found = described.map(([name, type]) => ({ name: name ?? '', type: type ?? '' }));
  const asTexts = new Set([
    ...texts,
    ...schema.flatMap(({ name, kind }) => (kind === 'category' || kind === 'hashed' ? [name] : [])),
  ]);
  switch (format) {
    case 'parquet':
      await requireSameColumns(located, signal);
      return { relation: read(''), columns: found.map(rawColumn) };
    case 'json':
      return asJson(read, { found, asTexts });
    default: {
      const some = found.some(({ type }) => type === 'DATE');
      const format = days ?? (some ? await writtenDays(located, { told, signal }) : undefined);
      return asCsv(read, { found, asTexts, format, file: files[0] ?? '' });
    }
  }
}

/** Gives what DuckDB is to call, told more. */
type Read = (more: string) => string;

/** Columns as DuckDB finds them, and which of them are to be texts. */
interface Found {
  readonly found: readonly { readonly name: string; readonly type: string }[];
  readonly asTexts: ReadonlySet<string>;
}

/** How a schema has days written. */
function daysOf(schema: RowSchema): string | undefined {
  return schema
    .flatMap((column) => (column.kind === 'date' ? [column.format] : []))
    .find((format) => format !== undefined);
}

function asJson(read: Read, { found, asTexts }: Found): Relation {
  const types = found.map(({ name, type }) => {
    if (asTexts.has(name) || type === 'JSON') return { name, type: 'VARCHAR' };
    // As a TIMESTAMP, an offset from UTC would say nothing.
    return { name, type: type === 'TIMESTAMP' ? 'TIMESTAMPTZ' : type };
  });
  // Told the columns, DuckDB does not look at all rows again. What is no object has no columns.
  const objects = !(types.length === 1 && types[0]?.name === 'json');
  return {
    relation: read(objects ? `, columns = ${struct(types)}` : ''),
    columns: types.map(rawColumn),
  };
}

function asCsv(
  read: Read,
  {
    found,
    asTexts,
    format,
    file,
  }: Found & { readonly format: string | undefined; readonly file: string },
): Relation {
  const usual = format === undefined || format === '%Y-%m-%d';
  // Columns that the folders' names tell, as year=2024, are in no file.
  const folders = new Set(
    Array.from(file.matchAll(/([^/\\=]+)=[^/\\]*[/\\]/g), ([, name]) => name),
  );
  const columns = found.map(({ name, type }): RawColumn => {
    if (folders.has(name)) return rawColumn({ name, type });
    if (asTexts.has(name)) return rawColumn({ name, type: 'VARCHAR' });
    if (type === 'BIGINT') return rawColumn({ name, type: 'DOUBLE' });
    if (type !== 'DATE') return rawColumn({ name, type });
    return usual
      ? rawColumn({ name, type: 'TIMESTAMP' })
      : { ...rawColumn({ name, type }), format };
  });
  const types = struct(columns.filter(({ name }) => !folders.has(name)));
  return { relation: read(`${usual ? '' : dateFormat(format)}, types = ${types}`), columns };
}

/** `{'a': 'DOUBLE', 'b': 'VARCHAR'}` */
function struct(columns: readonly { readonly name: string; readonly type: string }[]): string {
  const types = columns.map(({ name, type }) => `${quoteText(name)}: ${quoteText(type)}`);
  return `{${types.join(', ')}}`;
}

function dateFormat(format: string | undefined): string {
  return format === undefined ? '' : `, dateformat = ${quoteText(format)}`;
}

/** How DuckDB is asked for the content of some files: the function, and what it is told of them. */
interface Reader {
  readonly name: string;
  readonly told: string;
}

async function readerOf(located: TablePath, mostColumns: number): Promise<Reader> {
  if (located.format === 'parquet') return { name: 'read_parquet', told: '' };
  if (located.format !== 'json') return csvReader(located, mostColumns);
  // A key may come late, and objects of many keys alike are no dictionaries.
  return { name: 'read_json', told: ', sample_size = -1, map_inference_threshold = -1' };
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

async function csvReader(located: TablePath, mostColumns: number): Promise<Reader> {
  const { files } = located;
  const [first = ''] = files;
  const dialect = await dialectOf(located, first);
  if (dialect.cells.length > mostColumns) throw tooWide(first, mostColumns);
  for (const file of files.slice(1)) {
    requireSame({ file: first, dialect }, { file, dialect: await dialectOf(located, file) });
  }
  const { delimiter, header, decimal } = dialect;
  return {
    name: 'read_csv',
    told:
      `, delim = ${quoteText(delimiter)}, header = ${header}, decimal_separator = '${decimal}', ` +
      `quote = '"', escape = '"', comment = '', skip = 0, nullstr = [${missing.map(quoteText).join(', ')}]`,
  };
}

function dialectOf({ format }: TablePath, file: string): Promise<CsvDialect> {
  return csvDialect(file, format === 'tsv' ? { delimiter: '\t' } : {});
}

/** How days are written in the first file that has some. */
async function writtenDays(
  { files }: TablePath,
  { told, signal }: { readonly told: string; readonly signal: AbortSignal | undefined },
): Promise<string | undefined> {
  for (const file of files) {
    const sniffed = `SELECT DateFormat FROM sniff_csv(${quoteText(file)}${told})`;
    const [[format] = []] = await allRows(sniffed, { files, signal });
    if (typeof format === 'string' && format !== '') return format;
  }
  return undefined;
}

/**
 * Reads a file once before DuckDB does, which takes what it gets of gzip that is cut short, and never looks at its checksum.
 */
async function readThrough(
  file: string,
  {
    look,
    signal,
  }: {
    readonly look: ((bytes: Uint8Array) => void) | undefined;
    readonly signal: AbortSignal | undefined;
  },
): Promise<void> {
  let length = 0;
  try {
    for await (const bytes of gunzipFile(file)) {
      signal?.throwIfAborted();
      length += bytes.length;
      look?.(bytes);
    }
  } catch (error) {
    if (error instanceof MemaeError || signal?.aborted === true) throw error;
    throw datasetError(
      'DATASET_CORRUPT',
      `${file} cannot be unpacked: ${reasonOf(error)}. Fetch or write it again.`,
      error,
    );
  }
  if (length > 0) return;
  throw datasetError(
    'DATASET_EMPTY',
    `${file} holds nothing, unpacked: it has no columns and no rows.`,
  );
}

/** Where DuckDB finds no way to read a text at all, the error of reading it by the dialect of its first line, which names a line. */
async function brokenLine(located: TablePath, error: unknown): Promise<unknown> {
  const [file = ''] = located.files;
  if (located.format !== 'csv' && located.format !== 'tsv') return error;
  const { delimiter, cells } = await dialectOf(located, file);
  const columns = cells.map((_, i) => ({ name: String(i), type: 'VARCHAR' }));
  const relation =
    `read_csv(${quoteText(file)}, auto_detect = false, delim = ${quoteText(delimiter)}, ` +
    `quote = '"', escape = '"', columns = ${struct(columns)})`;
  return allRows(`SELECT count(*) FROM ${relation}`, { files: [file] }).then(
    () => error,
    (found: unknown) => found,
  );
}

function rawColumn({ name, type }: { readonly name: string; readonly type: string }): RawColumn {
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
