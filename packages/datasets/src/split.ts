// What a protocol makes of a source: samples to learn normality from, some of them held out, and labelled ones.

import type { Dataset, LabelledDataset, Modality } from './dataset.ts';

/** Training and validation hold normal samples only. */
export interface Split<M extends Modality = Modality> {
  /** The data set and, where there are several, its edition: `cifar10 (JPEG)`. */
  readonly name: string;
  /** Who is normal and how samples were divided, in a line, as reports name it. */
  readonly protocol: string;
  readonly train: Dataset<M>;
  readonly validation: Dataset<M>;
  readonly test: LabelledDataset<M>;
}
