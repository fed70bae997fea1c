// How much each element of a sample says: the less, the worse it is reconstructed where all is normal.

import type { Backend } from '@memae/backend';
import { type Dataset, batchFor } from '@memae/datasets';
import { type NdArray, type Program, ndarray, sizeOf } from '@memae/graph';

/** As a share of the mean of all elements: what bounds a weight, and keeps an element that never errs from deciding alone. */
const least = 0.1;

/**
 * Weights in the shape of a sample, w_i ∝ 1 / (m_i + 0.1 m̄), where m_i is the mean error of element i over the data set and m̄ that
 * of all elements; scaled so that the mean score of the data set stays what it is without them. All 1 where nothing errs.
 * @param program from `samples` to `errorMap`
 */
export async function inverseErrors(
  program: Program<'errorMap'>,
  { backend, dataset }: { readonly backend: Backend; readonly dataset: Dataset },
): Promise<NdArray> {
  const { sampleShape } = dataset;
  const size = sizeOf(sampleShape);
  const sums = new Float64Array(size);
  const executable = await backend.compile(program);
  try {
    for await (const { samples } of dataset.batches({ size: batchFor(sampleShape) })) {
      const { data } = (await executable.run({ samples })).errorMap;
      for (let i = 0; i < data.length; i += 1)
        sums[i % size] = (sums[i % size] ?? 0) + (data[i] ?? NaN);
    }
  } finally {
    await executable[Symbol.asyncDispose]();
  }
  const means = sums.map((sum) => sum / dataset.length);
  const total = means.reduce((sum, mean) => sum + mean, 0);
  if (total === 0) return ndarray(new Float32Array(size).fill(1), sampleShape);
  const inverse = means.map((mean) => 1 / (mean + (least * total) / size));
  const weighted = inverse.reduce((sum, weight, i) => sum + weight * (means[i] ?? NaN), 0);
  return ndarray(
    Float32Array.from(inverse, (weight) => (weight * total) / weighted),
    sampleShape,
  );
}
