// Fully connected layers down and up again, for tables.

import { type Layer, type LayerInit, activation, dense, sequential, sigmoid } from '@memae/graph';
import { type Activation, type Backbone, type Output, activations, prefixed } from './backbone.ts';
import { requireSize } from './require-size.ts';

/**
 * Fully connected layers down and up again, the activation after each but the last: for KDDCUP99
 * the widths are 120-60-30-10-3. Parameters `encoder.i.dense`, `decoder.i.dense`.
 * @throws `ARCHITECTURE_TOO_LARGE`
 */
export function denseBackbone(
  init: LayerInit,
  options: {
    readonly widths: readonly number[];
    readonly activation?: Activation;
    readonly output?: Output;
  },
): Backbone {
  const { widths, activation: name = 'tanh' } = options;
  requireSize('network', {
    numbers: 2 * widths.slice(1).reduce((sum, to, i) => sum + (widths[i] ?? 0) * to, 0),
    remedy: 'Lower network.widths, or give fewer columns.',
  });
  const act = activation(activations[name]);
  const output = options.output === 'sigmoid' ? [activation(sigmoid)] : [];
  const stack = (half: string, sizes: readonly number[]): Layer[] =>
    sizes
      .slice(1)
      .flatMap((to, i) => [
        dense(
          { ...init, name: prefixed(init.name, `${half}.${i}.dense`) },
          { from: sizes[i] ?? 0, to },
        ),
        act,
      ]);
  return {
    encoder: sequential(...stack('encoder', widths)),
    decoder: sequential(...stack('decoder', [...widths].reverse()).slice(0, -1), ...output),
    codeShape: [widths.at(-1) ?? 0],
  };
}
