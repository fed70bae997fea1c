// MNIST (LeCun, Cortes, Burges): 70,000 handwritten digits of 28 × 28, found on disk or downloaded.

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Progress, download, sha256 } from '../download/download.ts';
import { datasetError, reasonOf } from '../error.ts';
import { idxPool } from '../idx/idx-pool.ts';
import type { Pool } from '../pool.ts';
import { mnistFiles, mnistMirrors } from './files.ts';

export interface MnistOptions {
  /** A folder of data sets, looked in first: MNIST in its sub-folder `mnist`. Never written to. */
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

/** Compares the files of MNIST in `folder` with the published ones. */
export function checkMnist(folder: string): Promise<FileCheck[]> {
  return Promise.all(
    mnistFiles.map(async (expected) => {
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
 * Finds MNIST's files, downloading into the cache what is in neither folder, and gives the folder they are in.
 * @throws `DATASET_NOT_FOUND` when they are not on disk and there is no cache; `DATASET_CORRUPT` when a file under
 *   `root` has the wrong checksum (one in the cache is fetched again); else as `download`.
 */
export async function findMnist(options: MnistOptions): Promise<string> {
  const { root, cache } = options;
  if (root !== undefined) {
    const folder = join(root, 'mnist');
    const checks = await checkMnist(folder);
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
      `MNIST's four files were not found${root === undefined ? '' : ` in ${join(root, 'mnist')}`}, and there is ` +
        'no cache folder to download them to. Name one, or use the data set "strokes", which needs no files.',
    );
  }
  const folder = join(cache, 'mnist');
  await fetchMissing(folder, options);
  return folder;
}

/**
 * All of MNIST: the 60,000 training images, then the 10,000 test images, `[70000, 1, 28, 28]`.
 * @throws as `findMnist`.
 */
export async function mnist(options: MnistOptions): Promise<Pool> {
  return idxPool(await findMnist(options), { name: 'mnist' });
}

async function fetchMissing(folder: string, options: MnistOptions): Promise<void> {
  const { mirrors = mnistMirrors, timeoutMs, onProgress } = options;
  const timeout = timeoutMs === undefined ? undefined : AbortSignal.timeout(timeoutMs);
  const signals = [options.signal, timeout].filter((signal) => signal !== undefined);
  const checks = await checkMnist(folder);
  for (const [i, { file, bytes, sha256 }] of mnistFiles.entries()) {
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
        `MNIST did not come within ${(timeoutMs ?? 0) / 1000} s (${reasonOf(error)}). What came is kept in ` +
          `${folder}; the next try goes on from there.`,
        error,
      );
    }
  }
}
