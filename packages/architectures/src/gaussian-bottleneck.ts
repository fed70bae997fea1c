// The variational autoencoder's code (Kingma & Welling, "Auto-Encoding Variational Bayes", ICLR 2014): the
// encoding gives mean and variance of a normal distribution, from which training draws:
//
//   z = μ + σ ε,  ε ~ N(0, 1)          KL = ½ Σ (μ² + σ² − log σ² − 1)

import {
  type Layer,
  type LayerInit,
  type Shape,
  add,
  convolution,
  dense,
  exp,
  input,
  mean,
  mul,
  normal,
  square,
  sub,
  sum,
} from '@memae/graph';
import type { Bottleneck } from './bottleneck.ts';

export interface GaussianOptions {
  /** [C, …space], or [C]. */
  readonly codeShape: Shape;
  /** β: weight of KL in the loss. */
  readonly weight: number;
}

/**
 * Mean and log-variance come from the encoding's channels, each position for itself, so that encoder
 * and decoder are those of the other methods. `score` mode decodes the mean. Parameters `mean`, `log_variance`.
 */
export function gaussianBottleneck(
  init: LayerInit,
  { codeShape, weight }: GaussianOptions,
): Bottleneck {
  const means = head({ ...init, name: `${init.name}.mean` }, codeShape);
  const logVariances = head({ ...init, name: `${init.name}.log_variance` }, codeShape);
  const noise = input('noise', ['batch', ...codeShape]);
  return {
    pass: (encoding, mode) => {
      const mu = means(encoding, mode);
      const logVariance = logVariances(encoding, mode);
      const divergence = sub(add(square(mu), exp(logVariance)), add(logVariance, 1));
      const axes = encoding.dims.map((_, axis) => axis).slice(1);
      const drawn = add(mu, mul(exp(mul(logVariance, 0.5)), noise));
      return {
        code: mode === 'train' ? drawn : mu,
        penalty: mul(mean(sum(divergence, { axes })), weight / 2),
      };
    },
    feeds: ({ samples }, random) => ({
      noise: normal({ deviation: 1 })([samples, ...codeShape], random),
    }),
  };
}

/** From a code's channels to as many, at each position. */
function head(init: LayerInit, [channels = 0, ...space]: Shape): Layer {
  if (space.length === 0) return dense(init, { from: channels, to: channels });
  return convolution(init, {
    from: channels,
    to: channels,
    kernel: space.map(() => 1),
    stride: space.map(() => 1),
    padding: space.map(() => 0),
  });
}
