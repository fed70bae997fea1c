// y = γ (x − μ) / √(σ² + ε) + β, over batch and space, a channel at a time.
// Ioffe & Szegedy, "Batch Normalization", ICML 2015.

import type { Dims, Tensor } from '../op.ts';
import { add, div, mean, mul, reshape, size, sqrt, square, sub, withUpdate } from '../ops.ts';
import { type Initializer, filled } from './initializers.ts';
import { type Layer, type LayerInit, createParameter } from './layer.ts';

export interface BatchNormOptions {
  readonly channels: number;
  readonly epsilon?: number;
  /** Weight of the newest batch in the running averages. */
  readonly momentum?: number;
  /** Start of the scales γ (default 1). */
  readonly initializer?: Initializer;
}

/**
 * x [B, C, …] → the same shape. Parameters `weight` γ and `bias` β [C]; running averages
 * `running_mean` and `running_var` (of the unbiased variance) [C], which `score` mode uses.
 */
export function batchNorm(init: LayerInit, options: BatchNormOptions): Layer {
  const { channels, epsilon = 1e-5, momentum = 0.1, initializer = filled(1) } = options;
  const shape = [channels];
  const weight = createParameter(init, 'weight', { shape, initializer });
  const bias = createParameter(init, 'bias', { shape, initializer: filled(0) });
  const runningMean = createParameter(init, 'running_mean', { shape, initializer: filled(0) });
  const runningVar = createParameter(init, 'running_var', { shape, initializer: filled(1) });
  const move = (running: Tensor, now: Tensor): Tensor =>
    add(mul(running, 1 - momentum), mul(reshape(now, shape), momentum));

  return (x, mode) => {
    const perChannel: Dims = [channels, ...x.dims.slice(2).map(() => 1)];
    if (mode === 'score') {
      const scale = div(weight, sqrt(add(runningVar, epsilon)));
      const shift = sub(bias, mul(runningMean, scale));
      return add(mul(x, reshape(scale, perChannel)), reshape(shift, perChannel));
    }
    const axes = x.dims.flatMap((_, axis) => (axis === 1 ? [] : [axis]));
    const average = mean(x, { axes, keepDims: true });
    const centred = sub(x, average);
    const variance = mean(square(centred), { axes, keepDims: true });
    const scale = div(reshape(weight, perChannel), sqrt(add(variance, epsilon)));
    const y = add(mul(centred, scale), reshape(bias, perChannel));
    const count = size(x, axes);
    const unbiased = mul(variance, div(count, sub(count, 1)));
    return withUpdate(
      withUpdate(y, runningMean, move(runningMean, average)),
      runningVar,
      move(runningVar, unbiased),
    );
  };
}
