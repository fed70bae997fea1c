// How far a query z points away from what the memory holds, whatever the similarity it reads by:
//
//   1 − max_i cos(z, m_i)
//
// Lengths are left out: a reading by the dot product says nothing about an item's.

import { type Tensor, max, sub } from '@memae/graph';
import { cosineSimilarity } from './similarity.ts';

/** z [… C], items [N, C] → one distance a query [ … ]: 0 along an item, 1 across all, 2 against them. */
export function memoryDistance(queries: Tensor, items: Tensor): Tensor {
  return sub(1, max(cosineSimilarity(queries, items), { axes: [-1] }));
}
