// MNIST (LeCun, Cortes, Burges): 70,000 handwritten digits of 28 × 28, found on disk or downloaded.

import {
  type FileCheck,
  type PublishedOptions,
  checkPublished,
  findPublished,
} from '../download/published.ts';
import { idxPool } from '../idx/idx-pool.ts';
import type { Pool } from '../pool.ts';
import { mnistPublished } from './files.ts';

/** MNIST in the sub-folder `mnist`. */
export type MnistOptions = PublishedOptions;

/** Compares the files of MNIST in `folder` with the published ones. */
export function checkMnist(folder: string): Promise<FileCheck[]> {
  return checkPublished(mnistPublished, folder);
}

/**
 * Finds MNIST's files, downloading into the cache what is in neither folder, and gives the folder they are in.
 * @throws as `findPublished`.
 */
export function findMnist(options: MnistOptions): Promise<string> {
  return findPublished(mnistPublished, options);
}

/**
 * All of MNIST: the 60,000 training images, then the 10,000 test images, `[70000, 1, 28, 28]`, from the files that were checked.
 * @throws as `findPublished`.
 */
export async function mnist(options: MnistOptions): Promise<Pool> {
  return idxPool(await findMnist(options), { name: 'mnist', zipped: true });
}
