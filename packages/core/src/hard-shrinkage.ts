// Weights at or below λ become zero, so that a reading combines few items (eq. 6 and 7):
//
//   ŵ_i = max(w_i − λ, 0) · w_i / (|w_i − λ| + ε)

import { type Tensor, abs, add, div, mul, relu, sub } from '@memae/graph';
import { epsilon } from './epsilon.ts';

/** Weights [… N] → the same shape, each either itself (above λ) or zero. Renormalise afterwards. */
export function hardShrinkage(weights: Tensor, lambda: number): Tensor {
  const above = sub(weights, lambda);
  return div(mul(relu(above), weights), add(abs(above), epsilon));
}
