// CIFAR-10 (Krizhevsky): 60,000 colour images of 32 × 32 in ten classes, found on disk in one of its editions, or
// downloaded. The pool's name says which edition it is: a lossy copy must never pass for the original.

import { join } from 'node:path';
import { sha256 } from '../download/download.ts';
import { type PublishedOptions, findPublished } from '../download/published.ts';
import { datasetError } from '../error.ts';
import { concatenate } from '../idx/idx-pool.ts';
import type { Pool } from '../pool.ts';
import { readBytes } from '../read-bytes.ts';
import { type Cifar10Edition, findEdition } from './editions.ts';
import { cifar10Classes, cifar10Jpeg, cifar10Published } from './published.ts';
import {
  type NamedBatch,
  readBatchArchive,
  readJpegArchive,
  readPictures,
} from './read-archives.ts';
import { readCifarBatch } from './read-batch.ts';

/** CIFAR-10 in the sub-folder `cifar10`. */
export interface Cifar10Options extends PublishedOptions {
  /** Without it, the best edition that is there: all of the original, then JPEG, pictures, some of the original. */
  readonly edition?: Cifar10Edition;
}

/** Rows of the whole data set. */
const allRows = 60_000;

/**
 * CIFAR-10 as RGB, `[n, 3, 32, 32]`. It is looked for in `root`, then in `cache`, else downloaded (170 MB) into the
 * latter. Named `cifar10`, or `cifar10 (5,000 lossless rows)`, `cifar10 (JPEG, quality 75)`, `cifar10 (pictures, 600 rows)`. Keys are
 * `cifar10/data_batch_1/0` (a row of a file) or `cifar10/train/cat/0000`.
 * @throws `DATASET_NOT_FOUND` when it is not on disk and cannot be downloaded: without a cache, or in JPEG;
 *   `DATASET_CORRUPT` naming the file that is broken; else as `findPublished`.
 */
export async function cifar10(options: Cifar10Options): Promise<Pool> {
  const { edition, root, cache } = options;
  for (const folder of [root, cache].filter((each) => each !== undefined)) {
    const inside = join(folder, 'cifar10');
    const found = await findEdition(inside, edition);
    if (found?.kind === 'batches') return poolOf(await readBatches(inside, found.files));
    if (found?.kind === 'jpeg archive') return jpegPool(join(inside, found.file), options);
    if (found?.kind === 'pictures') {
      const pool = await readPictures(inside, options);
      return { name: `cifar10 (pictures, ${thousands(pool.labels.length)} rows)`, ...pool };
    }
    if (found?.kind === 'archive') break;
  }
  if (edition === 'jpeg') {
    const looked = [root, cache]
      .filter((each) => each !== undefined)
      .map((f) => join(f, 'cifar10'));
    throw datasetError(
      'DATASET_NOT_FOUND',
      `${cifar10Jpeg.file} was not found${looked.length > 0 ? ` in ${looked.join(' or ')}` : ''}; only the binary ` +
        'edition can be downloaded. Put it there, or leave the edition open.',
    );
  }
  const folder = await findPublished(cifar10Published, options);
  const archive = join(folder, cifar10Published.files[0]?.file ?? '');
  return poolOf(await readBatchArchive(archive, options));
}

function readBatches(folder: string, files: readonly string[]): Promise<NamedBatch[]> {
  return Promise.all(
    files.map(async (name) => {
      const file = join(folder, name);
      const batch = readCifarBatch(await readBytes(file), { file });
      return { name: name.replace(/^.*\/|\..*$/g, ''), file, ...batch };
    }),
  );
}

function poolOf(batches: readonly NamedBatch[]): Pool {
  const images = concatenate(
    batches.map((batch) => batch.images),
    batches.map(({ file }) => file),
  );
  const rows = images.shape[0] ?? 0;
  return {
    name: rows === allRows ? 'cifar10' : `cifar10 (${thousands(rows)} lossless rows)`,
    images,
    labels: Uint8Array.from(batches.flatMap(({ labels }) => Array.from(labels))),
    classes: cifar10Classes,
    keys: batches.flatMap(({ name, labels }) =>
      Array.from(labels, (_, row) => `cifar10/${name}/${row}`),
    ),
  };
}

async function jpegPool(file: string, options: Cifar10Options): Promise<Pool> {
  const pool = await readJpegArchive(file, options);
  const known = sha256(await readBytes(file)) === cifar10Jpeg.sha256;
  const edition = known ? 'quality 75' : `${thousands(pool.labels.length)} rows`;
  return { name: `cifar10 (JPEG, ${edition})`, ...pool };
}

function thousands(count: number): string {
  return count.toLocaleString('en');
}
