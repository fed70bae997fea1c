// CIFAR-10 out of its archives, the official one of binary batches and the common one of JPEG files, and out of folders
// of pictures.

import { readTar } from '../archive/read-tar.ts';
import { datasetError } from '../error.ts';
import type { Samples } from '../dataset.ts';
import { imagePool } from '../images/image-pool.ts';
import { readImages } from '../images/read-images.ts';
import type { Pool } from '../pool.ts';
import { cifar10Classes, cifar10Size } from './published.ts';
import { type CifarBatch, readCifarBatch } from './read-batch.ts';

/** A batch under the name its rows are known by: `data_batch_1`. */
export interface NamedBatch extends CifarBatch {
  readonly name: string;
  /** Where it was read from, for messages. */
  readonly file: string;
}

interface ReadArchiveOptions {
  readonly signal?: AbortSignal;
}

/** The batches in the official archive, in its order: training, then test. */
export async function readBatchArchive(
  file: string,
  options: ReadArchiveOptions,
): Promise<NamedBatch[]> {
  const batches: NamedBatch[] = [];
  await readTar({
    ...options,
    file,
    wanted: (path) => /(^|\/)(data_batch_[1-5]|test_batch)\.bin$/.test(path),
    onFile: (path, bytes) => {
      const name = path.replace(/^.*\/|\.bin$/g, '');
      const inside = `${file}: ${path}`;
      batches.push({ name, file: inside, ...readCifarBatch(bytes, { file: inside }) });
    },
    maxBytes: 2 ** 28,
    maxFileBytes: 2 ** 26,
  });
  if (batches.length === 0) throw nothingIn(file, 'data_batch_1.bin');
  return batches.sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Every `train|test/<class>/<number>.jpg` in an archive as RGB, in order of the paths, which are the keys. */
export async function readJpegArchive(
  file: string,
  options: ReadArchiveOptions,
): Promise<Omit<Pool, 'name'>> {
  const pictures: { key: string; name: string; label: number; bytes: Uint8Array }[] = [];
  await readTar({
    ...options,
    file,
    wanted: (path) => picturePath.test(path),
    onFile: (path, bytes) => {
      const [, key = '', className = ''] = picturePath.exec(path) ?? [];
      const label = labelOf(className, `${file}: ${path}`);
      pictures.push({ key: `cifar10/${key}`, name: `${file}: ${path}`, label, bytes });
    },
    maxBytes: 2 ** 28,
    maxFileBytes: 2 ** 20,
  });
  if (pictures.length === 0) throw nothingIn(file, 'train/cat/0000.jpg');
  pictures.sort((a, b) => (a.key < b.key ? -1 : 1));
  const images = await readImages(pictures, { ...options, colour: 'rgb' });
  refuseOtherSize(images, file);
  return {
    images,
    labels: Uint8Array.from(pictures, ({ label }) => label),
    classes: cifar10Classes,
    keys: pictures.map(({ key }) => key),
  };
}

/**
 * PNG and JPEG files in `<class>` or `train|test/<class>` of a folder, as RGB.
 * @throws as `imagePool`; `DATASET_CORRUPT` for a class that is none, and for another size.
 */
export async function readPictures(
  folder: string,
  { signal }: ReadArchiveOptions,
): Promise<Omit<Pool, 'name'>> {
  const found = await imagePool(folder, { ...(signal && { signal }), colour: 'rgb' });
  const labels = found.classes.map((name) => labelOf(name, `${folder}: a picture`));
  refuseOtherSize(found.images, folder);
  return {
    images: found.images,
    labels: found.labels.map((label) => labels[label] ?? 0),
    classes: cifar10Classes,
    keys: (found.keys ?? []).map((key) => `cifar10/${key.replace(/\.\w+$/, '')}`),
  };
}

function labelOf(className: string, where: string): number {
  const label = cifar10Classes.indexOf(className);
  if (label >= 0) return label;
  throw datasetError(
    'DATASET_CORRUPT',
    `${where} is in the folder "${className}", but the classes are ${cifar10Classes.join(', ')}. Rename or remove it.`,
  );
}

function refuseOtherSize({ shape }: Samples, file: string): void {
  if (shape[2] === cifar10Size && shape[3] === cifar10Size) return;
  throw datasetError(
    'DATASET_CORRUPT',
    `${file}: images of 32×32 were expected, but they are ${shape.slice(2).join('×')}. Name a folder of other ` +
      'pictures by its path.',
  );
}

const picturePath = /^(?:\.\/)?((?:train|test)\/([a-z]+)\/\d+)\.jpe?g$/;

function nothingIn(file: string, example: string) {
  return datasetError(
    'DATASET_EMPTY',
    `${file} holds nothing that could be read; files such as ${example} were expected in it.`,
  );
}
