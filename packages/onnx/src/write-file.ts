// Writing files so that whatever happens, each holds either what it held before or all of the new bytes.

import { open, realpath, rename, rm, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';

import { onnxError, reasonOf } from './error.ts';

/** What is not all there yet is written as it comes. */
export type FileContents = Uint8Array | string | AsyncIterable<string>;

export interface FileToWrite {
  readonly path: string;
  readonly data: FileContents;
}

/**
 * Writes a file whole or not at all: to `<path>.tmp`, flushed to the disk, then renamed. One writer
 * a path at a time; the folder must exist. A symbolic link stays, and its target is written. Text is UTF-8.
 * @throws `FILE_UNWRITABLE` with the path and the reason, or whatever the contents throw; an earlier file is left as it was.
 */
export async function writeFileAtomic(path: string, data: FileContents): Promise<void> {
  await writeFilesAtomic([{ path, data }]);
}

/** As `writeFileAtomic` for several files: no name changes before every byte is on the disk, then in this order. */
export async function writeFilesAtomic(named: readonly FileToWrite[]): Promise<void> {
  const files: FileToWrite[] = [];
  for (const { path, data } of named) files.push({ path: await requireReplaceable(path), data });
  try {
    for (const { path, data } of files) {
      const source = guarded(data);
      await attempt(path, async () => {
        const file = await open(staged(path), 'w');
        try {
          await file.writeFile(source.data);
          await file.sync();
        } finally {
          await file.close();
        }
      }).catch((error: unknown) => {
        throw source.failure() ?? error;
      });
    }
    for (const { path } of files) await attempt(path, () => rename(staged(path), path));
  } catch (error) {
    // What cannot be cleared away is overwritten next time; the first error is the one to tell.
    await Promise.allSettled(files.map(({ path }) => rm(staged(path), { force: true })));
    throw error;
  }
  for (const folder of new Set(files.map(({ path }) => dirname(path)))) await syncFolder(folder);
}

/**
 * Makes sure that a name is free, or a file's, and gives that of the file itself, where it is a link. A rename would put a
 * file in the place of a device such as `/dev/null`, or of `/dev/stdout` where that leads to a file.
 * @throws `FILE_UNWRITABLE`
 */
export async function requireReplaceable(path: string): Promise<string> {
  const there = await stat(path).catch(() => undefined);
  const ofTheSystem =
    /^\/(dev\/(?!shm\/)|proc\/)/.test(resolve(path)) && process.platform !== 'win32';
  if (!ofTheSystem && there === undefined) return path;
  if (!ofTheSystem && there?.isFile() === true) return realpath(path);
  const kind = there?.isDirectory() === true ? 'a folder' : 'a device or a pipe';
  throw onnxError(
    'FILE_UNWRITABLE',
    `${path}: the name of a file was expected, but it is ${kind}. Choose another.`,
  );
}

/** Contents that remember by what they failed: that is no fault of the file's. */
function guarded(data: FileContents): { data: FileContents; failure: () => unknown } {
  if (typeof data === 'string' || data instanceof Uint8Array)
    return { data, failure: () => undefined };
  let failure: unknown;
  async function* parts(contents: AsyncIterable<string>): AsyncGenerator<string> {
    try {
      yield* contents;
    } catch (error) {
      failure = error;
      throw error;
    }
  }
  return { data: parts(data), failure: () => failure };
}

function staged(path: string): string {
  return `${path}.tmp`;
}

async function attempt(path: string, write: () => Promise<void>): Promise<void> {
  try {
    await write();
  } catch (error) {
    throw onnxError(
      'FILE_UNWRITABLE',
      `${path} cannot be written: ${reasonOf(error)}. Make room or choose another folder.`,
      error,
    );
  }
}

/** Makes the new names survive a loss of power. Windows has no such call and needs none. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  await attempt(folder, async () => {
    const handle = await open(folder, 'r');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  });
}
