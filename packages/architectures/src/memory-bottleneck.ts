// The memory of MemAE between encoder and decoder; without shrinkage and entropy it is MemAE-nonSpar's.

import {
  addressingEntropy,
  createMemory,
  type MemoryOptions,
  overPositions,
  overSamples,
} from '@memae/core';
import {
  type LayerInit,
  type Shape,
  type Tensor,
  input,
  mean,
  mul,
  ndarray,
  reshape,
  sizeOf,
} from '@memae/graph';
import type { SettledOf } from '@memae/training';
import type { Bottleneck } from './bottleneck.ts';
import type { entropyOptions, memoryOptions, shrinkageOptions } from './options.ts';
import { requireSize } from './require-size.ts';
import { reseedUnused } from './reseed.ts';

/** One query a sample (the whole encoding), or one per position of the feature map (its channels). */
export type Query = 'sample' | 'position';

export interface MemoryBottleneckOptions extends Omit<MemoryOptions, 'width'> {
  readonly query: Query;
  /** α: weight of the addressing entropy in the loss; 0 leaves it out. */
  readonly entropyWeight: number;
  /** Epochs over which α rises from 0 to its value (default 0: it has it from the start). */
  readonly entropyWarmup?: number;
  /** After each of so many epochs, items that no reading used become encodings of training samples (default 0). */
  readonly reseed?: number;
}

/** @throws `MEMORY_BAD_OPTION` as `createMemory`, `ARCHITECTURE_TOO_LARGE` */
export function memoryBottleneck(
  init: LayerInit,
  {
    codeShape,
    query,
    entropyWeight,
    entropyWarmup = 0,
    reseed = 0,
    ...options
  }: MemoryBottleneckOptions & { readonly codeShape: Shape },
): Bottleneck {
  const width = query === 'sample' ? sizeOf(codeShape) : (codeShape[0] ?? 0);
  requireSize('memory', {
    numbers: options.slots * width,
    remedy: 'Lower memory.slots or network.width, or set memory.query=position.',
  });
  const memory = createMemory(init, { ...options, width });
  const rising = entropyWeight > 0 && entropyWarmup > 0;
  const alpha = rising ? input('entropyWeight', []) : entropyWeight;
  return {
    pass: (encoding, mode) => {
      const over = query === 'position' && encoding.dims.length > 2 ? overPositions : overSamples;
      const { output, weights, shrunk, unshrunk, distance, queries } = over(encoding, memory.read);
      const penalty = mul(
        mean(addressingEntropy(weights)),
        mode === 'train' ? alpha : entropyWeight,
      );
      return {
        code: output,
        ...(entropyWeight === 0 ? {} : { penalty }),
        memory: {
          weights,
          shrunk,
          queries,
          distance: aSample(distance),
          entropy: aSample(addressingEntropy(unshrunk)),
        },
      };
    },
    ...(query === 'sample' ? { items: reshape(memory.items, [options.slots, ...codeShape]) } : {}),
    ...(rising && {
      feeds: ({ epochs }) => ({
        entropyWeight: ndarray([entropyWeight * Math.min(1, epochs / entropyWarmup)], []),
      }),
    }),
    ...(reseed > 0 && { care: reseedUnused(memory.stored, { epochs: reseed }) }),
  };
}

/** One number a query [B, …] → one a sample [B], their average. */
function aSample(x: Tensor): Tensor {
  const axes = x.dims.map((_, axis) => axis).slice(1);
  return axes.length === 0 ? x : mean(x, { axes });
}

/** A method's options once the data are known; those that it does not have turn their part of the memory off. */
export type MemoryChoice = SettledOf<typeof memoryOptions> &
  Partial<SettledOf<typeof shrinkageOptions> & SettledOf<typeof entropyOptions>>;

/** The memory that a method's options ask for, for encodings of any shape. Parameter `memory.items`. */
export function memoryFrom(
  options: MemoryChoice,
): (init: LayerInit, codeShape: Shape) => Bottleneck {
  const { entropyWeight = 0, entropyWarmup = 0 } = options;
  return ({ random }, codeShape) =>
    memoryBottleneck(
      { name: 'memory', random },
      {
        codeShape,
        slots: options['memory.slots'],
        similarity: options['memory.similarity'],
        temperature: options['memory.temperature'],
        query: options['memory.query'],
        normalised: options['memory.normalised'],
        shrinkage: options['memory.shrinkage'] ?? null,
        emptyRows: options['memory.emptyRows'] ?? 'zeros',
        reseed: options['memory.reseed'] ?? 0,
        entropyWeight,
        entropyWarmup,
      },
    );
}
