// The memory module of section 3.3: N items of C numbers, read by content.

import {
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
import { memoryDistance } from './memory-distance.ts';
import { reading } from './reading.ts';
import { type Similarity, cosineSimilarity, dotSimilarity, unit } from './similarity.ts';
import { type EmptyRows, fillEmptyRows, sparseAddressing } from './sparse-addressing.ts';

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
  /** What a query reads that shrinkage leaves without any weight (default `zeros`). */
  readonly emptyRows?: EmptyRows;
  /** Whether items have length one wherever they are used, so that none draws all readings by its size (default no). */
  readonly normalised?: boolean;
}

/** What a reading gives. */
export interface MemoryReading {
  /** ẑ, in the queries' shape. */
  readonly output: Tensor;
  /** ŵ over the items. */
  readonly weights: Tensor;
  /** ŵ with the rows that shrinkage empties left empty, whatever `emptyRows` has them read: for `memoryHealth`. */
  readonly shrunk: Tensor;
  /** w, before shrinkage. */
  readonly unshrunk: Tensor;
  /** How far each query points away from its nearest item. */
  readonly distance: Tensor;
  /** What asked: [… C]. */
  readonly queries: Tensor;
}

export interface Memory {
  /** M [N, C], as it is read. */
  readonly items: Tensor;
  /** What training changes: M before any normalisation. */
  readonly stored: Parameter;
  /** Queries [… C] → output [… C], weights [… N], a distance each [ … ]. */
  readonly read: (queries: Tensor) => MemoryReading;
}

/**
 * Makes a memory whose items start uniform in ±1/√C. Parameter `items` [N, C].
 * @throws `MEMORY_BAD_OPTION` for a size that is not a positive whole number, a temperature that is
 * not positive, and a λ that must empty every row: with the cosine no weight exceeds e²ᵗ / (e²ᵗ + N − 1).
 */
export function createMemory(init: LayerInit, options: MemoryOptions): Memory {
  const { slots, width, similarity = 'cosine', temperature = 1, shrinkage, emptyRows } = options;
  requireWhole('slots', slots);
  requireWhole('width', width);
  requireTemperature(temperature);
  if (shrinkage !== null) requireReachable({ slots, similarity, temperature, shrinkage });
  const stored = createParameter(init, 'items', {
    shape: [slots, width],
    initializer: uniform(1 / Math.sqrt(width)),
  });
  const items = options.normalised === true ? unit(stored) : stored;
  const similar = similarity === 'cosine' ? cosineSimilarity : dotSimilarity;
  return {
    items,
    stored,
    read: (queries) => {
      const similarities = similar(queries, items, { temperature });
      const unshrunk = addressing(similarities);
      const shrunk =
        shrinkage === null ? unshrunk : sparseAddressing(similarities, shrinkage / slots);
      const fills = shrinkage !== null && emptyRows === 'unshrunk';
      const weights = fills ? fillEmptyRows(shrunk, unshrunk) : shrunk;
      const distance = memoryDistance(queries, items);
      return { output: reading(weights, items), weights, shrunk, unshrunk, distance, queries };
    },
  };
}

/**
 * The largest weight that the cosine allows, as a multiple of 1/N: one item along the query and all
 * others against it. No λ from here on leaves anything.
 */
export function largestShrinkage(slots: number, temperature = 1): number {
  return slots / (1 + (slots - 1) * Math.exp(-2 * temperature));
}

/** One query a sample: the encoding [B, C, …] as one vector, and back. */
export function overSamples<R extends { readonly output: Tensor }>(
  encoding: Tensor,
  read: (queries: Tensor) => R,
): R {
  const [batch = 1, ...rest] = encoding.dims;
  const found = read(reshape(encoding, [batch, sizeOf(rest.map(Number))]));
  return { ...found, output: reshape(found.output, encoding.dims) };
}

/** One query per position: each place of the feature map [B, C, …s] asks with its C channels; weights [B, …s, N]. */
export function overPositions<R extends { readonly output: Tensor }>(
  featureMap: Tensor,
  read: (queries: Tensor) => R,
): R {
  const space = featureMap.dims.slice(2);
  const channelsLast = [0, ...space.map((_, i) => i + 2), 1];
  const channelsFirst = [0, space.length + 1, ...space.map((_, i) => i + 1)];
  const found = read(transpose(featureMap, channelsLast));
  return { ...found, output: transpose(found.output, channelsFirst) };
}

function requireWhole(name: string, value: number): void {
  if (!Number.isInteger(value) || value < 1) {
    throw new MemaeError(
      'MEMORY_BAD_OPTION',
      `A memory needs ${name} as a positive whole number, but ${value} came.`,
    );
  }
}

function requireTemperature(temperature: number): void {
  if (Number.isFinite(temperature) && temperature > 0) return;
  throw new MemaeError(
    'MEMORY_BAD_OPTION',
    `A memory needs a temperature above 0 (1 as in the paper), but ${temperature} came.`,
  );
}

function requireReachable({
  slots,
  similarity,
  temperature,
  shrinkage,
}: Required<Pick<MemoryOptions, 'slots' | 'similarity' | 'temperature'>> & {
  readonly shrinkage: number;
}): void {
  if (!(shrinkage >= 0)) {
    throw new MemaeError(
      'MEMORY_BAD_OPTION',
      `The shrinkage threshold must be 0 or more (a multiple of 1/N), but ${shrinkage} came.`,
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
