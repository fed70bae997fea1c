// Fewer samples for a quick try, without any class going missing.

import { takeSamples } from './array-dataset.ts';
import { datasetError } from './error.ts';
import type { Pool } from './pool.ts';

/**
 * The first `limit` samples of each class, under the keys they have in the whole.
 * @throws `DATASET_BAD_OPTION` when `limit` is not a whole number, at least 1.
 */
export function firstOfEachClass(pool: Pool, limit: number): Pool {
  if (!(Number.isInteger(limit) && limit > 0)) {
    throw datasetError(
      'DATASET_BAD_OPTION',
      `limit is a whole number of samples, at least 1, but ${limit} came.`,
    );
  }
  const { name, images, labels, keys } = pool;
  const counts = new Map<number, number>();
  const picked = Array.from(labels.keys()).filter((i) => {
    const label = labels[i] ?? 0;
    const count = (counts.get(label) ?? 0) + 1;
    counts.set(label, count);
    return count <= limit;
  });
  return {
    ...pool,
    images: takeSamples(images, picked),
    labels: Uint8Array.from(picked, (i) => labels[i] ?? 0),
    keys: picked.map((i) => keys?.[i] ?? `${name}/${i}`),
  };
}
