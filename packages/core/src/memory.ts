// The memory module of section 3.3: N items of C numbers, read by content.

import {
  type Dims,
  type LayerInit,
  MemaeError,
  type Parameter,
  type Tensor,
  createParameter,
  reshape,
  sizeOf,
  transpose,
  uniform,
} from '@memae/graph';
import { addressing } from './addressing.ts';
import { hardShrinkage } from './hard-shrinkage.ts';
import { reading } from './reading.ts';
import { renormalisation } from './renormalisation.ts';
import { type Similarity, cosineSimilarity, dotSimilarity } from './similarity.ts';

export interface MemoryOptions {
  /** N: how many items. */
  readonly slots: number;
  /** C: how long an item is. */
  readonly width: number;
  readonly similarity?: Similarity;
  /** Sharpness of the softmax; 1 as in the paper. */
  readonly temperature?: number;
  /** λ as a multiple of 1/N; `null` turns shrinkage off (MemAE-nonSpar). */
  readonly shrinkage: number | null;
}

/** What a reading gives: ẑ in the queries' shape, and the weights ŵ over the items. */
export interface MemoryReading {
  readonly output: Tensor;
  readonly weights: Tensor;
}

export interface Memory {
  /** M [N, C]. */
  readonly items: Parameter;
  /** Queries [… C] → output [… C], weights [… N]. */
  read(queries: Tensor): MemoryReading;
}

/**
 * Makes a memory whose items start uniform in ±1/√C. Parameter `items` [N, C].
 * @throws `MEMORY_BAD_OPTION` for a size that is not a positive whole number, and for a λ that
 * must empty every row: with the cosine no weight exceeds e²ᵗ / (e²ᵗ + N − 1).
 */
export function createMemory(init: LayerInit, options: MemoryOptions): Memory {
  const { slots, width, similarity = 'cosine', temperature = 1, shrinkage } = options;
  requireWhole('slots', slots);
  requireWhole('width', width);
  if (shrinkage !== null) requireReachable({ slots, similarity, temperature, shrinkage });
  const items = createParameter(init, 'items', {
    shape: [slots, width],
    initializer: uniform(1 / Math.sqrt(width)),
  });
  const similar = similarity === 'cosine' ? cosineSimilarity : dotSimilarity;
  return {
    items,
    read: (queries) => {
      const similarities = similar(queries, items, { temperature });
      const weights =
        shrinkage === null
          ? addressing(similarities)
          : renormalisation(hardShrinkage(addressing(similarities), shrinkage / slots));
      return { output: reading(weights, items), weights };
    },
  };
}

/** The largest λ, as a multiple of 1/N, that some cosine weight can still exceed. */
export function largestShrinkage(slots: number, temperature = 1): number {
  const peak = Math.exp(2 * temperature);
  return (slots * peak) / (peak + slots - 1);
}

/** One query a sample: the encoding [B, C, …] as one vector, and back. */
export function overSamples(encoding: Tensor, read: Memory['read']): MemoryReading {
  const [batch = 1, ...rest] = encoding.dims;
  const { output, weights } = read(reshape(encoding, [batch, sizeOf(rest.map(Number))]));
  return { output: reshape(output, encoding.dims), weights };
}

/** One query per position: each place of the feature map [B, C, …s] asks with its C channels; weights [B, …s, N]. */
export function overPositions(featureMap: Tensor, read: Memory['read']): MemoryReading {
  const axes: Dims = featureMap.dims;
  const last = [0, ...axes.slice(2).map((_, i) => i + 2), 1];
  const first = [0, axes.length - 1, ...axes.slice(2).map((_, i) => i + 1)];
  const { output, weights } = read(transpose(featureMap, last));
  return { output: transpose(output, first), weights };
}

function requireWhole(name: string, value: number): void {
  if (!Number.isInteger(value) || value < 1) {
    throw new MemaeError(
      'MEMORY_BAD_OPTION',
      `A memory needs ${name} as a positive whole number, but ${value} came.`,
    );
  }
}

function requireReachable({
  slots,
  similarity,
  temperature,
  shrinkage,
}: Required<Omit<MemoryOptions, 'width'>> & { readonly shrinkage: number }): void {
  if (!(shrinkage >= 0)) {
    throw new MemaeError(
      'MEMORY_BAD_OPTION',
      `The shrinkage threshold must be 0/N or more, but ${shrinkage}/N came.`,
    );
  }
  const bound = similarity === 'cosine' ? largestShrinkage(slots, temperature) : slots;
  if (shrinkage >= bound) {
    throw new MemaeError(
      'MEMORY_BAD_OPTION',
      `A shrinkage threshold of ${shrinkage}/N empties every row: with ${slots} items, ` +
        `${similarity} similarity and temperature ${temperature} no weight exceeds ` +
        `${bound.toFixed(4)}/N. Choose a smaller one.`,
    );
  }
}
