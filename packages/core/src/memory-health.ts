// Is the memory at work? With cosine weights a threshold too high empties every row, and training
// may collapse onto few items; these measures show it.

import { type Tensor, equal, greater, max, mean, sum } from '@memae/graph';

/** Measures of one batch of readings. */
export interface MemoryHealth {
  /** Share of the rows that shrinkage left without any weight: a scalar in [0, 1]. */
  readonly emptyRows: Tensor;
  /** How many items a reading combines, on average: a scalar. */
  readonly nonZeroWeights: Tensor;
  /** For each item [N], 1 if any reading used it; joined over batches it gives the items in use. */
  readonly used: Tensor;
}

/** A reading's `shrunk` weights [B, … N] → measures. A weight of zero is one that shrinkage removed. */
export function memoryHealth(shrunk: Tensor): MemoryHealth {
  const rows = shrunk.dims.map((_, axis) => axis).slice(0, -1);
  const present = greater(shrunk, 0);
  return {
    emptyRows: mean(equal(sum(shrunk, { axes: [-1] }), 0)),
    nonZeroWeights: mean(sum(present, { axes: [-1] })),
    used: max(present, { axes: rows }),
  };
}
