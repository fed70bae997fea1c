// One figure from several runs: x̄ = Σ x / n and the sample deviation s = √(Σ (x − x̄)² / (n − 1)).

import { finiteNumbers } from './checks.ts';

export interface Summary {
  readonly mean: number;
  /** The sample standard deviation (n − 1); 0 for a single run, which says nothing about spread. */
  readonly deviation: number;
  readonly low: number;
  readonly high: number;
  readonly runs: number;
}

/**
 * Mean, deviation and range of one figure over runs.
 * @throws `METRIC_EMPTY`, `METRIC_NOT_FINITE`
 */
export function summarize(values: ArrayLike<number>): Summary {
  const sorted = finiteNumbers(values, 'value').sort();
  const runs = sorted.length;
  const low = sorted[0] ?? NaN;
  const high = sorted[runs - 1] ?? NaN;
  // Summed as distances from the lowest, so that equal values have exactly their own mean.
  const mean = low + sorted.reduce((sum, value) => sum + (value - low), 0) / runs;
  const squares = sorted.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, deviation: Math.sqrt(squares / Math.max(runs - 1, 1)), low, high, runs };
}
