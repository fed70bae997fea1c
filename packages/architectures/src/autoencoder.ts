// Encoder → bottleneck → decoder: one function gives every method of the paper's ablation.

import { memoryHealth, type Reduction, reconstructionError } from '@memae/core';
import { type Mode, type Tensor, add, mean } from '@memae/graph';
import type { Objective } from '@memae/training';
import type { Backbone } from './backbone.ts';
import type { Bottleneck, Passed } from './bottleneck.ts';

/** What an autoencoder makes of samples. */
export interface Pass extends Omit<Passed, 'code'> {
  readonly reconstruction: Tensor;
}

export interface Autoencoder {
  /** Scaled samples [B, …] → reconstruction of the same shape, and what the bottleneck adds. */
  forward(x: Tensor, mode: Mode): Pass;
  /** Memory items [N, …codeShape] as samples [N, …], in `score` mode. */
  readonly decodedItems?: Tensor;
}

export function autoencoder(backbone: Backbone, bottleneck: Bottleneck): Autoencoder {
  return {
    forward: (x, mode) => {
      const { code, ...rest } = bottleneck.pass(backbone.encoder(x, mode));
      return { reconstruction: backbone.decoder(code, mode), ...rest };
    },
    ...(bottleneck.items === undefined
      ? {}
      : { decodedItems: backbone.decoder(bottleneck.items, 'score') }),
  };
}

/** The training objective: the mean reconstruction error of the batch and the bottleneck's penalty. */
export function objectiveOf(
  model: Autoencoder,
  {
    x,
    mode,
    reduction,
  }: { readonly x: Tensor; readonly mode: Mode; readonly reduction: Reduction },
): Objective {
  const { reconstruction, penalty, weights } = model.forward(x, mode);
  const error = mean(reconstructionError(x, reconstruction, { reduction }));
  return {
    loss: penalty === undefined ? error : add(error, penalty),
    measures: {
      reconstructionError: error,
      ...(penalty === undefined ? {} : { penalty }),
      ...(weights === undefined ? {} : healthMeasures(weights)),
    },
  };
}

function healthMeasures(weights: Tensor): Record<string, Tensor> {
  const { emptyRows, nonZeroWeights, used } = memoryHealth(weights);
  return { emptyRows, nonZeroWeights, itemsInUse: used };
}
