// A folder of IDX files named as MNIST's, of MNIST itself or the user's own: images of any one size.

import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { createData, formatShape, hasCode } from '@memae/graph';
import type { Samples } from '../dataset.ts';
import { datasetError } from '../error.ts';
import type { Pool } from '../pool.ts';
import { readIdx } from './read-idx.ts';

/** Files come in pairs; the second pair may be missing. */
const pairs = [
  { images: 'train-images-idx3-ubyte', labels: 'train-labels-idx1-ubyte' },
  { images: 't10k-images-idx3-ubyte', labels: 't10k-labels-idx1-ubyte' },
];

/** Whether the folder holds IDX files named as MNIST's. */
export function holdsIdx(folder: string): boolean {
  return pairs.some(({ images }) => placesOf(folder, images).length > 0);
}

/**
 * Reads `train-images-idx3-ubyte` and `train-labels-idx1-ubyte`, and the `t10k` pair after it where there is one,
 * each plain or `.gz`, as one pool.
 * @param options.zipped whether only `.gz` files are looked at, as those that were checked
 * @throws `DATASET_NOT_FOUND` for a missing file, `DATASET_CORRUPT` for files that are broken or do not fit together, and
 *   for one that is there both plain and as `.gz`.
 */
export async function idxPool(
  folder: string,
  { name = basename(resolve(folder)), zipped = false } = {},
): Promise<Pool> {
  const locate = (file: string): string | undefined => {
    const places = placesOf(folder, file, { zipped });
    if (places.length < 2) return places[0];
    throw datasetError(
      'DATASET_CORRUPT',
      `One of ${places.join(' and ')} was expected, but both are there, and may differ. Remove one of them.`,
    );
  };
  const present = pairs.filter(({ images }, i) => i === 0 || locate(images) !== undefined);
  const parts: { images: Samples; labels: Uint8Array }[] = [];
  for (const pair of present) {
    const images = await readIdxImages(locate(pair.images) ?? join(folder, pair.images));
    const labelFile = locate(pair.labels) ?? join(folder, pair.labels);
    const labels = await readIdxFile(labelFile);
    const length = images.shape[0] ?? 0;
    if (labels.dtype !== 'uint8' || formatShape(labels.shape) !== String(length)) {
      throw datasetError(
        'DATASET_CORRUPT',
        `${labelFile}: ${length} labels of one byte were expected, one for each image of ${pair.images}, but ` +
          `${labels.dtype} ${formatShape(labels.shape)} came.`,
      );
    }
    parts.push({ images, labels: labels.data });
  }
  const labels = new Uint8Array(parts.flatMap((part) => Array.from(part.labels)));
  const last = labels.reduce((highest, label) => Math.max(highest, label), 0);
  return {
    name,
    images: concatenate(
      parts.map(({ images }) => images),
      present.map(({ images }) => join(folder, images)),
    ),
    labels,
    classes: Array.from({ length: last + 1 }, (_, label) => String(label)),
  };
}

/** Images of an IDX file as `[n, 1, height, width]`. */
export async function readIdxImages(file: string): Promise<Samples> {
  const array = await readIdxFile(file);
  const [length = 0, height = 0, width = 0] = array.shape;
  if (array.shape.length !== 3 || length * height * width === 0) {
    throw datasetError(
      'DATASET_CORRUPT',
      `${file}: images of shape count×height×width were expected, but ${formatShape(array.shape)} came.`,
    );
  }
  return { ...array, shape: [length, 1, height, width] };
}

async function readIdxFile(file: string): Promise<Samples> {
  try {
    return readIdx(await readFile(file), { file });
  } catch (error) {
    if (!hasCode(error, 'ENOENT')) throw error;
    throw datasetError(
      'DATASET_NOT_FOUND',
      `${file} is missing, plain or with .gz; a folder of IDX files holds images and labels.`,
      error,
    );
  }
}

/** Joins samples of one shape and element type along the sample axis; `files` names each in messages. */
export function concatenate(parts: readonly Samples[], files: readonly string[]): Samples {
  const [first, ...others] = parts;
  if (first === undefined) throw datasetError('DATASET_EMPTY', 'No samples came to join.');
  const kind = ({ dtype, shape }: Samples): string => `${dtype} ${formatShape(shape.slice(1))}`;
  others.forEach((part, i) => {
    if (kind(part) === kind(first)) return;
    throw datasetError(
      'DATASET_CORRUPT',
      `${files[i + 1] ?? ''}: samples of ${kind(first)} were expected, as in ${files[0] ?? ''}, but ` +
        `${kind(part)} came.`,
    );
  });
  if (others.length === 0) return first;
  const length = parts.reduce((sum, { shape }) => sum + (shape[0] ?? 0), 0);
  const data = createData(
    first.dtype,
    parts.reduce((sum, part) => sum + part.data.length, 0),
  );
  let filled = 0;
  for (const part of parts) {
    data.set(part.data, filled);
    filled += part.data.length;
  }
  const shape = [length, ...first.shape.slice(1)];
  return { dtype: first.dtype, shape, data } as Samples;
}

/** Paths of a file that are there: plain, unless only what is `zipped` is looked at, and `.gz`. */
function placesOf(folder: string, file: string, { zipped = false } = {}): string[] {
  const names = zipped ? [`${file}.gz`] : [file, `${file}.gz`];
  return names.map((name) => join(folder, name)).filter((path) => existsSync(path));
}
