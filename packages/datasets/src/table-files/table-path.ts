// Which paths are tables, of which format, and which files they stand for.

import { stat } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { datasetError } from '../error.ts';

export type TableFormat = 'csv' | 'tsv' | 'json' | 'parquet';

export const tableFormats: readonly TableFormat[] = ['csv', 'tsv', 'json', 'parquet'];

const endings: readonly (readonly [RegExp, TableFormat])[] = [
  [/\.csv(\.gz)?$/i, 'csv'],
  [/\.(tsv|tab)(\.gz)?$/i, 'tsv'],
  [/\.(jsonl|ndjson|json)(\.gz)?$/i, 'json'],
  [/\.(parquet|pq)$/i, 'parquet'],
];

/** The format that a path's ending tells, or none. */
export function tableFormatOf(path: string): TableFormat | undefined {
  return endings.find(([ending]) => ending.test(path))?.[1];
}

/** `*`, `?` and `[…]` stand for several files, where there is no file of just that name. */
export function isPattern(path: string): boolean {
  return /[*?[]/.test(path);
}

/** A table of the user's: one file, or several with the same columns. */
export interface TablePath {
  /** How messages and the keys of rows call it: the last part of the path. */
  readonly name: string;
  readonly format: TableFormat;
  /** Absolute, one at least. */
  readonly files: readonly string[];
}

/**
 * Finds the files behind a path or a pattern.
 * @param expand what a pattern stands for
 * @throws `DATASET_NOT_FOUND` for a path that is not there, or a folder; `DATASET_BAD_OPTION` for an ending that tells no
 *   format where none is given; `DATASET_EMPTY` for a file of no bytes.
 */
export async function locateTable(
  path: string,
  {
    format = tableFormatOf(path),
    expand,
  }: {
    readonly format?: TableFormat | undefined;
    readonly expand: (pattern: string) => Promise<readonly string[]>;
  },
): Promise<TablePath> {
  if (format === undefined) {
    throw datasetError(
      'DATASET_BAD_OPTION',
      `A table was expected, but the ending of ${path} tells no format. Name it by the option "format": ` +
        `${tableFormats.join(', ')}.`,
    );
  }
  const exact = await stat(path).catch(() => undefined);
  const files =
    exact === undefined && isPattern(path) ? [...(await expand(path))].sort() : [resolve(path)];
  if (files.length === 0) {
    throw datasetError('DATASET_NOT_FOUND', `No file fits the pattern ${path}.`);
  }
  for (const file of files) {
    const found = file === resolve(path) ? exact : await stat(file).catch(() => undefined);
    if (found?.isFile() !== true) {
      throw datasetError(
        'DATASET_NOT_FOUND',
        `A file was expected, but ${file} is ${found === undefined ? 'not there' : 'a folder'}. ` +
          'Several files of one table are named by a pattern, as rows/*.parquet.',
      );
    }
    if (found.size === 0) {
      throw datasetError('DATASET_EMPTY', `${file} is empty: it has no columns and no rows.`);
    }
  }
  return { name: basename(path), format, files };
}
