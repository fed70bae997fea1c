// Files of data sets that cannot be read are an error of the data set, with the file's name and what to do.

import { readFile } from 'node:fs/promises';
import { datasetError, reasonOf } from './error.ts';

/**
 * All bytes of a file.
 * @throws `DATASET_NOT_FOUND` when it is not there, or may not be read.
 */
export async function readBytes(file: string): Promise<Buffer> {
  try {
    return await readFile(file);
  } catch (error) {
    throw datasetError(
      'DATASET_NOT_FOUND',
      `${file}: a file to read was expected, but reading failed: ${reasonOf(error)}. ` +
        'Put it there, or name another one.',
      error,
    );
  }
}
