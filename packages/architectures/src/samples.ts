// From raw samples to what the network sees, and what it cannot learn from.

import type { Reduction } from '@memae/core';
import { type Dataset, batchFor } from '@memae/datasets';
import { MemaeError, type Tensor, cast, div, sizeOf, sub } from '@memae/graph';
import type { Output } from './backbone.ts';

/** What bytes are scaled to: [0, 1], or [−1, 1]. */
export type Range = 'unit' | 'symmetric';

/** Bytes 0 … 255 as numbers in the range; numbers stay as they are. */
export function scaled(samples: Tensor, range: Range): Tensor {
  if (samples.dtype !== 'uint8') return samples;
  const numbers = cast(samples, 'float32');
  return range === 'unit' ? div(numbers, 255) : sub(div(numbers, 127.5), 1);
}

/** What a penalty on the whole encoding is multiplied by, so that it keeps its share beside an error that is a mean. */
export function perSample({ sampleShape }: Dataset, reduction: Reduction): number {
  return reduction === 'sum' ? 1 : 1 / sizeOf(sampleShape);
}

/** @throws `ARCHITECTURE_TOO_FEW_SAMPLES` */
export function requireSamples({ name, length }: Dataset): void {
  if (length >= 2) return;
  throw new MemaeError(
    'ARCHITECTURE_TOO_FEW_SAMPLES',
    `Training needs two samples or more, but ${name} has ${length}.`,
  );
}

/**
 * A sigmoid cannot reach numbers outside [0, 1]: bytes are scaled there, numbers must come so.
 * @throws `ARCHITECTURE_OUT_OF_RANGE`
 */
export async function requireReachable(
  dataset: Dataset,
  { output, range }: { readonly output: Output; readonly range: Range },
): Promise<void> {
  if (output !== 'sigmoid') return;
  if (dataset.dtype === 'uint8') {
    if (range === 'unit') return;
    throw outOfRange('but input.range=symmetric scales them to [−1, 1]. Set input.range=unit');
  }
  for await (const { samples, keys } of dataset.batches({ size: batchFor(dataset.sampleShape) })) {
    const outside = samples.data.findIndex((value) => !(value >= 0 && value <= 1));
    if (outside < 0) continue;
    const key = keys[Math.floor((outside * keys.length) / samples.data.length)] ?? dataset.name;
    const value = samples.data[outside] ?? NaN;
    throw outOfRange(`but ${key} holds ${value}. Scale the samples`);
  }
}

function outOfRange(what: string): MemaeError {
  return new MemaeError(
    'ARCHITECTURE_OUT_OF_RANGE',
    `With network.output=sigmoid samples must lie in [0, 1], ${what}, or set network.output=linear.`,
  );
}
