// After shrinkage the weights that are left sum to one again:
//
//   ŵ_i ← ŵ_i / ‖ŵ‖₁

import { type Tensor, div, maximum, sum } from '@memae/graph';
import { epsilon } from './epsilon.ts';

/** Weights [… N], none negative → rows that sum to one; an empty row stays zero. */
export function renormalisation(weights: Tensor): Tensor {
  return div(weights, maximum(sum(weights, { axes: [-1], keepDims: true }), epsilon));
}
