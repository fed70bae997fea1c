// F1-max = max over thresholds t of F1(score > t): the best that any threshold could do on these samples.
// It chooses with the labels at hand, so it flatters: a threshold for use comes from other samples.

import { f1Of } from './confusion.ts';
import { countCuts } from './cuts.ts';

export interface F1Max {
  /** The highest F1, in (0, 1]. */
  readonly value: number;
  /** `confusionAt` this threshold gives that F1; among equals, the one that flags the fewest. */
  readonly threshold: number;
}

/**
 * The highest F1 of any threshold, and the threshold: midway between the lowest flagged and the
 * highest passed score.
 * @param scores one a sample, higher = more anomalous
 * @param labels one a sample, 1 = anomaly, 0 = normal
 * @throws `METRIC_LENGTH_MISMATCH`, `METRIC_EMPTY`, `METRIC_NOT_FINITE`, `METRIC_BAD_LABEL`, `METRIC_SINGLE_CLASS`
 */
export function f1Max(scores: ArrayLike<number>, labels: ArrayLike<number>): F1Max {
  const { cuts, anomalies } = countCuts(scores, labels);
  return cuts
    .map((cut) => ({
      value: f1Of(cut.truePositives, { falsePositives: cut.falsePositives, anomalies }),
      threshold: cut.threshold,
    }))
    .reduce((best, next) => (next.value > best.value ? next : best));
}
