// Files to be scored: no classes, no labels, only samples and what to call each in the results.

import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Batch, Samples } from './dataset.ts';
import { datasetError } from './error.ts';
import { concatenate, readIdxImages } from './idx/idx-pool.ts';
import {
  type ReadImagesOptions,
  imageName,
  readImages,
  resolveColour,
} from './images/read-images.ts';

const idxName = /idx3-ubyte(\.gz)?$/;

/**
 * Reads IDX files of images (gzipped or not), PNG and JPEG files, and folders of them at any depth, in the order
 * given, as `[n, channels, height, width]`: grey, unless `colour` says otherwise. The key of a picture is its path; of image i in an IDX file, `path/i`.
 * @throws `DATASET_NOT_FOUND` for a path that is not there, `DATASET_EMPTY` when there is nothing to read,
 *   `DATASET_CORRUPT` naming the file that is broken or does not fit the others.
 */
export async function readSamples(
  paths: readonly string[],
  options: ReadImagesOptions = {},
): Promise<Batch> {
  const files = (await Promise.all(paths.map(filesAt))).flat();
  if (files.length === 0) {
    throw datasetError(
      'DATASET_EMPTY',
      `There is nothing to read in: ${paths.join(', ') || 'no paths'}. Name IDX files (…idx3-ubyte, plain or ` +
        '.gz), .png, .jpg or .jpeg files, or folders of them.',
    );
  }
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

/** A file, or those in a folder that can be read, in order of their names. */
async function filesAt(path: string): Promise<string[]> {
  const found = await stat(path).catch(() => undefined);
  if (found === undefined) {
    throw datasetError('DATASET_NOT_FOUND', `There is no file or folder ${path}.`);
  }
  if (!found.isDirectory()) return [path];
  const names = await readdir(path, { recursive: true });
  return names
    .filter((name) => imageName.test(name) || idxName.test(name))
    .sort()
    .map((name) => join(path, name));
}
