// Samples are bytes or numbers; each branch tells the compiler which of them comes back.

import type { Batch, Dataset, Modality, Samples } from '@memae/datasets';
import { slice, take } from '@memae/graph';

/** Samples `start` to `end` (excluded), sharing memory. */
export function sliceSamples(samples: Samples, start: number, end: number): Samples {
  return samples.dtype === 'uint8' ? slice(samples, start, end) : slice(samples, start, end);
}

/** Samples by index. */
export function takeSamples(samples: Samples, indices: readonly number[]): Samples {
  return samples.dtype === 'uint8' ? take(samples, indices) : take(samples, indices);
}

/** Sample `index` without its batch axis. */
export function sampleAt(samples: Samples, index: number): Samples {
  const { dtype, shape, data } = sliceSamples(samples, index, index + 1);
  return { dtype, shape: shape.slice(1), data } as Samples;
}

/** A whole data set at once. */
export async function wholeOf<B extends Batch>(dataset: Dataset<Modality, B>): Promise<B> {
  for await (const batch of dataset.batches({ size: dataset.length })) return batch;
  throw new RangeError('A data set of no samples has no batch.');
}
