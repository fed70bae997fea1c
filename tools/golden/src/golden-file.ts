// The golden folder: PyTorch's figures as JSON, tensors as base64 of little-endian float32.

import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { type NdArray, ndarray } from '@memae/graph';

/** Where the figures lie: `MEMAE_GOLDEN`, or `../shared/golden` beside the checkout. */
export const goldenFolder =
  process.env['MEMAE_GOLDEN'] ?? join(import.meta.dirname, '../../../../shared/golden');

export interface GoldenTensor {
  readonly shape: readonly number[];
  readonly float32_le_base64: string;
}

/** One reading of a memory, forward and backward. */
export interface MemoryCase {
  readonly similarity: 'cosine' | 'dot';
  /** λ itself, not a multiple of 1/N. */
  readonly shrink_threshold: number | null;
  readonly query: GoldenTensor;
  readonly items: GoldenTensor;
  readonly soft_weights: GoldenTensor;
  readonly weights: GoldenTensor;
  readonly output: GoldenTensor;
  readonly entropy: number;
  readonly output_cotangent: GoldenTensor;
  readonly entropy_coefficient: number;
  readonly grad_query: GoldenTensor;
  readonly grad_items: GoldenTensor;
  readonly empty_rows: number;
}

type Tensors = Readonly<Record<string, GoldenTensor>>;
type Layer = readonly [kernel: number, stride: readonly number[], channels: number];

/** Three Adam steps of a small network on one batch, then scoring. */
export interface NetworkFile {
  readonly spec: {
    readonly layout: string;
    readonly layers?: readonly number[];
    readonly encoder?: readonly Layer[];
    readonly decoder?: readonly Layer[];
    readonly memory_slots: number;
    readonly similarity: 'cosine' | 'dot';
    readonly shrink_threshold_times_slots: number | null;
    readonly query: 'sample' | 'position';
    readonly activation: 'relu' | 'leaky_relu_0.2' | 'tanh';
  };
  readonly alpha: number;
  readonly learning_rate: number;
  readonly reduction: 'sum' | 'mean';
  readonly input: GoldenTensor;
  readonly initial: Tensors;
  readonly steps: readonly {
    readonly reconstruction_loss: number;
    readonly entropy: number;
    readonly loss: number;
    readonly empty_rows: number;
    readonly encoding?: GoldenTensor;
    readonly weights?: GoldenTensor;
    readonly reconstruction?: GoldenTensor;
    readonly gradients?: Tensors;
  }[];
  readonly after_training: Tensors;
  readonly scoring: Tensors;
}

/** Reads one file of the folder. */
export function readGolden(name: string): unknown {
  return JSON.parse(readFileSync(join(goldenFolder, `${name}.json`), 'utf8'));
}

/** Names of the files there, `memory` among them; none where the folder is absent. */
export function goldenNames(): string[] {
  if (!existsSync(goldenFolder)) return [];
  return readdirSync(goldenFolder)
    .filter((file) => file.endsWith('.json'))
    .map((file) => file.slice(0, -'.json'.length));
}

export function decodeTensor({ shape, float32_le_base64: text }: GoldenTensor): NdArray {
  const bytes = Uint8Array.from(Buffer.from(text, 'base64'));
  return ndarray(new Float32Array(bytes.buffer), shape);
}
