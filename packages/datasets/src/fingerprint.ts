// Tells two data sets apart, for manifests: which data was this model trained on?

import { createHash } from 'node:crypto';
import { formatShape } from '@memae/graph';
import type { Dataset } from './dataset.ts';

/** SHA-256 (hexadecimal) over the element type, the shape, and the samples in the data set's order. */
export async function fingerprint(dataset: Dataset): Promise<string> {
  const hash = createHash('sha256');
  hash.update(`${dataset.dtype} ${formatShape([dataset.length, ...dataset.sampleShape])}\n`);
  for await (const { samples } of dataset.batches({ size: 256 })) {
    const { buffer, byteOffset, byteLength } = samples.data;
    hash.update(new Uint8Array(buffer, byteOffset, byteLength));
  }
  return hash.digest('hex');
}
