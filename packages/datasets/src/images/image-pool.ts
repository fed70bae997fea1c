// A folder of pictures as a pool: its sub-folders are the classes, or lie in train and test; without any, all pictures
// are of one class.

import { basename, join, resolve } from 'node:path';
import { datasetError } from '../error.ts';
import type { Pool } from '../pool.ts';
import { layOut } from './image-layout.ts';
import { listImages } from './list-images.ts';
import { type ReadImagesOptions, imageName, readImages } from './read-images.ts';

/**
 * Reads a folder of pictures, or of sub-folders of them at any depth, which are the classes, or of `train/<class>` and
 * `test/<class>`, joined into one pool: in colour where any picture has colour, else grey, unless `colour` says
 * otherwise. Keys are paths within the folder.
 * @throws `DATASET_EMPTY` when it holds none; `DATASET_CORRUPT` when pictures lie both in it and in sub-folders, or
 *   at two depths of those, or one cannot be read.
 */
export async function imagePool(folder: string, options: ReadImagesOptions = {}): Promise<Pool> {
  const paths = await listImages(folder, imageName);
  const { images } = layOut(paths, { folder, asked: 'classes' });
  const classes = [...new Set(images.map((image) => image.of))].sort();
  if (classes.length > 256) {
    throw datasetError(
      'DATASET_CORRUPT',
      `${folder}: at most 256 sub-folders (classes) are read, but there are ${classes.length}. Join some of them.`,
    );
  }
  if (images.length === 0) throw noPictures(folder);
  return {
    name: basename(resolve(folder)),
    images: await readImages(
      images.map(({ key }) => join(folder, key)),
      { colour: 'auto', ...options },
    ),
    labels: Uint8Array.from(images, (image) => classes.indexOf(image.of)),
    classes,
    keys: images.map(({ key }) => key),
  };
}

/** That there is nothing to read. */
export function noPictures(folder: string) {
  return datasetError(
    'DATASET_EMPTY',
    `${folder} holds no pictures (.png, .jpg, .jpeg, .webp, .tif, .tiff, .bmp, .gif), nor do its sub-folders.`,
  );
}
