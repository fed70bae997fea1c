// How spread a reading is; training presses it down to make readings sparse (eq. 9):
//
//   E(ŵ) = Σ_i −ŵ_i log ŵ_i

import { type Tensor, add, log, mul, neg, sum } from '@memae/graph';
import { epsilon } from './epsilon.ts';

/** Weights [… N] → entropy in nats [ … ], from 0 (one item) to log N (all alike). */
export function addressingEntropy(weights: Tensor): Tensor {
  return neg(sum(mul(weights, log(add(weights, epsilon))), { axes: [-1] }));
}
