// Hands queries of training samples to what looks after a memory between epochs.

import { type Dataset, batchFor } from '@memae/datasets';
import { type NdArray, type Tensor, bindParameters, defineProgram, ndarray } from '@memae/graph';
import type { EpochState, FitContext, TrainPlan } from '@memae/training';
import type { Autoencoder } from './autoencoder.ts';
import type { Care } from './bottleneck.ts';

interface Surroundings extends Pick<FitContext, 'backend'> {
  readonly model: Pick<Autoencoder, 'forward'>;
  /** The scaled samples. */
  readonly x: Tensor;
  readonly dataset: Dataset;
}

/** What `train` calls between epochs, of the care that a bottleneck wants to be taken. */
export function betweenEpochs(
  care: Care,
  surroundings: Surroundings,
): NonNullable<TrainPlan['betweenEpochs']> {
  return (state) => care(state, (count) => queriesOf(state, count, surroundings));
}

/** Up to `count` queries [n, C], some of each of several batches. */
async function queriesOf(
  { parameters, random }: EpochState,
  count: number,
  { model, x, dataset, backend }: Surroundings,
): Promise<NdArray> {
  const queries = model.forward(x, 'score').memory?.queries;
  if (queries === undefined) return ndarray([], [0, 0]);
  const width = Number(queries.dims.at(-1));
  const size = batchFor(dataset.sampleShape);
  const share = Math.ceil(count / Math.min(8, Math.ceil(dataset.length / size)));
  const rows: Float32Array[] = [];
  const executable = await backend.compile(bindParameters(defineProgram({ queries }), parameters));
  try {
    for await (const { samples } of dataset.batches({ size, shuffle: random.fork('samples') })) {
      const { data } = (await executable.run({ samples })).queries;
      const order = random.fork(`queries ${rows.length}`).permutation(data.length / width);
      for (const row of order.subarray(0, Math.min(share, count - rows.length))) {
        rows.push(Float32Array.from(data.subarray(row * width, (row + 1) * width)));
      }
      if (rows.length >= count) break;
    }
  } finally {
    await executable[Symbol.asyncDispose]();
  }
  return ndarray(
    rows.flatMap((row) => [...row]),
    [rows.length, width],
  );
}
