// Weights at or below λ become zero, so that a reading combines few items (eq. 6 and 7):
//
//   ŵ_i = max(w_i − λ, 0) · w_i / (|w_i − λ| + ε)

import { type Tensor, abs, add, div, greater, mul, sub, where } from '@memae/graph';
import { epsilon } from './epsilon.ts';

/** Weights [… N] → the same shape, each either itself (above λ) or zero. Renormalise afterwards. */
export function hardShrinkage(weights: Tensor, lambda: number): Tensor {
  return mul(weights, shrinkageFactor(weights, lambda));
}

/** What hard shrinkage multiplies each weight [… N] by: max(w − λ, 0) / (|w − λ| + ε). */
export function shrinkageFactor(weights: Tensor, lambda: number): Tensor {
  const above = sub(weights, lambda);
  // That is 1 − ε / (a + ε) for a > 0. Written so, its gradient ε / (a + ε)² is not the difference
  // of two large numbers, and float32 keeps its digits close to λ.
  const factor = sub(1, div(epsilon, add(abs(above), epsilon)));
  return where(greater(above, 0), factor, 0);
}
