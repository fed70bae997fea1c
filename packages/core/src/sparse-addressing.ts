// Addressing, hard shrinkage and renormalisation (eq. 4, 6, 7) in one, the same values:
//
//   ŵ_i = q_i f_i / Σ_j q_j f_j      q = softmax over the items with w_j > λ
//                                    f_j = max(w_j − λ, 0) / (|w_j − λ| + ε)
//
// The softmax's denominator cancels in the renormalisation, so it may run over the items that are
// left. Those without weight then receive no gradient but ε's, as it should be, where the long way
// leaves rounding errors that Adam, dividing by a gradient's own size, blows up to whole steps.

import { type Tensor, greater, max, mul, softmax, where } from '@memae/graph';
import { addressing } from './addressing.ts';
import { shrinkageFactor } from './hard-shrinkage.ts';
import { renormalisation } from './renormalisation.ts';

/** So far below any similarity that its exponential is zero. */
const lowest = -1e30;

/** A row in which no weight exceeds λ: `zeros`, as in the authors' released code, or its weights before shrinkage. */
export type EmptyRows = 'zeros' | 'unshrunk';

/** Similarities [… N] → weights [… N] that sum to one, but for rows of zeros where no weight exceeds λ. */
export function sparseAddressing(similarities: Tensor, lambda: number): Tensor {
  const factor = shrinkageFactor(addressing(similarities), lambda);
  const left = softmax(where(greater(factor, 0), similarities, lowest));
  return renormalisation(mul(left, factor));
}

/** Weights [… N] after shrinkage, in rows of zeros those before it. */
export function fillEmptyRows(shrunk: Tensor, unshrunk: Tensor): Tensor {
  return where(greater(max(shrunk, { axes: [-1], keepDims: true }), 0), shrunk, unshrunk);
}
