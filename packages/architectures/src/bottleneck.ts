// What sits between encoder and decoder: this one choice tells the methods apart.

import type { Mode, NdArray, ParameterValues, Tensor } from '@memae/graph';
import type { EpochState, Objective } from '@memae/training';

/** How a memory was read. */
export interface MemoryUse {
  /** Addressing weights ŵ [B, … N]. */
  readonly weights: Tensor;
  /** The same with the rows that shrinkage empties left empty, whatever is read in their place. */
  readonly shrunk: Tensor;
  /** What asked [B, … C]. */
  readonly queries: Tensor;
  /** How far a sample's queries point away from their nearest items, on average [B]. */
  readonly distance: Tensor;
  /** How spread the weights of a sample's queries are before shrinkage, on average [B]. */
  readonly entropy: Tensor;
}

/** What a bottleneck makes of an encoding. */
export interface Passed {
  /** What the decoder gets, in the encoding's shape. */
  readonly code: Tensor;
  /** A scalar that joins the training loss. */
  readonly penalty?: Tensor;
  /** Where there is a memory. */
  readonly memory?: MemoryUse;
}

/** Gives parameters other values between epochs; `encode` gives up to so many queries [n, C] of training samples. */
export type Care = (
  state: EpochState,
  encode: (count: number) => Promise<NdArray>,
) => Promise<ParameterValues | null>;

export interface Bottleneck {
  pass(encoding: Tensor, mode: Mode): Passed;
  /** Each memory item as a code of its own [N, …], where there is a memory whose items are whole codes. */
  readonly items?: Tensor;
  /** What `pass` takes beside the encoding in `train` mode. */
  readonly feeds?: Objective['feeds'];
  readonly care?: Care;
}

/** No bottleneck: a plain autoencoder. */
export const identity: Bottleneck = { pass: (code) => ({ code }) };
