// A trial: one method, trained on one case with one seed, as plain data. What it is decides its name.

import { createHash } from 'node:crypto';
import type { Ends, Scaling } from '@memae/datasets';
import type { RawOptions } from '@memae/training';

/** What all methods that are compared get alike. */
export interface Budget {
  /** Options given to each method that has them: `{ 'training.epochs': 20 }`. */
  readonly options: RawOptions;
  readonly reading: Reading;
}

/** How samples are read; what is left out is as the data set has it. */
export interface Reading {
  /** Height and width that pictures and frames are resized to. */
  readonly size?: readonly [number, number];
  /** At most so many samples of each class, or rows of a table. */
  readonly limit?: number;
  /** Of CIFAR-10, or of the labels of videos. */
  readonly edition?: string;
  /** How the columns of a table are scaled. */
  readonly scaling?: Scaling;
  /** Frames from the start of one clip to that of the next, in training and in the test. */
  readonly stride?: number;
  readonly testStride?: number;
  /** What becomes of the first and last frames of test videos. */
  readonly ends?: Ends;
  /** `turned`: held-out normal samples against themselves mirrored and turned, in place of the test. */
  readonly against?: 'turned';
}

export interface Trial {
  /** A known data set or a path. */
  readonly data: string;
  /** The normal class of images, the protocol of a table; `all` for videos. */
  readonly case: string;
  readonly method: string;
  /** Options that are this trial's own, where a setting is what is studied. */
  readonly options: RawOptions;
  readonly seed: number;
  readonly budget: Budget;
}

/** The same for two trials exactly when they are the same, whatever the order of their keys. */
export function trialKey({ data, case: of, method, options, seed, budget }: Trial): string {
  return canonical({ data, case: of, method, options, seed, budget });
}

/** A short name for the trial's folder. */
export function trialId(trial: Trial): string {
  return createHash('sha256').update(trialKey(trial)).digest('hex').slice(0, 12);
}

/** The same for trials that may stand in one table: equal data and an equal budget. */
export function budgetKey({ data, budget }: Pick<Trial, 'data' | 'budget'>): string {
  return canonical({ data, budget });
}

/** JSON with keys in order: the same for values that are equal. */
export function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}

/** Option values as they are meant, so that `'20'` and 20 are one setting. */
export function plainOptions(raw: RawOptions): RawOptions {
  return Object.fromEntries(
    Object.entries(raw).map(([name, value]) => {
      if (value === 'true' || value === 'false') return [name, value === 'true'];
      const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : NaN;
      return [name, Number.isFinite(number) ? number : value];
    }),
  );
}
