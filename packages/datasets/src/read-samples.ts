// Files to be scored: no classes, no labels, only samples and what to call each in the results.

import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { arrayDataset } from './array-dataset.ts';
import type { Batch, Samples } from './dataset.ts';
import { datasetError } from './error.ts';
import { concatenate, readIdxImages } from './idx/idx-pool.ts';
import { type ImageSet, imageSet } from './images/image-set.ts';
import { type ImageStoreOptions, type StoredImage, openImageStore } from './images/image-store.ts';
import { listImages } from './images/list-images.ts';
import {
  type ReadImagesOptions,
  imageName,
  readImages,
  resolveColour,
} from './images/read-images.ts';
import type { Tiling } from './images/tiles.ts';

const idxName = /idx3-ubyte(\.gz)?$/;

/**
 * Reads IDX files of images (gzipped or not), pictures, and folders of them at any depth, in the order
 * given, as `[n, channels, height, width]`: grey, unless `colour` says otherwise. The key of a picture is its path; of image i in an IDX file, `path/i`.
 * @throws `DATASET_NOT_FOUND` for a path that is not there, `DATASET_EMPTY` when there is nothing to read,
 *   `DATASET_CORRUPT` naming the file that is broken or does not fit the others.
 */
export async function readSamples(
  paths: readonly string[],
  options: ReadImagesOptions = {},
): Promise<Batch> {
  const files = await sampleFiles(paths);
  const pictures = files.filter((file) => imageName.test(file));
  const colour = await resolveColour(pictures, options);
  const parts: { name: string; samples: Samples; keys: string[] }[] = [];
  // Neighbouring pictures are read together.
  for (let start = 0; start < files.length;) {
    const name = files[start] ?? '';
    if (imageName.test(name)) {
      const next = files.findIndex((file, i) => i > start && !imageName.test(file));
      const keys = files.slice(start, next < 0 ? undefined : next);
      parts.push({ name, samples: await readImages(keys, { ...options, colour }), keys });
      start += keys.length;
    } else {
      const samples = await readIdxImages(name);
      const keys = Array.from({ length: samples.shape[0] ?? 0 }, (_, i) => `${name}/${i}`);
      parts.push({ name, samples, keys });
      start += 1;
    }
  }
  return {
    samples: concatenate(
      parts.map(({ samples }) => samples),
      parts.map(({ name }) => name),
    ),
    keys: parts.flatMap(({ keys }) => keys),
  };
}

/**
 * Opens the same to be scored: pictures from a store, decoded a few at a time and cut into tiles where a `tiling` is given.
 * @throws as `readSamples`, `openImageStore` and `imageSet`
 */
export async function openSamples(
  paths: readonly string[],
  { tiling, ...options }: ImageStoreOptions & { readonly tiling?: Tiling } = {},
): Promise<ImageSet> {
  const name = paths.join(', ');
  const files = await sampleFiles(paths);
  if (files.every((file) => imageName.test(file))) {
    return openPictures(
      files.map((file) => ({ file, key: file })),
      { ...options, name, tiling },
    );
  }
  if (tiling !== undefined) {
    throw datasetError(
      'DATASET_BAD_OPTION',
      `Pictures are cut into tiles, but IDX files are read as they are: ${name}. Score them by a model without tiles.`,
    );
  }
  return arrayDataset({ name, modality: 'image', ...(await readSamples(paths, options)) });
}

/**
 * Pictures to be scored, in files or in memory.
 * @throws as `openImageStore` and `imageSet`
 */
export async function openPictures(
  pictures: readonly Pick<StoredImage, 'file' | 'key'>[],
  {
    name,
    tiling,
    ...options
  }: ImageStoreOptions & { readonly name: string; readonly tiling?: Tiling | undefined },
): Promise<ImageSet> {
  const store = await openImageStore(pictures, { ...options, mixed: tiling !== undefined });
  return imageSet({ name, store, picked: store.images.map((_, i) => i), tiling });
}

/** @throws `DATASET_NOT_FOUND`, `DATASET_EMPTY` */
async function sampleFiles(paths: readonly string[]): Promise<string[]> {
  const files = (await Promise.all(paths.map(filesAt))).flat();
  if (files.length === 0) {
    throw datasetError(
      'DATASET_EMPTY',
      `There is nothing to read in: ${paths.join(', ') || 'no paths'}. Name IDX files (…idx3-ubyte, plain or ` +
        '.gz), pictures (.png, .jpg, .jpeg, .webp, .tif, .tiff, .bmp, .gif), or folders of them.',
    );
  }
  return files;
}

/** A file, or those in a folder that can be read, in order of their names. */
async function filesAt(path: string): Promise<string[]> {
  const found = await stat(path).catch(() => undefined);
  if (found === undefined) {
    throw datasetError('DATASET_NOT_FOUND', `There is no file or folder ${path}.`);
  }
  if (!found.isDirectory()) return [path];
  const names = await listImages(path, new RegExp(`${imageName.source}|${idxName.source}`, 'i'));
  return names.map((name) => join(path, name));
}
