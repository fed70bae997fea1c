// What every data set looks like to those who learn from it or score it: raw samples in batches.
// Training sees `Dataset`, whose batches have no labels to look at; evaluation sees `LabelledDataset`.

import type { NdArray, Random, Shape } from '@memae/graph';

export type Modality = 'image' | 'video' | 'tabular';

/** Raw samples, unscaled, the sample axis first: bytes for images, numbers for tables. */
export type Samples = NdArray<'uint8'> | NdArray;

/** What training sees. */
export interface Batch {
  /** `[n, …sampleShape]`. */
  readonly samples: Samples;
  /** `n` names, one a sample, unique in the data set: `mnist/12345`. */
  readonly keys: readonly string[];
}

/** What evaluation sees. */
export interface LabelledBatch extends Batch {
  /** `[n]`: 1 where anomalous, 0 where normal. */
  readonly labels: Uint8Array;
}

export interface BatchOptions {
  /** Samples in a batch. */
  readonly size: number;
  /** Draws the order; without it, the order of the data set. */
  readonly shuffle?: Random;
  /**
   * What becomes of a last batch that is not full: `keep` it (the default), `drop` it, or `merge-single`:
   * keep it, but let a lone sample, which batch norm cannot take, join the batch before it.
   */
  readonly last?: 'keep' | 'drop' | 'merge-single';
}

/** Samples of one shape and element type, read in batches. */
export interface Dataset<M extends Modality = Modality, B extends Batch = Batch> {
  readonly name: string;
  readonly modality: M;
  /** Without the sample axis: `[channels, height, width]` for images. */
  readonly sampleShape: Shape;
  readonly dtype: Samples['dtype'];
  /** How many samples. */
  readonly length: number;
  /** One pass over the samples; the same options give the same batches. */
  batches(options: BatchOptions): AsyncIterable<B>;
  /** Where samples overlap: a SHA-256 (hexadecimal) that tells them apart at less than the cost of reading them all. */
  readonly fingerprint?: () => Promise<string>;
}

/** Samples with the truth about each, for evaluation. */
export type LabelledDataset<M extends Modality = Modality> = Dataset<M, LabelledBatch>;
