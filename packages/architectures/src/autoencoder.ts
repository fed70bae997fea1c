// Encoder → bottleneck → decoder: one function gives every method of the paper's ablation.

import { addressingEntropy, memoryHealth, type Reduction, reconstructionError } from '@memae/core';
import { type Mode, type Tensor, add, mean } from '@memae/graph';
import type { Objective } from '@memae/training';
import type { Backbone } from './backbone.ts';
import type { Bottleneck, MemoryUse, Passed } from './bottleneck.ts';

/** What an autoencoder makes of samples. */
export interface Pass extends Omit<Passed, 'code'> {
  readonly reconstruction: Tensor;
}

export interface Autoencoder extends Pick<Bottleneck, 'feeds' | 'care'> {
  /** Scaled samples [B, …] → reconstruction of the same shape, and what the bottleneck adds. */
  forward(x: Tensor, mode: Mode): Pass;
  /** Memory items [N, …codeShape] as samples [N, …], in `score` mode. */
  readonly decodedItems?: Tensor;
}

/** Puts a bottleneck, made for the encoder's code shape, between the encoder and the decoder. */
export function autoencoder(backbone: Backbone, bottleneck: Bottleneck): Autoencoder {
  const { items, feeds, care } = bottleneck;
  return {
    forward: (x, mode) => {
      const { code, ...rest } = bottleneck.pass(backbone.encoder(x, mode), mode);
      return { reconstruction: backbone.decoder(code, mode), ...rest };
    },
    ...(items && { decodedItems: backbone.decoder(items, 'score') }),
    ...(feeds && { feeds }),
    ...(care && { care }),
  };
}

/**
 * The training objective: the mean squared reconstruction error of the batch and the bottleneck's penalty; and each
 * sample's own error [B].
 */
export function objectiveOf(
  model: Pick<Autoencoder, 'forward' | 'feeds'>,
  {
    x,
    mode,
    reduction,
  }: { readonly x: Tensor; readonly mode: Mode; readonly reduction: Reduction },
): Objective & { readonly errors: Tensor } {
  const { reconstruction, penalty, memory } = model.forward(x, mode);
  const errors = reconstructionError(x, reconstruction, { reduction });
  const error = mean(errors);
  return {
    errors,
    loss: penalty === undefined ? error : add(error, penalty),
    measures: {
      reconstructionError: error,
      ...(penalty && { penalty }),
      ...(memory && healthMeasures(memory)),
    },
    ...(model.feeds && { feeds: model.feeds }),
  };
}

/** A row that λ empties uses no item, even where its weights before shrinkage are read in its place. */
function healthMeasures({ weights, shrunk }: MemoryUse): Record<string, Tensor> {
  const { emptyRows, nonZeroWeights, used } = memoryHealth(shrunk);
  const entropy = mean(addressingEntropy(weights));
  return { emptyRows, nonZeroWeights, addressingEntropy: entropy, itemsInUse: used };
}
