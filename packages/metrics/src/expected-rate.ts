// The quantile of held-out normal scores that new normal samples exceed at a given rate, on average over calibrations:
//   t = s₍ₕ₎,  h = (n + 1)(1 − α)        between two scores by a straight line
// as the h-th lowest of n scores is exceeded with probability 1 − h / (n + 1) by one more (numpy's method `weibull`).
// The more usual (n − 1)(1 − α) flags too many: with 13 samples and α = 0.05 it flags 11 %.

import { type Calibration, rankAt } from './calibration.ts';

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
