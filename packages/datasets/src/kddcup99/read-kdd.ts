// KDDCUP99's file: a row a line, 41 columns and the class with a full stop, separated by commas, gzipped or not. It is
// read in passing: neither the unpacked text nor the encoded rows are ever whole in memory.

import { MemaeError } from '@memae/graph';
import { datasetError, reasonOf } from '../error.ts';
import { gunzipFile } from '../gunzip.ts';
import type { TablePool } from '../tables/table.ts';
import { tableBuilder } from '../tables/table-builder.ts';
import { kddClasses, kddColumns } from './columns.ts';

export interface ReadKddOptions {
  readonly signal?: AbortSignal;
  /** Told now and then how many rows were read so far. */
  readonly onRows?: (rows: number) => void;
}

const name = 'kddcup99';
/** What a file may unpack to: the whole of KDDCUP99 is 743 MB. */
const maxBytes = 2 ** 31;
/** The longest line, in characters; KDDCUP99's have some 200. */
const maxLine = 2 ** 16;

/**
 * Reads a file of KDDCUP99: 34 columns of numbers and 7 of categories, 22 kinds of attack and `normal`, of which the
 * paper makes the last the anomaly, as attacks are four times as many. A category that the 10 % edition does not have becomes the column's unknown one.
 * @throws `DATASET_NOT_FOUND` when it is not there; `DATASET_CORRUPT`, naming file and row (from 1), when it is cut
 *   short or too large, a row has another number of columns, a number is none, or a class is unknown; `DATASET_EMPTY` for no rows.
 */
export async function readKdd(file: string, options: ReadKddOptions = {}): Promise<TablePool> {
  const builder = tableBuilder(kddColumns);
  const classCodes = new Map(kddClasses.map((each, code) => [`${each}.`, code]));
  const labels: number[] = [];
  const take = (line: string): void => {
    const where = `${file}, row ${labels.length + 1}`;
    const texts = line.split(',');
    if (texts.length !== kddColumns.length + 1) {
      throw datasetError(
        'DATASET_CORRUPT',
        `${where}: ${kddColumns.length} columns and a class were expected, but ${texts.length} came. ` +
          'Fetch or write it again.',
      );
    }
    const code = classCodes.get(texts[kddColumns.length] ?? '');
    if (code === undefined) {
      throw datasetError(
        'DATASET_CORRUPT',
        `${where}: one of the classes ${kddClasses.join('., ')}. was expected, but ` +
          `"${texts[kddColumns.length] ?? ''}" came. Remove the row, or fetch the file again.`,
      );
    }
    builder.add(texts, where);
    labels.push(code);
  };
  for await (const lines of linesOf(file)) {
    options.signal?.throwIfAborted();
    lines.forEach(take);
    options.onRows?.(labels.length);
  }
  if (labels.length === 0) throw datasetError('DATASET_EMPTY', `${file} holds no rows.`);
  return {
    table: builder.finish(name),
    labels: Uint8Array.from(labels),
    classes: kddClasses,
    anomalies: ['normal'],
  };
}

/** Lines as they come out of the file, without their ends. */
async function* linesOf(file: string): AsyncGenerator<string[]> {
  const decoder = new TextDecoder('latin1');
  let [rest, unpacked] = ['', 0];
  try {
    for await (const chunk of gunzipFile(file)) {
      unpacked += chunk.length;
      if (unpacked > maxBytes) throw tooLarge(file, `it unpacks to more than ${maxBytes} bytes`);
      const lines = (rest + decoder.decode(chunk)).split(/\r?\n/);
      rest = lines.pop() ?? '';
      if (rest.length > maxLine) throw tooLarge(file, `a line has more than ${maxLine} characters`);
      yield lines;
    }
  } catch (error) {
    if (error instanceof MemaeError) throw error;
    throw datasetError(
      'DATASET_CORRUPT',
      `${file}: rows of text were expected, gzipped or not, but reading failed: ${reasonOf(error)}. ` +
        'Fetch or write it again.',
      error,
    );
  }
  if (rest !== '') yield [rest];
}

function tooLarge(file: string, problem: string) {
  return datasetError(
    'DATASET_CORRUPT',
    `${file}: rows of KDDCUP99, a line each, were expected, but ${problem}. Fetch it again, or split it.`,
  );
}
