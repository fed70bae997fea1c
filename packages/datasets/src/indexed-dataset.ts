// Batches of any source that can give samples by index: only the picking is shared, how samples come is the source's.

import { setImmediate } from 'node:timers/promises';
import type { Random, Shape } from '@memae/graph';
import type { Batch, BatchOptions, Dataset, Modality, Samples } from './dataset.ts';
import { datasetError } from './error.ts';

/** What an indexed data set is made of. */
export interface IndexedSource<M extends Modality, B extends Batch> {
  readonly name: string;
  readonly modality: M;
  readonly sampleShape: Shape;
  readonly dtype: Samples['dtype'];
  readonly length: number;
  /** A random order; by default any. */
  readonly order?: (random: Random) => Uint32Array;
  /** The samples of these indices, in this order, as one batch. */
  readonly read: (picked: Uint32Array) => B | Promise<B>;
}

/** A data set that reads each batch when it is asked for. */
export function indexedDataset<M extends Modality, B extends Batch>({
  read,
  order = (random) => random.permutation(description.length),
  ...description
}: IndexedSource<M, B>): Dataset<M, B> {
  return {
    ...description,
    async *batches(options) {
      for (const picked of batchIndices(description.length, { ...options, order })) {
        // Signals and timers get their turn even where the consumer never waits.
        await setImmediate();
        yield await read(picked);
      }
    },
  };
}

/**
 * How many samples each batch has.
 * @throws `DATASET_BAD_OPTION` when `size` is not a whole number, at least 1.
 */
export function* batchSizes(
  length: number,
  { size, last = 'keep' }: Pick<BatchOptions, 'size' | 'last'>,
): Generator<number> {
  if (!(Number.isInteger(size) && size > 0)) {
    throw datasetError(
      'DATASET_BAD_OPTION',
      `A batch holds a whole number of samples, at least 1, but ${size} was asked for.`,
    );
  }
  for (let start = 0; start < length;) {
    const left = length - start;
    const joined = last === 'merge-single' && left === size + 1 ? left : Math.min(size, left);
    if (last === 'drop' && joined < size) return;
    yield joined;
    start += joined;
  }
}

/** The samples of each batch, by index. */
function* batchIndices(
  length: number,
  {
    order,
    shuffle,
    ...options
  }: BatchOptions & { readonly order: (random: Random) => Uint32Array },
): Generator<Uint32Array> {
  const sizes = batchSizes(length, options);
  const indices =
    shuffle === undefined ? Uint32Array.from({ length }, (_, i) => i) : order(shuffle);
  let start = 0;
  for (const size of sizes) {
    yield indices.subarray(start, start + size);
    start += size;
  }
}
