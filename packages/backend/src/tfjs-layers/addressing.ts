// The memory's equations in TensorFlow.js, as @memae/core has them: similarity (eq. 5), addressing (eq. 4), hard shrinkage and
// renormalisation (eq. 6, 7), reading (eq. 3), entropy (eq. 9). Gradients are TensorFlow.js's own, but for conditions, which it
// cannot pass.

import {
  type Tensor,
  abs,
  add,
  customGrad,
  div,
  greater,
  log,
  matMul,
  max,
  maximum,
  mul,
  neg,
  scalar,
  softmax,
  sqrt,
  square,
  sub,
  sum,
  tidy,
  where,
  zerosLike,
} from '@tensorflow/tfjs-core';

/** The ε of the paper's equations. */
const epsilon = 1e-12;
/** So far below any similarity that its exponential is zero. */
const lowest = -1e30;

type Similarity = 'cosine' | 'dot';
type EmptyRows = 'zeros' | 'unshrunk';

export interface AddressingOptions {
  readonly similarity: Similarity;
  readonly temperature: number;
  /** λ as a multiple of 1/N; `null` keeps every weight. */
  readonly shrinkage: number | null;
  readonly emptyRows: EmptyRows;
}

/** Queries [R, C], items [N, C] → ŵ [R, N]. */
export function address(queries: Tensor, items: Tensor, options: AddressingOptions): Tensor {
  const { similarity, temperature, shrinkage, emptyRows } = options;
  const [q, m] = similarity === 'cosine' ? [unit(queries), unit(items)] : [queries, items];
  const similarities = mul(matMul(q, m, false, true), temperature);
  const weights = softmax(similarities);
  if (shrinkage === null) return weights;
  const [slots = 1] = items.shape;
  const above = sub(weights, shrinkage / slots);
  const factor = where(isAbove(above, 0), sub(1, div(epsilon, add(abs(above), epsilon))), 0);
  const left = softmax(where(isAbove(factor, 0), similarities, scalar(lowest)));
  const kept = mul(left, factor);
  const shrunk = div(kept, maximum(sum(kept, -1, true), epsilon));
  if (emptyRows === 'zeros') return shrunk;
  return where(isAbove(max(factor, -1, true), 0), shrunk, weights);
}

/** Weights [… N] → entropy in nats [ … ]. */
export function addressingEntropy(weights: Tensor): Tensor {
  return tidy(() => neg(sum(mul(weights, log(add(weights, epsilon))), -1)));
}

/** Vectors of the last axis at length one; a vector of zeros stays so and passes no gradient. */
function unit(vectors: Tensor): Tensor {
  const squared = sum(square(vectors), -1, true);
  const tiny = epsilon * epsilon;
  const inverse = div(1, sqrt(maximum(squared, tiny)));
  return mul(vectors, where(isAbove(squared, tiny), inverse, 0));
}

/** Whether x > bound, as a condition through which no gradient passes. */
function isAbove(x: Tensor, bound: number): Tensor {
  return customGrad((values) => ({
    value: greater(values as Tensor, bound),
    gradFunc: () => zerosLike(x),
  }))(x);
}
