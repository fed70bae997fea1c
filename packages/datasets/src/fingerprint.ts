// Tells two data sets apart, for manifests: which data was this model trained on?

import { createHash } from 'node:crypto';
import { formatShape, sizeOf } from '@memae/graph';
import type { Dataset } from './dataset.ts';

/**
 * SHA-256 (hexadecimal) over the element type, the shape, and the samples in the data set's order; of clips, over each
 * frame once, as it is stored, and how the clips lie on them.
 */
export async function fingerprint(dataset: Dataset): Promise<string> {
  if (dataset.fingerprint !== undefined) return dataset.fingerprint();
  const hash = createHash('sha256');
  hash.update(`${dataset.dtype} ${formatShape([dataset.length, ...dataset.sampleShape])}\n`);
  // Some 16 million numbers at once, however large a sample is.
  const size = Math.max(1, Math.min(256, Math.floor(2 ** 24 / sizeOf(dataset.sampleShape))));
  for await (const { samples } of dataset.batches({ size })) {
    const { buffer, byteOffset, byteLength } = samples.data;
    hash.update(new Uint8Array(buffer, byteOffset, byteLength));
  }
  return hash.digest('hex');
}
