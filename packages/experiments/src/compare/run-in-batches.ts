// Any number of samples through a model, as many at once as memory allows.

import { type Samples, batchFor } from '@memae/datasets';
import { type AnyNdArray, type NdArray, zeros } from '@memae/graph';
import { sliceSamples } from './samples.ts';

/** Outputs by name, all float32; those that the model does not have are missing. */
export type ModelOutputs = Readonly<Partial<Record<string, NdArray>>>;

/** Runs samples in batches, and puts what comes of them one after the other. */
export async function runInBatches(
  samples: Samples,
  run: (batch: Samples) => Promise<Readonly<Record<string, AnyNdArray>>>,
): Promise<ModelOutputs> {
  const [count = 0, ...sampleShape] = samples.shape;
  const size = batchFor(sampleShape);
  const parts: Record<string, AnyNdArray[]> = {};
  for (let start = 0; start < count; start += size) {
    const found = await run(sliceSamples(samples, start, Math.min(start + size, count)));
    for (const [name, part] of Object.entries(found)) (parts[name] ??= []).push(part);
  }
  return Object.fromEntries(Object.entries(parts).map(([name, some]) => [name, joined(some)]));
}

/** Batches one after the other, as float32. */
function joined(parts: readonly AnyNdArray[]): NdArray {
  const count = parts.reduce((total, { shape }) => total + (shape[0] ?? 0), 0);
  const all = zeros([count, ...(parts[0]?.shape.slice(1) ?? [])]);
  let start = 0;
  for (const { data } of parts) {
    all.data.set(data, start);
    start += data.length;
  }
  return all;
}
