// A folder of pictures as a pool: its sub-folders are the classes; without any, all pictures are of one class.

import { readdir } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { datasetError } from '../error.ts';
import type { Pool } from '../pool.ts';
import { type ReadImagesOptions, imageName, readImages } from './read-images.ts';

/**
 * Reads a folder of PNG and JPEG files, or of sub-folders of them: grey, unless `colour` says otherwise. Keys are
 * paths within the folder.
 * @throws `DATASET_EMPTY` when it holds none; `DATASET_CORRUPT` when pictures lie both in it and in sub-folders, or
 *   one cannot be read.
 */
export async function imagePool(folder: string, options: ReadImagesOptions = {}): Promise<Pool> {
  const flat = await imagesIn(folder);
  const entries = await readdir(folder, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  const found = await Promise.all(
    names.sort().map(async (inside) => ({
      name: inside,
      inside,
      files: await imagesIn(join(folder, inside)),
    })),
  );
  const classes = found.filter(({ files }) => files.length > 0);
  if (flat.length > 0 && classes.length > 0) {
    throw datasetError(
      'DATASET_CORRUPT',
      `${folder} holds pictures itself (${flat[0] ?? ''}) and in sub-folders (${classes[0]?.name ?? ''}). ` +
        'Sub-folders are classes: move every picture into one, or all out of them.',
    );
  }
  if (classes.length > 256) {
    throw datasetError(
      'DATASET_CORRUPT',
      `${folder}: at most 256 sub-folders (classes) are read, but there are ${classes.length}.`,
    );
  }
  const name = basename(resolve(folder));
  const listed = flat.length > 0 ? [{ name, inside: '.', files: flat }] : classes;
  const keys = listed.flatMap(({ inside, files }) => files.map((file) => join(inside, file)));
  if (keys.length === 0) {
    throw datasetError(
      'DATASET_EMPTY',
      `${folder} holds no .png, .jpg or .jpeg files, nor do its sub-folders.`,
    );
  }
  return {
    name,
    images: await readImages(
      keys.map((key) => join(folder, key)),
      options,
    ),
    labels: Uint8Array.from(listed.flatMap(({ files }, label) => files.map(() => label))),
    classes: listed.map((each) => each.name),
    keys,
  };
}

async function imagesIn(folder: string): Promise<string[]> {
  return (await readdir(folder)).filter((name) => imageName.test(name)).sort();
}
