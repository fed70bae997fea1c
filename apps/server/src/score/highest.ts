// The samples with the highest scores, kept while others go by.

import type { Batch, Samples } from '@memae/datasets';
import { sizeOf } from '@memae/graph';
import { type Scored, batchesOf, sampleOf } from '@memae/scoring';

interface Kept {
  /** Among all that were taken, from 0. */
  readonly place: number;
  readonly score: number;
  readonly sample: Samples;
}

export interface Highest {
  readonly take: (scored: Scored) => void;
  /** Their places among all that were taken, the highest score first. */
  readonly places: () => readonly number[];
  /** In the order of their places above; of one sample each where they differ in size. */
  readonly batches: () => readonly Batch[];
}

export interface HighestOptions {
  /** Samples that are kept at most. */
  readonly most: number;
  /** Numbers that they have together at most: of large pictures fewer are kept. */
  readonly numbers: number;
}

export function keepHighest({ most, numbers }: HighestOptions): Highest {
  let kept: readonly Kept[] = [];
  let taken = 0;
  return {
    take: ({ scores, samples }) => {
      const added = Array.from(scores).flatMap((score, i) =>
        samples ? [{ score, place: taken + i, sample: sampleOf(samples, i) }] : [],
      );
      taken += scores.length;
      let room = numbers;
      kept = [...kept, ...added]
        .sort((a, b) => b.score - a.score)
        .slice(0, most)
        .filter(({ sample }) => (room -= sizeOf(sample.shape)) >= 0);
    },
    places: () => kept.map(({ place }) => place),
    batches: () => batchesOf(kept.map(({ place, sample }) => ({ sample, key: String(place) }))),
  };
}
