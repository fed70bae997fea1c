// For tests: drawn digits, few of them, and options that make training a matter of a second.

import { type Dataset, arrayDataset, drawStrokes } from '@memae/datasets';
import { type NdArray, createRandom } from '@memae/graph';

/** Two epochs in small batches: enough to tell a one from other digits. */
export const quick = { 'training.epochs': 2, 'training.batch': 16 };

/** Drawn digits [count, 1, 28, 28]. */
export function drawn(
  classes: readonly number[],
  { count, seed = 1 }: { readonly count: number; readonly seed?: number },
): NdArray<'uint8'> {
  return drawStrokes({ count, classes, random: createRandom(seed) }).images;
}

/** The same as a data set. */
export function drawnDataset(
  classes: readonly number[],
  options: { readonly count: number; readonly seed?: number },
): Dataset<'image'> {
  return arrayDataset({ name: 'strokes', modality: 'image', samples: drawn(classes, options) });
}
