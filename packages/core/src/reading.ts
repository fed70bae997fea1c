// What the memory gives back for a query (eq. 3):
//
//   ẑ = ŵ M = Σ_i ŵ_i m_i

import { type Tensor, matmul } from '@memae/graph';

/** Weights [… N], items [N, C] → [… C]. A row without weight reads zeros. */
export function reading(weights: Tensor, items: Tensor): Tensor {
  return matmul(weights, items);
}
