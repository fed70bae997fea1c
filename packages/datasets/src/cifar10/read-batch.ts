// A batch of CIFAR-10's binary version (cs.toronto.edu/~kriz/cifar.html): records of one byte for the class and
// 3,072 for the image, 32 × 32 of red, then green, then blue, row by row. Any number of whole records will do.

import { type NdArray, ndarray } from '@memae/graph';
import { datasetError } from '../error.ts';
import { gunzip } from '../gunzip.ts';
import { cifar10Classes, cifar10Size } from './published.ts';

const imageBytes = 3 * cifar10Size * cifar10Size;
const recordBytes = 1 + imageBytes;
/** Of an official batch, ten times over. */
const maxBytes = 100_000 * recordBytes;

/** Images with the class of each. */
export interface CifarBatch {
  /** `[n, 3, 32, 32]`: red, green, blue. */
  readonly images: NdArray<'uint8'>;
  /** `[n]`: an index into `cifar10Classes`. */
  readonly labels: Uint8Array;
}

/**
 * Reads a batch, gzipped or not; `file` names it in messages.
 * @throws `DATASET_CORRUPT` when it cannot be unpacked, is empty, ends within a record, or names no class.
 */
export function readCifarBatch(bytes: Uint8Array, { file }: { readonly file: string }): CifarBatch {
  const plain = gunzip(bytes, { file, maxBytes });
  const length = plain.length / recordBytes;
  if (!(Number.isInteger(length) && length > 0)) {
    throw datasetError(
      'DATASET_CORRUPT',
      `${file}: whole records of ${recordBytes} bytes were expected, one at least, but ${plain.length} bytes came` +
        `${length > 0 ? `: record ${Math.floor(length)} is cut short` : ''}. Fetch or write it again.`,
    );
  }
  const images = new Uint8Array(length * imageBytes);
  const labels = Uint8Array.from({ length }, (_, i) => plain[i * recordBytes] ?? 0);
  const odd = labels.findIndex((label) => label >= cifar10Classes.length);
  if (odd >= 0) {
    throw datasetError(
      'DATASET_CORRUPT',
      `${file}: record ${odd} should start with its class, 0 to ${cifar10Classes.length - 1}, but starts with ` +
        `${String(labels[odd])}. Is it a batch of CIFAR-10's binary version?`,
    );
  }
  for (let i = 0; i < length; i += 1) {
    images.set(plain.subarray(i * recordBytes + 1, (i + 1) * recordBytes), i * imageBytes);
  }
  return { images: ndarray(images, [length, 3, cifar10Size, cifar10Size]), labels };
}
