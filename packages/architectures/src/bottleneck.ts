// What sits between encoder and decoder: this one choice tells the methods apart.

import {
  addressingEntropy,
  createMemory,
  type MemoryOptions,
  overPositions,
  overSamples,
} from '@memae/core';
import { type LayerInit, type Shape, type Tensor, mean, mul, reshape, sizeOf } from '@memae/graph';

/** What a bottleneck makes of an encoding. */
export interface Passed {
  /** What the decoder gets, in the encoding's shape. */
  readonly code: Tensor;
  /** A scalar that joins the training loss. */
  readonly penalty?: Tensor;
  /** Addressing weights ŵ [B, … N], where there is a memory. */
  readonly weights?: Tensor;
}

export interface Bottleneck {
  pass(encoding: Tensor): Passed;
  /** Each memory item as a code of its own [N, …], where there is a memory whose items are whole codes. */
  readonly items?: Tensor;
}

/** No bottleneck: a plain autoencoder. */
export const identity: Bottleneck = { pass: (code) => ({ code }) };

/** One query a sample (the whole encoding), or one per position of the feature map (its channels). */
export type Query = 'sample' | 'position';

export interface MemoryBottleneckOptions extends Omit<MemoryOptions, 'width'> {
  readonly query: Query;
  /** α: weight of the addressing entropy in the loss; 0 leaves it out. */
  readonly entropyWeight: number;
}

/** The memory of MemAE; without shrinkage and entropy it is MemAE-nonSpar's. */
export function memoryBottleneck(
  init: LayerInit,
  {
    codeShape,
    query,
    entropyWeight,
    ...options
  }: MemoryBottleneckOptions & { readonly codeShape: Shape },
): Bottleneck {
  const width = query === 'sample' ? sizeOf(codeShape) : (codeShape[0] ?? 0);
  const memory = createMemory(init, { ...options, width });
  return {
    pass: (encoding) => {
      const over = query === 'position' && encoding.dims.length > 2 ? overPositions : overSamples;
      const { output, weights } = over(encoding, memory.read);
      const entropy = mean(addressingEntropy(weights));
      return {
        code: output,
        weights,
        ...(entropyWeight === 0 ? {} : { penalty: mul(entropy, entropyWeight) }),
      };
    },
    ...(query === 'sample' ? { items: reshape(memory.items, [options.slots, ...codeShape]) } : {}),
  };
}
