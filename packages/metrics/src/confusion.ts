// What a threshold does: a sample is flagged when its score is above the threshold, and passes when
// it is equal or below. precision = TP / (TP + FP), recall = TP / (TP + FN), F1 = 2 TP / (2 TP + FP + FN).

import { splitByLabel } from './checks.ts';
import { metricError } from './errors.ts';

/** Counts of samples and their ratios; the anomaly is the positive class. */
export interface Confusion {
  readonly truePositives: number;
  readonly falsePositives: number;
  readonly trueNegatives: number;
  readonly falseNegatives: number;
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
}

/**
 * Counts right and wrong decisions of `score > threshold`. A ratio without a case, such as the
 * precision when nothing is flagged, is 0, as with scikit-learn; a single class is fine here.
 * @param threshold in the unit of the scores
 * @param scores one a sample, higher = more anomalous
 * @param labels one a sample, 1 = anomaly, 0 = normal
 * @throws `METRIC_LENGTH_MISMATCH`, `METRIC_EMPTY`, `METRIC_NOT_FINITE`, `METRIC_BAD_LABEL`, `METRIC_BAD_OPTION`
 */
export function confusionAt(
  threshold: number,
  scores: ArrayLike<number>,
  labels: ArrayLike<number>,
): Confusion {
  if (Number.isNaN(threshold)) {
    throw metricError('METRIC_BAD_OPTION', 'The threshold must be a number, but it is NaN.');
  }
  const { anomalous, normal } = splitByLabel(scores, labels);
  const flagged = (group: Float64Array): number =>
    group.reduce((count, score) => count + (score > threshold ? 1 : 0), 0);
  const truePositives = flagged(anomalous);
  const falsePositives = flagged(normal);
  return {
    truePositives,
    falsePositives,
    trueNegatives: normal.length - falsePositives,
    falseNegatives: anomalous.length - truePositives,
    precision: ratio(truePositives, truePositives + falsePositives),
    recall: ratio(truePositives, anomalous.length),
    f1: f1Of(truePositives, { falsePositives, anomalies: anomalous.length }),
  };
}

/** F1 from counts; 2 TP + FN = TP + all anomalies. */
export function f1Of(
  truePositives: number,
  others: { readonly falsePositives: number; readonly anomalies: number },
): number {
  return ratio(2 * truePositives, truePositives + others.falsePositives + others.anomalies);
}

function ratio(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}
