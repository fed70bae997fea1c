// For tests: tables written by DuckDB itself.

import { DuckDBInstance } from '@duckdb/node-api';

/** Writes what a query gives to a file, in the format that its ending tells. */
export async function writeTable(path: string, query: string): Promise<void> {
  const formats = { csv: 'csv', tsv: "csv, delim '\t'", jsonl: 'json', parquet: 'parquet' };
  const ending = path.replace(/\.gz$/, '').split('.').at(-1) as keyof typeof formats;
  const packed = path.endsWith('.gz') ? ', compression gzip' : '';
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  try {
    await connection.run(`COPY (${query}) TO '${path}' (FORMAT ${formats[ending]}${packed})`);
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}
