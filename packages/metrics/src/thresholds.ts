// Three ways to choose the threshold above which a sample is flagged: from normal samples alone,
// from the share of anomalies that is expected, or from labels.

import { finiteNumbers } from './checks.ts';
import { thresholdBetween } from './cuts.ts';
import { metricError } from './errors.ts';
import { f1Max } from './f1-max.ts';

/**
 * The quantile of normal scores, between two of them by a straight line (numpy's method `linear`):
 * with 0.95, about one normal sample in twenty is flagged.
 * @param scores of normal samples, best of some that were not trained on
 * @throws `METRIC_EMPTY`, `METRIC_NOT_FINITE`; `METRIC_BAD_OPTION` for a quantile outside [0, 1]
 */
export function thresholdFromNormal(
  scores: ArrayLike<number>,
  { quantile }: { readonly quantile: number },
): number {
  requireShare('quantile', quantile);
  const sorted = finiteNumbers(scores, 'score').sort();
  const position = (sorted.length - 1) * quantile;
  const below = Math.floor(position);
  const from = sorted[below] ?? NaN;
  const to = sorted[below + 1] ?? from;
  const share = position - below;
  // Measured from the nearer end, as numpy does, so that rounding never carries past it.
  return share < 0.5 ? from + (to - from) * share : to - (to - from) * (1 - share);
}

/**
 * A threshold that flags the highest `fraction` of these scores: `fraction · n` samples, rounded to
 * the nearest whole number, and fewer only where equal scores would be parted.
 * @param fraction the share of anomalies expected, in [0, 1]
 * @throws `METRIC_EMPTY`, `METRIC_NOT_FINITE`; `METRIC_BAD_OPTION` for a fraction outside [0, 1]
 */
export function thresholdForFraction(scores: ArrayLike<number>, fraction: number): number {
  requireShare('fraction', fraction);
  const sorted = finiteNumbers(scores, 'score').sort();
  const passed = sorted.length - Math.round(fraction * sorted.length);
  return thresholdBetween(sorted[passed - 1] ?? -Infinity, sorted[passed] ?? Infinity);
}

/**
 * The threshold with the highest F1 on labelled samples; see `f1Max`.
 * @throws as `f1Max`
 */
export function thresholdFromLabels(scores: ArrayLike<number>, labels: ArrayLike<number>): number {
  return f1Max(scores, labels).threshold;
}

function requireShare(name: string, value: number): void {
  if (!(value >= 0 && value <= 1)) {
    throw metricError('METRIC_BAD_OPTION', `The ${name} must lie in [0, 1], but it is ${value}.`);
  }
}
