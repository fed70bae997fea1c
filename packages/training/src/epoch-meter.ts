// What an epoch says of itself, gathered batch by batch.

import type { AnyNdArray } from '@memae/graph';

/** What an epoch came to; `values` holds `loss`, the measures and `validationLoss`. */
export interface EpochReport {
  /** From 1. */
  readonly epoch: number;
  readonly values: Readonly<Record<string, number>>;
  /** Since it began, or was resumed. */
  readonly seconds: number;
}

/** Running sums of an epoch; plain JSON, so that a checkpoint in mid-epoch can hold them. */
export interface EpochSums {
  samples: number;
  /** Sum of each scalar, weighted by the batch. */
  totals: Record<string, number>;
  /** For each vector of zeros and ones, which places have been one so far. */
  seen: Record<string, number[]>;
}

/** The sums before an epoch's first batch. */
export function startEpoch(): EpochSums {
  return { samples: 0, totals: {}, seen: {} };
}

/** Adds one batch: scalars are averaged over samples, vectors of zeros and ones are joined. */
export function addBatch(
  sums: EpochSums,
  values: Readonly<Record<string, AnyNdArray>>,
  samples: number,
): void {
  sums.samples += samples;
  for (const [name, { shape, data }] of Object.entries(values)) {
    if (shape.length === 0) {
      sums.totals[name] = (sums.totals[name] ?? 0) + (data[0] ?? 0) * samples;
    } else {
      const before = sums.seen[name] ?? [];
      sums.seen[name] = Array.from(data, (value, i) => Math.max(value, before[i] ?? 0));
    }
  }
}

/** Averages of the scalars, and of each joined vector how many places were one. */
export function epochValues({ samples, totals, seen }: EpochSums): Record<string, number> {
  return Object.fromEntries([
    ...Object.entries(totals).map(([name, total]) => [name, total / samples] as const),
    ...Object.entries(seen).map(
      ([name, places]) => [name, places.reduce((a, b) => a + b, 0)] as const,
    ),
  ]);
}
