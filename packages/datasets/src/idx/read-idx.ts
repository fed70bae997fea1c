// IDX, the format of MNIST's files (yann.lecun.com/exdb/mnist): two zero bytes, a byte for the element type, a byte
// for the number of axes, each axis as a big-endian 32-bit number, then the elements, row-major, big-endian.

import { formatShape, ndarray, sizeOf } from '@memae/graph';
import { refuseNotFinite } from '../array-dataset.ts';
import type { Samples } from '../dataset.ts';
import { datasetError } from '../error.ts';
import { gunzip } from '../gunzip.ts';

export interface ReadIdxOptions {
  /** What to call the data in messages. */
  readonly file?: string;
  /** Refuses data that unpacks to more; by default 1 GiB. */
  readonly maxBytes?: number;
}

const elements = new Map([
  [0x08, { dtype: 'uint8', bytes: 1 }],
  [0x0d, { dtype: 'float32', bytes: 4 }],
] as const);

/**
 * Reads IDX, gzipped or not, of unsigned bytes (type 0x08) or finite 32-bit floats (0x0D).
 * @throws `DATASET_CORRUPT` for anything else, saying what was expected and what came.
 */
export function readIdx(bytes: Uint8Array, options: ReadIdxOptions = {}): Samples {
  const { file = 'IDX data', maxBytes = 2 ** 30 } = options;
  const plain = gunzip(bytes, { file, maxBytes });
  // A plain array over the same memory, whatever kind of array came.
  const data = new Uint8Array(plain.buffer, plain.byteOffset, plain.byteLength);
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);

  const [zero, zeroToo, type = 0, axes = 0] = data;
  const element = elements.get(type as 0x08 | 0x0d);
  if (zero !== 0 || zeroToo !== 0 || element === undefined || axes === 0) {
    throw datasetError(
      'DATASET_CORRUPT',
      `${file}: an IDX file starts with 00 00, then 08 (bytes) or 0d (32-bit floats), then the number of ` +
        `axes, but this one starts with ${hex(data.subarray(0, 4))}. Name an IDX file, or pictures, whose names end in .png, .jpg and the like.`,
    );
  }
  const header = 4 + 4 * axes;
  if (data.length < header) {
    throw datasetError(
      'DATASET_CORRUPT',
      `${file}: a header of ${header} bytes was expected, but the file ends after ${data.length}.`,
    );
  }
  const shape = Array.from({ length: axes }, (_, i) => view.getUint32(4 + 4 * i));
  const expected = header + sizeOf(shape) * element.bytes;
  if (data.length !== expected) {
    throw datasetError(
      'DATASET_CORRUPT',
      `${file}: its header promises ${formatShape(shape)} elements, ${expected} bytes in all, but there are ` +
        `${data.length}: it is ${data.length < expected ? 'cut short' : 'followed by something else'}. ` +
        'Fetch or write it again.',
    );
  }
  if (element.dtype === 'uint8') return ndarray(data.subarray(header), shape);
  const floats = Float32Array.from({ length: sizeOf(shape) }, (_, i) =>
    view.getFloat32(header + 4 * i),
  );
  const samples = ndarray(floats, shape);
  refuseNotFinite(file, samples);
  return samples;
}

function hex(bytes: Uint8Array): string {
  if (bytes.length === 0) return 'nothing: it is empty';
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(' ');
}
