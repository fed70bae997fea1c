// The receiver operating characteristic: what is caught against what is falsely flagged.
// AUROC = P(s⁺ > s⁻) + ½ P(s⁺ = s⁻) over pairs of an anomaly s⁺ and a normal sample s⁻ (Mann–Whitney U).

import { type Cut, countCuts } from './cuts.ts';

/** A point of the curve: the rates among samples with a score above `threshold`. */
export interface RocPoint {
  readonly falsePositiveRate: number;
  readonly truePositiveRate: number;
  readonly threshold: number;
}

/**
 * The area under the ROC curve, in [0, 1]; ½ is chance. Equals scikit-learn's `roc_auc_score`.
 * @param scores one a sample, higher = more anomalous
 * @param labels one a sample, 1 = anomaly, 0 = normal
 * @throws `METRIC_LENGTH_MISMATCH`, `METRIC_EMPTY`, `METRIC_NOT_FINITE`, `METRIC_BAD_LABEL`, `METRIC_SINGLE_CLASS`
 */
export function rocAuc(scores: ArrayLike<number>, labels: ArrayLike<number>): number {
  const { cuts, anomalies, normals } = countCuts(scores, labels);
  // Twice the area in pairs is a whole number, so nothing is rounded before the one division.
  let twicePairs = 0;
  let [seenAnomalies, seenNormals] = [0, 0];
  for (const { truePositives, falsePositives } of cuts) {
    twicePairs += (falsePositives - seenNormals) * (truePositives + seenAnomalies);
    [seenAnomalies, seenNormals] = [truePositives, falsePositives];
  }
  return twicePairs / (2 * anomalies * normals);
}

/**
 * The corners of the ROC curve from (0, 0) to (1, 1), for plotting: points on a straight line between
 * two others are left out.
 * @throws as `rocAuc`
 */
export function rocCurve(scores: ArrayLike<number>, labels: ArrayLike<number>): RocPoint[] {
  const { cuts, anomalies, normals } = countCuts(scores, labels);
  const corners: Cut[] = [];
  for (const cut of cuts) {
    const [before, last] = corners.slice(-2);
    if (before && last && onOneLine(before, last, cut)) corners.pop();
    corners.push(cut);
  }
  return corners.map(({ threshold, truePositives, falsePositives }) => ({
    falsePositiveRate: falsePositives / normals,
    truePositiveRate: truePositives / anomalies,
    threshold,
  }));
}

function onOneLine(a: Cut, b: Cut, c: Cut): boolean {
  return (
    (b.truePositives - a.truePositives) * (c.falsePositives - b.falsePositives) ===
    (c.truePositives - b.truePositives) * (b.falsePositives - a.falsePositives)
  );
}
