// How much each item of the memory contributes to a reading (eq. 4):
//
//   w_i = exp d(z, m_i) / Σ_j exp d(z, m_j)

import { type Tensor, softmax } from '@memae/graph';

/** Similarities [… N] → weights [… N] that are positive and sum to one. */
export function addressing(similarities: Tensor): Tensor {
  return softmax(similarities);
}
