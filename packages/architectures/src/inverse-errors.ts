// How much each element of a sample says: the less, the worse it is reconstructed where all is normal.

import type { Backend } from '@memae/backend';
import { type Dataset, batchFor } from '@memae/datasets';
import { type NdArray, type Program, type Random, ndarray, sizeOf } from '@memae/graph';

/** As a share of the mean of all elements: what bounds a weight, and keeps an element that never errs from deciding alone. */
const least = 0.1;

export interface InverseErrorsOptions {
  readonly backend: Backend;
  readonly dataset: Dataset;
  /** Draws the samples that are looked at where there are more than `most`. */
  readonly random: Random;
  /** A mean of so many is known to a few thousandths, in a second or two. */
  readonly most?: number;
}

/**
 * Weights in the shape of a sample, w_i ∝ 1 / (m_i + 0.1 m̄), where m_i is the mean error of element i over the data set (of a large one, over samples drawn from it) and m̄ that
 * of all elements; scaled so that the mean score of the data set stays what it is without them. All 1 where nothing errs.
 * @param program from `samples` to `errorMap`
 */
export async function inverseErrors(
  program: Program<'errorMap'>,
  { backend, dataset, random, most = 100_000 }: InverseErrorsOptions,
): Promise<NdArray> {
  const { sampleShape, length } = dataset;
  const size = sizeOf(sampleShape);
  const sums = new Float64Array(size);
  const executable = await backend.compile(program);
  let seen = 0;
  try {
    for await (const { samples, keys } of dataset.batches({
      size: Math.min(most, batchFor(sampleShape)),
      ...(length > most && { shuffle: random }),
    })) {
      const { data } = (await executable.run({ samples })).errorMap;
      for (let i = 0; i < data.length; i += 1)
        sums[i % size] = (sums[i % size] ?? 0) + (data[i] ?? NaN);
      seen += keys.length;
      if (seen >= most) break;
    }
  } finally {
    await executable[Symbol.asyncDispose]();
  }
  const means = sums.map((sum) => sum / seen);
  const total = means.reduce((sum, mean) => sum + mean, 0);
  if (total === 0) return ndarray(new Float32Array(size).fill(1), sampleShape);
  const inverse = means.map((mean) => 1 / (mean + (least * total) / size));
  const weighted = inverse.reduce((sum, weight, i) => sum + weight * (means[i] ?? NaN), 0);
  return ndarray(
    Float32Array.from(inverse, (weight) => (weight * total) / weighted),
    sampleShape,
  );
}
