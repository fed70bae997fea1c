// The quantile of held-out normal scores that new normal samples exceed at a given rate, on average over calibrations:
//   t = s₍ₕ₎,  h = (n + 1)(1 − α)        between two scores by a straight line
// as the h-th lowest of n scores is exceeded with probability 1 − h / (n + 1) by one more (numpy's method `weibull`).
// The more usual (n − 1)(1 − α) flags too many: with 13 samples and α = 0.05 it flags 11 %.

import { type Calibration, rankAt } from './calibration.ts';
import { metricError } from './errors.ts';

/**
 * The smallest rate of false alarms that so many calibration samples can promise: even a score above all of theirs
 * comes up among normal samples once in `samples + 1`.
 */
export function smallestFalseAlarms(samples: number): number {
  return 1 / (samples + 1);
}

/** The highest score where the rate is below the smallest that can be promised. @param falseAlarms in (0, 1) */
export function expectedRateThreshold(calibration: Calibration, falseAlarms: number): number {
  const { samples, normal } = calibration;
  const rank = (samples + 1) * (1 - falseAlarms);
  const above = normal.findIndex((_, i) => rankAt(calibration, i) >= rank);
  const to = normal[above] ?? normal.at(-1) ?? NaN;
  const from = normal[above - 1];
  if (above <= 0 || from === undefined) return to;
  const before = rankAt(calibration, above - 1);
  return from + ((to - from) * (rank - before)) / (rankAt(calibration, above) - before);
}

/**
 * The rate at which normal samples are expected above a threshold: the way back from `expectedRateThreshold`. Beyond the
 * scores that were kept it is the smallest rate that they can tell, below all of them 1.
 * @throws `METRIC_EMPTY` without calibration scores
 */
export function expectedFalseAlarms(calibration: Calibration, threshold: number): number {
  const { samples, normal } = calibration;
  if (normal.length === 0) {
    throw metricError('METRIC_EMPTY', 'A calibration needs at least one score, but has none.');
  }
  const above = normal.findIndex((score) => score > threshold);
  if (above < 0) return smallestFalseAlarms(samples);
  const [from, to] = [normal[above - 1], normal[above]];
  if (from === undefined || to === undefined) return 1;
  const before = rankAt(calibration, above - 1);
  const share = (threshold - from) / (to - from);
  const rank = before + share * (rankAt(calibration, above) - before);
  return (samples + 1 - rank) / (samples + 1);
}
