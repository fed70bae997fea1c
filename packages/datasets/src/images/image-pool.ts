// A folder of pictures as a pool: its sub-folders are the classes, or lie in train and test; without any, all pictures
// are of one class.

import { readdir } from 'node:fs/promises';
import { basename, join, posix, resolve } from 'node:path';
import { datasetError } from '../error.ts';
import type { Pool } from '../pool.ts';
import { type ReadImagesOptions, imageName, readImages } from './read-images.ts';

/** Sub-folders that divide the classes, as some data sets come. */
const partName = /^(train(ing)?|test(ing)?|val(idation)?)$/i;

/** Pictures of one class. */
interface ClassFolder {
  readonly name: string;
  /** Its path within the folder. */
  readonly inside: string;
  readonly files: readonly string[];
}

/**
 * Reads a folder of PNG and JPEG files, or of sub-folders of them, which are the classes, or of `train/<class>` and
 * `test/<class>`, joined into one pool: in colour where any picture has colour, else grey, unless `colour` says
 * otherwise. Keys are paths within the folder.
 * @throws `DATASET_EMPTY` when it holds none; `DATASET_CORRUPT` when pictures lie both in it and in sub-folders, or
 *   at two depths of those, or one cannot be read.
 */
export async function imagePool(folder: string, options: ReadImagesOptions = {}): Promise<Pool> {
  const listed = await classFolders(folder);
  const classes = [...new Set(listed.map(({ name }) => name))].sort();
  if (classes.length > 256) {
    throw datasetError(
      'DATASET_CORRUPT',
      `${folder}: at most 256 sub-folders (classes) are read, but there are ${classes.length}. Join some of them.`,
    );
  }
  const keys = listed.flatMap(({ inside, files }) => files.map((file) => posix.join(inside, file)));
  if (keys.length === 0) {
    throw datasetError(
      'DATASET_EMPTY',
      `${folder} holds no .png, .jpg or .jpeg files, nor do its sub-folders, nor those of train and test in it.`,
    );
  }
  return {
    name: basename(resolve(folder)),
    images: await readImages(
      keys.map((key) => join(folder, key)),
      { colour: 'auto', ...options },
    ),
    labels: Uint8Array.from(
      listed.flatMap(({ name, files }) => files.map(() => classes.indexOf(name))),
    ),
    classes,
    keys,
  };
}

async function classFolders(folder: string): Promise<ClassFolder[]> {
  const flat = await imagesIn(folder);
  const names = await foldersIn(folder);
  const classes = await filled(folder, names);
  const parts = await Promise.all(
    names
      .filter((name) => partName.test(name))
      .map(async (part) =>
        filled(
          folder,
          (await foldersIn(join(folder, part))).map((name) => `${part}/${name}`),
        ),
      ),
  );
  const all = [classes, parts.flat()].filter((found) => found.length > 0);
  const [found = [], deeper] = all;
  if (flat.length > 0 && found.length > 0) {
    throw datasetError(
      'DATASET_CORRUPT',
      `${folder} holds pictures itself (${flat[0] ?? ''}) and in sub-folders (${found[0]?.inside ?? ''}). ` +
        'Sub-folders are classes: move every picture into one, or all out of them.',
    );
  }
  if (deeper !== undefined) {
    throw datasetError(
      'DATASET_CORRUPT',
      `${folder} holds pictures in ${found[0]?.inside ?? ''} and deeper, in ${deeper[0]?.inside ?? ''}. ` +
        'Either its sub-folders are classes, or those of train and test are: move the pictures accordingly.',
    );
  }
  return flat.length > 0 ? [{ name: basename(resolve(folder)), inside: '.', files: flat }] : found;
}

/** Those of the folders that hold pictures. */
async function filled(folder: string, insides: readonly string[]): Promise<ClassFolder[]> {
  const found = await Promise.all(
    insides.map(async (inside) => ({
      name: posix.basename(inside),
      inside,
      files: await imagesIn(join(folder, inside)),
    })),
  );
  return found.filter(({ files }) => files.length > 0);
}

async function foldersIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  return entries.flatMap((entry) => (entry.isDirectory() ? [entry.name] : [])).sort();
}

async function imagesIn(folder: string): Promise<string[]> {
  return (await readdir(folder)).filter((name) => imageName.test(name)).sort();
}
