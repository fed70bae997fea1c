// Which paths are tables, of which format, and which files they stand for.

import { readdir, stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { isAddress, withoutSecrets } from '../download/fetch-table.ts';
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
  const plain = isAddress(path) ? path.replace(/[?#].*$/, '') : path;
  return endings.find(([ending]) => ending.test(plain))?.[1];
}

/** `*`, `?` and `[…]` stand for several files, where there is no file of just that name. */
export function isPattern(path: string): boolean {
  return /[*?[]/.test(path);
}

/**
 * The files of a folder that holds one table in parts, in the order of their paths; none where a file in it is no table.
 * Names that begin with a dot or an underscore are not looked at.
 */
export async function tableParts(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => !/(^|[/\\])[._]/.test(path.slice(folder.length)))
    .sort();
  return files.every((path) => tableFormatOf(path) !== undefined) ? files : [];
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
 * Finds the files behind a path, a folder, a pattern or an address.
 * @param expand what a pattern stands for, @param fetch where what is at an address lies then
 * @throws `DATASET_NOT_FOUND` for a path that is not there, or a folder; `DATASET_BAD_OPTION` for an ending that tells no
 *   format where none is given; `DATASET_EMPTY` for a file of no bytes.
 */
export async function locateTable(
  path: string,
  {
    format: said,
    expand,
    fetch,
  }: {
    readonly format?: TableFormat | undefined;
    readonly expand: (pattern: string) => Promise<readonly string[]>;
    readonly fetch: (address: string) => Promise<string>;
  },
): Promise<TablePath> {
  const exact = isAddress(path) ? undefined : await stat(path).catch(() => undefined);
  const parts = exact?.isDirectory() === true ? await tableParts(path) : [];
  const format = said ?? tableFormatOf(parts[0] ?? path);
  const odd = parts.find((each) => said === undefined && tableFormatOf(each) !== format);
  if (odd !== undefined) {
    throw datasetError(
      'DATASET_BAD_OPTION',
      `${path}: the files of a folder are parts of one table, of one format, but there are ${parts[0] ?? ''} and ${odd}. ` +
        'Name those that belong together by a pattern.',
    );
  }
  if (format === undefined) {
    throw datasetError(
      'DATASET_BAD_OPTION',
      `A table was expected, but the ending of ${isAddress(path) ? withoutSecrets(path) : path} tells no format. Name it by the option "format": ` +
        `${tableFormats.join(', ')}.`,
    );
  }
  const files =
    parts.length > 0
      ? parts.map((each) => resolve(each))
      : isAddress(path)
        ? [await fetch(path)]
        : exact === undefined && isPattern(path)
          ? [...(await expand(path))].sort()
          : [resolve(path)];
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
  return { name: basename(isAddress(path) ? new URL(path).pathname : path), format, files };
}
