// What `--data` says, as a pool of images: a known name, or a path to the user's own data.

import { stat } from 'node:fs/promises';
import { type Cifar10Options, cifar10 } from './cifar10/cifar10.ts';
import { datasetError } from './error.ts';
import { holdsIdx, idxPool } from './idx/idx-pool.ts';
import { imagePool } from './images/image-pool.ts';
import type { ReadImagesOptions } from './images/read-images.ts';
import { knownPools } from './known-data.ts';
import { mnist } from './mnist/mnist.ts';
import type { Pool } from './pool.ts';
import { strokes } from './strokes/strokes-pool.ts';

export type OpenPoolOptions = Cifar10Options & ReadImagesOptions;

/**
 * Opens `mnist`, `cifar10`, `strokes`, a folder of IDX files named as MNIST's, or a folder of pictures
 * (sub-folders are classes). A known name goes before a folder of that name: write `./mnist` for the folder.
 * @throws `DATASET_NOT_FOUND` for an unknown name or path; `DATASET_BAD_OPTION` for a size or colour of IDX files; else
 *   as the source.
 */
export async function openPool(source: string, options: OpenPoolOptions = {}): Promise<Pool> {
  if (source === 'mnist') return mnist(options);
  if (source === 'cifar10') return cifar10(options);
  if (source === 'strokes') return strokes();
  const found = await stat(source).catch(() => undefined);
  if (found?.isDirectory() !== true) {
    throw datasetError(
      'DATASET_NOT_FOUND',
      `A data set (${knownPools.join(', ')}) or the path of a folder was expected, but "${source}" is ` +
        `${found === undefined ? 'neither' : 'a file'}. A folder holds IDX files named as MNIST's, or PNG, ` +
        'JPEG, WebP, TIFF, GIF or BMP files, in sub-folders by class or in none.',
    );
  }
  if (!holdsIdx(source)) return imagePool(source, options);
  const unfit = (['size', 'fit', 'colour'] as const).find(
    (option) => options[option] !== undefined,
  );
  if (unfit === undefined) return idxPool(source);
  throw datasetError(
    'DATASET_BAD_OPTION',
    `The option "${unfit}" is for a folder of pictures, but ${source} holds IDX files, which are read as they are. ` +
      'Leave it out.',
  );
}
