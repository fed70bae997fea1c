// Data sets that are published as files of known size and checksum: looked for under the user's folder, then in the
// cache, else downloaded into the latter.

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { datasetError, reasonOf } from '../error.ts';
import { type Progress, download, sha256 } from './download.ts';

/** A file as it was published: its size and SHA-256. */
export interface PublishedFile {
  readonly file: string;
  readonly bytes: number;
  readonly sha256: string;
}

/** A data set as it was published. */
export interface Published {
  /** The name it is asked for by, and of its sub-folder. */
  readonly name: string;
  /** As people write it: `CIFAR-10`. */
  readonly title: string;
  readonly files: readonly PublishedFile[];
  /** Folders on the web that hold the files, each ending in `/`. */
  readonly mirrors: readonly string[];
  /** A data set of the same kind that needs no files. */
  readonly instead: string;
}

/** Where a published data set may be, and how it may come. */
export interface PublishedOptions {
  /** A folder of data sets, looked in first: each in a sub-folder of its name. Never written to. */
  readonly root?: string;
  /** A folder to keep downloads in, likewise; without it nothing is downloaded. */
  readonly cache?: string;
  /** Folders on the web, each ending in `/`, asked in turn. */
  readonly mirrors?: readonly string[];
  readonly signal?: AbortSignal;
  /** Gives up downloading after so many milliseconds, all files together; what came is kept. */
  readonly timeoutMs?: number;
  readonly onProgress?: (progress: Progress) => void;
}

/** How a file on disk stands against the published one. */
export interface FileCheck {
  readonly file: string;
  readonly path: string;
  readonly status: 'ok' | 'wrong checksum' | 'missing';
  readonly sha256: string;
}

/** Compares the files of a data set in `folder` with the published ones. */
export function checkPublished({ files }: Published, folder: string): Promise<FileCheck[]> {
  return Promise.all(
    files.map(async (expected) => {
      const path = join(folder, expected.file);
      const status = await readFile(path).then(
        (bytes) => (sha256(bytes) === expected.sha256 ? 'ok' : 'wrong checksum'),
        () => 'missing' as const,
      );
      return { file: expected.file, path, status, sha256: expected.sha256 };
    }),
  );
}

/**
 * Finds a data set's files, downloading into the cache what is in neither folder, and gives the folder they are in.
 * @throws `DATASET_NOT_FOUND` when they are not on disk and there is no cache; `DATASET_CORRUPT` when a file under
 *   `root` has the wrong checksum (one in the cache is fetched again); else as `download`.
 */
export async function findPublished(
  published: Published,
  options: PublishedOptions,
): Promise<string> {
  const { root, cache } = options;
  const { name, title, files, instead } = published;
  if (root !== undefined) {
    const folder = join(root, name);
    const checks = await checkPublished(published, folder);
    const wrong = checks.find(({ status }) => status === 'wrong checksum');
    if (wrong !== undefined) {
      throw datasetError(
        'DATASET_CORRUPT',
        `${wrong.path}: the published file's SHA-256 ${wrong.sha256} was expected, but another came. ` +
          'Replace the file, or remove it to have it downloaded.',
      );
    }
    if (checks.every(({ status }) => status === 'ok')) return folder;
  }
  if (cache === undefined) {
    throw datasetError(
      'DATASET_NOT_FOUND',
      `${title} (${files.map(({ file }) => file).join(', ')}) was not found` +
        `${root === undefined ? '' : ` in ${join(root, name)}`}, and there is no cache folder to download it to. ` +
        `Name one, or use the data set "${instead}", which needs no files.`,
    );
  }
  const folder = join(cache, name);
  await fetchMissing(published, { ...options, folder });
  return folder;
}

async function fetchMissing(
  published: Published,
  options: PublishedOptions & { readonly folder: string },
): Promise<void> {
  const { mirrors = published.mirrors, timeoutMs, onProgress, folder } = options;
  const timeout = timeoutMs === undefined ? undefined : AbortSignal.timeout(timeoutMs);
  const signals = [options.signal, timeout].filter((signal) => signal !== undefined);
  const checks = await checkPublished(published, folder);
  for (const [i, { file, bytes, sha256 }] of published.files.entries()) {
    if (checks[i]?.status === 'ok') continue;
    try {
      await download({
        urls: mirrors.map((mirror) => `${mirror}${file}`),
        to: join(folder, file),
        bytes,
        sha256,
        signal: AbortSignal.any(signals),
        ...(onProgress === undefined ? {} : { onProgress }),
      });
    } catch (error) {
      if (timeout?.aborted !== true || options.signal?.aborted === true) throw error;
      throw datasetError(
        'DATASET_DOWNLOAD_FAILED',
        `${published.title} did not come within ${(timeoutMs ?? 0) / 1000} s (${reasonOf(error)}). What came is ` +
          `kept in ${folder}; the next try goes on from there.`,
        error,
      );
    }
  }
}
