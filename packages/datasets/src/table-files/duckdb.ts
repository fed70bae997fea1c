// DuckDB, which reads the files: in memory, locked, allowed to read the named files and nothing else. It is native code,
// loaded only when a table is opened.

import type { DuckDBConnection, DuckDBDataChunk } from '@duckdb/node-api';
import type bindings from '@duckdb/node-bindings';
import { MemaeError } from '@memae/graph';
import { datasetError, reasonOf } from '../error.ts';

/** Some rows of a query, column by column. */
export interface Chunk {
  readonly length: number;
  readonly columns: number;
  /** Of a DOUBLE that is never NULL. */
  readonly numbers: (column: number) => Float64Array;
  /** Of a VARCHAR. */
  readonly texts: (column: number) => readonly (string | null)[];
}

export interface QueryOptions {
  /** All that may be read. */
  readonly files: readonly string[];
  readonly signal?: AbortSignal | undefined;
}

const settings = {
  // Streams need little; what would take more is an error, and nothing is written to disk.
  memory_limit: '2GB',
  // Several lose the order of the rows wherever a condition becomes a join (IN with more than a few values, a subquery),
  // and are no faster: what reads the rows is one thread.
  threads: '1',
  temp_directory: '',
  autoinstall_known_extensions: 'false',
  autoload_known_extensions: 'false',
};

/**
 * Runs one statement on a connection of its own and streams what it gives, in the order of the files.
 * @throws what DuckDB says, as an Error; `DATASET_NOT_FOUND` when DuckDB itself is not there.
 */
export async function* query(sql: string, { files, signal }: QueryOptions): AsyncGenerator<Chunk> {
  const { connection, raw, close } = await connect();
  const interrupt = (): void => {
    connection.interrupt();
  };
  try {
    signal?.addEventListener('abort', interrupt);
    await connection.run(`SET TimeZone = 'UTC'`);
    await connection.run(`SET allowed_paths = [${files.map(quoteText).join(', ')}]`);
    await connection.run('SET enable_external_access = false');
    await connection.run('SET lock_configuration = true');
    // Only one statement can be prepared: an expression of the user's cannot bring another.
    const statement = await connection.prepare(sql);
    const result = await statement.stream();
    for (;;) {
      signal?.throwIfAborted();
      const chunk = await result.fetchChunk();
      if (chunk === null || chunk.rowCount === 0) return;
      yield asChunk(chunk, raw);
    }
  } finally {
    signal?.removeEventListener('abort', interrupt);
    close();
  }
}

/** All rows of what a statement gives, their columns as text. */
export async function allRows(sql: string, options: QueryOptions): Promise<(string | null)[][]> {
  const rows: (string | null)[][] = [];
  for await (const chunk of query(`SELECT COLUMNS(*)::VARCHAR FROM (${sql})`, options)) {
    const columns = Array.from({ length: chunk.columns }, (_, i) => chunk.texts(i));
    for (let i = 0; i < chunk.length; i += 1) rows.push(columns.map((texts) => texts[i] ?? null));
  }
  return rows;
}

/** Files that a pattern stands for. */
export async function filesOf(pattern: string): Promise<string[]> {
  const { connection, close } = await connect();
  try {
    const reader = await connection.runAndReadAll(`SELECT file FROM glob(${quoteText(pattern)})`);
    return reader.getRows().map(([file]) => String(file));
  } finally {
    close();
  }
}

/** `a "b"` as `"a ""b"""`. */
export function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** `it's` as `'it''s'`. */
export function quoteText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** What reads a vector's memory as it is, a hundred times as fast as item by item. */
type Raw = typeof bindings;

interface Connected {
  readonly connection: DuckDBConnection;
  readonly raw: Raw;
  readonly close: () => void;
}

async function connect(): Promise<Connected> {
  const [{ DuckDBInstance }, { default: raw }] = await Promise.all([
    import('@duckdb/node-api'),
    import('@duckdb/node-bindings'),
  ]).catch((error: unknown) => {
    throw datasetError(
      'DATASET_NOT_FOUND',
      `Tables are read by DuckDB, whose native code could not be loaded: ${reasonOf(error)}. Install @duckdb/node-api ` +
        'with its optional dependencies, on a system that it has a build for.',
      error,
    );
  });
  const instance = await DuckDBInstance.create(':memory:', settings);
  const connection = await instance.connect();
  return {
    connection,
    raw,
    close: () => {
      connection.closeSync();
      instance.closeSync();
    },
  };
}

function asChunk(chunk: DuckDBDataChunk, raw: Raw): Chunk {
  const { rowCount: length, columnCount: columns } = chunk;
  return {
    length,
    columns,
    numbers: (column) => {
      const vector = raw.data_chunk_get_vector(chunk.chunk, column);
      const { buffer, byteOffset } = raw.vector_get_data(vector, 8 * length);
      return new Float64Array(buffer, byteOffset, length);
    },
    texts: (column) => {
      const vector = chunk.getColumnVector(column);
      return Array.from({ length }, (_, i) => {
        const value = vector.getItem(i);
        return typeof value === 'string' ? value : null;
      });
    },
  };
}

/**
 * What DuckDB says, without its advice on its own options: `CSV Error on Line: 3; Original Line: 2,3,4; …`. Errors that
 * carry a code stay as they are; what comes of an interruption is the reason for it.
 */
export function asDatasetError(
  error: unknown,
  { name, signal }: { readonly name: string; readonly signal?: AbortSignal | undefined },
): unknown {
  if (signal?.aborted === true) return signal.reason;
  if (error instanceof MemaeError) return error;
  return datasetError(
    'DATASET_CORRUPT',
    `${name} cannot be read: ${saidBy(error)}. Correct that, or write the file again.`,
    error,
  );
}

/** The part of a message of DuckDB's that says what is wrong, on one line. */
export function saidBy(error: unknown): string {
  const [said = ''] = reasonOf(error).split(
    /\n\s*\n|\nLINE \d|\nPossible |\nThe search space|\nColumn .* is being converted/,
  );
  return said
    .split('\n')
    .map((line) => line.trim().replace(/\.$/, ''))
    .map((line) => (line.length <= 300 ? line : `${line.slice(0, 300)}…`))
    .filter(Boolean)
    .join('; ');
}
