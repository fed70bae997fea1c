// Rows that take long to come: written to `<file>.partial` as they come, which takes the file's own name once all are there.
// Whatever stops that, a full disk or a signal, the partial file keeps its whole rows, and later goes on from there.

import { createReadStream } from 'node:fs';
import { type FileHandle, open, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { hasCode } from '@memae/graph';
import { cliError, reasonOf } from './error.ts';
import { makeFolder } from './run-folder.ts';

/** What a partial file holds. */
export interface Kept {
  readonly rows: number;
  readonly bytes: number;
  /** How many rows a test holds for, see `readKept`. */
  readonly counted: number;
  /** The last rows, of which there are `tail` at most. */
  readonly last: readonly string[];
}

export const nothingKept: Kept = { rows: 0, bytes: 0, counted: 0, last: [] };

/** Rows of a partial file that are held against what comes again. */
const tail = 4096;
/** Characters that are written at once. */
const atOnce = 2 ** 18;

const partialOf = (path: string): string => `${path}.partial`;

/**
 * What was written of a file before it was stopped; nothing where it was not begun.
 * @param header its first line, without which it is another's
 * @throws `CLI_OUTPUT_DIFFERS` for another header, `CLI_UNREADABLE`
 */
export async function readKept(
  path: string,
  { header, counts }: { readonly header: string; readonly counts: (row: string) => boolean },
): Promise<Kept> {
  const partial = partialOf(path);
  if ((await stat(partial).catch(() => undefined)) === undefined) return nothingKept;
  let [rows, bytes, counted, line, last] = [-1, 0, 0, '', [] as string[]];
  try {
    for await (line of wholeLines(partial)) {
      if (rows < 0 && line !== header) throw outputDiffers(path, 0);
      bytes += Buffer.byteLength(line);
      if (rows >= 0) last.push(line);
      if (rows >= 0 && counts(line)) counted += 1;
      if (last.length > 2 * tail) last = last.slice(-tail);
      rows += 1;
    }
  } catch (error) {
    if (error instanceof Error && 'syscall' in error) {
      throw cliError('CLI_UNREADABLE', `${partial} cannot be read: ${reasonOf(error)}.`, error);
    }
    throw error;
  }
  return rows <= 0 ? nothingKept : { rows, bytes, counted, last: last.slice(-tail) };
}

/** Lines with their ends; what comes after the last end is no row. */
async function* wholeLines(path: string): AsyncGenerator<string> {
  let rest = '';
  for await (const chunk of createReadStream(path, 'utf8') as AsyncIterable<string>) {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) yield `${line}\n`;
  }
}

/**
 * Writes a file of a header and rows, each with its end, after those that are kept of it.
 * @throws `CLI_OUTPUT_PARTIAL` where no more can be written; what the rows throw, once those before are written;
 *   `CLI_UNWRITABLE`. The path is one that `requireSpare` gives.
 */
export async function writeRows(
  path: string,
  {
    header,
    rows,
    kept,
    onPartial,
  }: {
    readonly header: string;
    readonly rows: AsyncIterable<readonly string[]>;
    readonly kept: Kept;
    /** Told how many rows are in the partial file where the rows themselves have failed. */
    readonly onPartial: (partial: string, rows: number) => void;
  },
): Promise<void> {
  await makeFolder(dirname(path));
  const partial = partialOf(path);
  const out = await begin(partial, kept);
  const full = (error: unknown) =>
    cliError(
      'CLI_OUTPUT_PARTIAL',
      `${path} cannot be written whole: ${reasonOf(error)}. ` +
        (out.rows() === 0
          ? 'Nothing of it is kept. Make room, and give the same command again.'
          : `${partial} holds the first ${out.rows()} rows. Make room, and go on by the same command with --resume.`),
      error,
    );
  let failed: unknown;
  const untilTheyFail = async function* (): AsyncGenerator<readonly string[]> {
    try {
      yield* rows;
    } catch (error) {
      failed = error;
    }
  };
  try {
    if (kept.rows === 0) out.take([header], 0);
    for await (const some of untilTheyFail()) {
      out.take(some, some.length);
      if (out.waiting() > atOnce) await out.flush();
    }
    await out.flush();
    await out.file.sync();
  } catch (error) {
    failed = full(error);
    await out.file.truncate(out.bytes()).catch(() => undefined);
  } finally {
    await out.file.close();
  }
  if (failed === undefined) await rename(partial, path);
  else {
    if (out.rows() === 0) await rm(partial, { force: true });
    else if (!hasCode(failed, 'CLI_OUTPUT_PARTIAL')) onPartial(partial, out.rows());
    throw failed instanceof Error ? failed : new Error(reasonOf(failed));
  }
}

/** A file that counts what is in it; what could not be written does not count. */
async function begin(partial: string, kept: Kept) {
  const file = await opened(partial, kept);
  let [waiting, waitingRows, { rows, bytes }] = ['', 0, kept];
  return {
    file,
    rows: () => rows,
    bytes: () => bytes,
    waiting: () => waiting.length,
    take: (lines: readonly string[], count: number): void => {
      waiting += lines.join('');
      waitingRows += count;
    },
    flush: async (): Promise<void> => {
      const buffer = Buffer.from(waiting);
      let done = 0;
      try {
        while (done < buffer.length) {
          done += (await file.write(buffer, done, buffer.length - done, bytes + done)).bytesWritten;
        }
      } finally {
        // Of what went in before the disk was full, the whole rows; those that are missing are the last.
        const end = buffer.subarray(0, done).lastIndexOf('\n') + 1;
        const missing = buffer.toString('utf8', end).split('\n').length - 1;
        bytes += end;
        rows += Math.max(0, waitingRows - missing);
        [waiting, waitingRows] = ['', 0];
      }
    },
  };
}

async function opened(partial: string, { bytes }: Kept): Promise<FileHandle> {
  try {
    const file = await open(partial, bytes > 0 ? 'r+' : 'w');
    await file.truncate(bytes);
    return file;
  } catch (error) {
    const said = `${partial} cannot be written: ${reasonOf(error)}. Choose another folder.`;
    throw cliError('CLI_UNWRITABLE', said, error);
  }
}

/**
 * The rows that are not kept, of some that begin at row `from`.
 * @throws `CLI_OUTPUT_DIFFERS` where kept ones are others
 */
export function beyondKept(
  path: string,
  { lines, from, kept }: { lines: readonly string[]; from: number; kept: Kept },
): readonly string[] {
  const first = kept.rows - kept.last.length;
  for (let i = Math.max(0, first - from); i < lines.length && from + i < kept.rows; i += 1) {
    if (lines[i] !== kept.last[from + i - first]) throw outputDiffers(path, from + i);
  }
  return lines.slice(Math.max(0, kept.rows - from));
}

/** What is in the partial file was made otherwise. */
export function outputDiffers(path: string, row: number) {
  return cliError(
    'CLI_OUTPUT_DIFFERS',
    `${partialOf(path)} holds others than these from row ${row} on (from 0): the run, the files or an option have changed ` +
      'since. Give those of before, or begin anew without --resume.',
  );
}
