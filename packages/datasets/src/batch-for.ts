// A batch that fits into memory, however large a sample is.

import { type Shape, sizeOf } from '@memae/graph';

/** How many samples to score at once: at most 256, and together some million numbers. */
export function batchFor(sampleShape: Shape): number {
  return Math.max(1, Math.min(256, Math.floor(2 ** 20 / sizeOf(sampleShape))));
}
