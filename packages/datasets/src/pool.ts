// Samples of several classes, before any of them is called normal.

import type { Samples } from './dataset.ts';

/** All samples of a source, with the class of each. */
export interface Pool {
  readonly name: string;
  /** `[n, channels, height, width]`. */
  readonly images: Samples;
  /** `[n]`: an index into `classes`. */
  readonly labels: Uint8Array;
  /** The names of the classes: `['0', …, '9']` for digits. */
  readonly classes: readonly string[];
  /** `n` names, one a sample; by default `name/0`, `name/1`, … */
  readonly keys?: readonly string[];
}
