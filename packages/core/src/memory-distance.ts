// How far a query z is from what the memory holds: from its nearest item, as the similarity measures.
//
//   cosine:  1 − max_i cos(z, m_i)          dot:  min_i ‖z − m_i‖²

import { type Tensor, matmul, max, mul, relu, square, sub, sum } from '@memae/graph';
import { type Similarity, cosineSimilarity } from './similarity.ts';

/** z [… C], items [N, C] → one distance a query [ … ], 0 where the query is an item. */
export function memoryDistance(
  queries: Tensor,
  items: Tensor,
  { similarity }: { readonly similarity: Similarity },
): Tensor {
  const nearest = (closeness: Tensor): Tensor => max(closeness, { axes: [-1] });
  if (similarity === 'cosine') return sub(1, nearest(cosineSimilarity(queries, items)));
  const lengths = sum(square(items), { axes: [1] });
  const closeness = sub(mul(matmul(queries, items, { transposeB: true }), 2), lengths);
  const squared = sum(square(queries), { axes: [-1] });
  // ‖z‖² − 2 z·m + ‖m‖² is never negative but for rounding.
  return relu(sub(squared, nearest(closeness)));
}
