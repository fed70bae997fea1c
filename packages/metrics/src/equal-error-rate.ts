// EER: the rate at which as many normal samples are flagged as anomalies are missed, FPR = 1 − TPR, on the
// straight lines between the corners of the ROC curve.

import { countCuts } from './cuts.ts';

export interface EqualErrorRate {
  /** In [0, 1]; ½ is chance, and 0 a perfect order. */
  readonly value: number;
  /** Where the two rates lie nearest to each other; among equals, the one that flags the fewest. */
  readonly threshold: number;
}

/**
 * The equal error rate, and the threshold nearest to it. Between two thresholds the rate is taken on the
 * straight line, so `confusionAt` the threshold comes near both rates, and meets them where a threshold can.
 * @param scores one a sample, higher = more anomalous
 * @param labels one a sample, 1 = anomaly, 0 = normal
 * @throws `METRIC_LENGTH_MISMATCH`, `METRIC_EMPTY`, `METRIC_NOT_FINITE`, `METRIC_BAD_LABEL`, `METRIC_SINGLE_CLASS`
 */
export function equalErrorRate(
  scores: ArrayLike<number>,
  labels: ArrayLike<number>,
): EqualErrorRate {
  const { cuts, anomalies, normals } = countCuts(scores, labels);
  const points = cuts.map(({ threshold, truePositives, falsePositives }) => {
    const flagged = falsePositives / normals;
    const missed = (anomalies - truePositives) / anomalies;
    return { threshold, flagged, gap: flagged - missed };
  });
  const nearest = points.reduce((best, next) =>
    Math.abs(next.gap) < Math.abs(best.gap) ? next : best,
  );
  // The gap grows from −1, where nothing is flagged, to 1, where everything is.
  const after = points.findIndex(({ gap }) => gap >= 0);
  const [from, to] = [points[after - 1] ?? nearest, points[after] ?? nearest];
  const part = from.gap / (from.gap - to.gap);
  return {
    value: from.flagged + (to.flagged - from.flagged) * part,
    threshold: nearest.threshold,
  };
}
