// Conformal p-values: how unusual a score is among n held-out normal ones,
//   p = (1 + #{calibration ≥ s}) / (n + 1)
// If a new normal sample and the calibration samples are exchangeable (drawn alike, in no telling order; no other
// assumption on the scores), then P(p ≤ α) ≤ α for every α, for any n: who flags p ≤ α raises a false alarm at a rate
// of α at most. The rate is over draws of calibration and sample together; with one calibration at hand it varies about
// that, by some √(α (1 − α) / n). (Vovk, Gammerman & Shafer, Algorithmic Learning in a Random World, 2005; Bates et al.,
// Testing for Outliers with Conformal p-values, Annals of Statistics 51, 2023.)
// Where not all scores are kept, those between two kept ones count as if they were ≥ s: p only grows.

import { type Calibration, rankAt } from './calibration.ts';
import { finiteNumbers } from './checks.ts';
import { metricError } from './errors.ts';
import { smallestFalseAlarms } from './expected-rate.ts';

/**
 * The p-value of each score, from 1 / (n + 1), above all of the calibration, to 1.
 * @throws `METRIC_EMPTY`, `METRIC_NOT_FINITE`
 */
export function conformalPValues(
  scores: ArrayLike<number>,
  calibration: Calibration,
): Float64Array {
  const { samples } = calibration;
  return finiteNumbers(scores, 'score').map((score) => {
    const below = countBelow(calibration.normal, score);
    const rank = below === 0 ? 0 : rankAt(calibration, below - 1);
    return (1 + samples - rank) / (samples + 1);
  });
}

/**
 * The threshold above which p ≤ `falseAlarms`, and at which it is not: a score of the calibration.
 * @param falseAlarms in (0, 1)
 * @throws `METRIC_TOO_FEW` for a rate below 1 / (n + 1), which n samples cannot promise
 */
export function conformalThreshold(calibration: Calibration, falseAlarms: number): number {
  const { samples, normal } = calibration;
  // 0.07 · 100 is a little more than 7 in binary, 0.29 · 100 a little less than 29.
  const flagged = Math.floor(falseAlarms * (samples + 1) + 1e-9);
  if (flagged < 1) {
    throw metricError(
      'METRIC_TOO_FEW',
      `No false-alarm rate below ${smallestFalseAlarms(samples)} can be promised by ${samples} calibration ` +
        `samples, but ${falseAlarms} was asked for. Ask for more, calibrate on at least ` +
        `${Math.ceil(1 / falseAlarms - 1e-9) - 1} samples, or take the rule tail, which extrapolates.`,
    );
  }
  return normal.find((_, i) => rankAt(calibration, i) >= samples + 1 - flagged) ?? NaN;
}

/** How many of ascending numbers are below one. */
function countBelow(sorted: readonly number[], value: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] ?? NaN) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
