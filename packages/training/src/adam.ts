// Adam (Kingma & Ba, ICLR 2015, algorithm 1), over all parameters as one flat vector θ:
//
//   m ← β₁ m + (1 − β₁) g          v ← β₂ v + (1 − β₂) g²
//   θ ← θ − lr · (m / c₁) / (√(v / c₂) + ε)
//
// with c_i = 1 − β_iᵗ, carried on as c_i ← β_i c_i + (1 − β_i), which loses no digits to cancellation.

import {
  type Parameter,
  type Tensor,
  add,
  concat,
  div,
  mul,
  parameter,
  reshape,
  sizeOf,
  sliceAxis,
  sqrt,
  square,
  sub,
  zeros,
} from '@memae/graph';
import { type Optimizer, trainable } from './optimizer.ts';

export interface AdamOptions {
  readonly learningRate: number;
  readonly beta1?: number;
  readonly beta2?: number;
  readonly epsilon?: number;
}

/** Adam; its moments are parameters named `adam.…`, so a checkpoint holds them like any other. */
export function adam({
  learningRate,
  beta1 = 0.9,
  beta2 = 0.999,
  epsilon = 1e-8,
}: AdamOptions): Optimizer {
  return (loss) => {
    const pairs = trainable(loss);
    const sizes = pairs.map(([p]) => sizeOf(p.op.initial.shape));
    const length = sizes.reduce((total, size) => total + size, 0);
    const flat = (tensors: readonly Tensor[]): Tensor =>
      concat(
        tensors.map((x, i) => reshape(x, [sizes[i] ?? 0])),
        0,
      );
    const theta = flat(pairs.map(([p]) => p));
    const g = flat(pairs.map(([, gradient]) => gradient));

    const m = parameter('adam.m', zeros([length]));
    const v = parameter('adam.v', zeros([length]));
    const c1 = parameter('adam.c1', zeros([]));
    const c2 = parameter('adam.c2', zeros([]));
    const moved = (old: Tensor, now: Tensor | number, beta: number): Tensor =>
      add(mul(old, beta), typeof now === 'number' ? now * (1 - beta) : mul(now, 1 - beta));
    const nextM = moved(m, g, beta1);
    const nextV = moved(v, square(g), beta2);
    const nextC1 = moved(c1, 1, beta1);
    const nextC2 = moved(c2, 1, beta2);
    // √(v / c₂) = √v / √c₂: one division of a scalar in place of one of a vector.
    const denominator = add(mul(sqrt(nextV), div(1, sqrt(nextC2))), epsilon);
    const nextTheta = sub(theta, mul(div(nextM, denominator), div(learningRate, nextC1)));

    const updates = new Map<Parameter, Tensor>();
    let end = 0;
    pairs.forEach(([p], i) => {
      const start = end;
      end += sizes[i] ?? 0;
      updates.set(p, reshape(sliceAxis(nextTheta, { axis: 0, start, end }), p.op.initial.shape));
    });
    return updates.set(m, nextM).set(v, nextV).set(c1, nextC1).set(c2, nextC2);
  };
}
