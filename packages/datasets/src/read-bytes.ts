// Files of data sets that cannot be read are an error of the data set, with the file's name and what to do.

import { open } from 'node:fs/promises';
import { datasetError, reasonOf } from './error.ts';

/**
 * All bytes of a file, or the `first` so many of them, fewer where it has fewer.
 * @throws `DATASET_NOT_FOUND` when it is not there, or may not be read.
 */
export async function readBytes(
  file: string,
  { first }: { readonly first?: number } = {},
): Promise<Buffer> {
  try {
    const handle = await open(file);
    try {
      if (first === undefined) return await handle.readFile();
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(first), 0, first, 0);
      return buffer.subarray(0, bytesRead);
    } finally {
      await handle.close();
    }
  } catch (error) {
    throw datasetError(
      'DATASET_NOT_FOUND',
      `${file}: a file to read was expected, but reading failed: ${reasonOf(error)}. ` +
        'Put it there, or name another one.',
      error,
    );
  }
}
