// Three ways to choose the threshold above which a sample is flagged: from normal samples alone,
// from the share of anomalies that is expected, or from labels.

import { finiteNumbers } from './checks.ts';
import { thresholdBetween } from './cuts.ts';
import { f1Max } from './f1-max.ts';
import { quantileOfSorted, requireShare } from './quantile.ts';

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
  return quantileOfSorted(sorted, quantile);
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
