// The samples with the highest scores, kept while others go by.

import type { Batch, Samples } from '@memae/datasets';
import { type AnyNdArray, stack } from '@memae/graph';
import { type Scored, sampleOf } from '@memae/scoring';

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
  /** In the order of their places above; nothing where there are none. */
  readonly batch: () => Batch | undefined;
}

/** @param most how many are kept */
export function keepHighest(most: number): Highest {
  let kept: readonly Kept[] = [];
  let taken = 0;
  return {
    take: ({ scores, samples }) => {
      const added = Array.from(scores).flatMap((score, i) =>
        samples ? [{ score, place: taken + i, sample: sampleOf(samples, i) }] : [],
      );
      taken += scores.length;
      kept = [...kept, ...added].sort((a, b) => b.score - a.score).slice(0, most);
    },
    places: () => kept.map(({ place }) => place),
    batch: () => {
      if (kept.length === 0) return undefined;
      const samples = stack(kept.map(({ sample }): AnyNdArray => sample)) as Samples;
      return { samples, keys: kept.map(({ place }) => String(place)) };
    },
  };
}
