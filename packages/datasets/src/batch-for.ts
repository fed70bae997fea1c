// A batch that fits into memory, however large a sample is.

import { type Shape, sizeOf } from '@memae/graph';

/** How many samples to score at once: rows at most 1024, others 256, and together some million numbers. */
export function batchFor(sampleShape: Shape): number {
  const most = sampleShape.length === 1 ? 1024 : 256;
  return Math.max(1, Math.min(most, Math.floor(2 ** 20 / sizeOf(sampleShape))));
}
