// The area under the precision–recall curve (AUPR) as average precision:
// AP = Σₙ (Rₙ − Rₙ₋₁) Pₙ, precision Pₙ and recall Rₙ at the n-th highest distinct score.

import { countCuts } from './cuts.ts';

/**
 * AUPR with anomalies as the positive class, in (0, 1]; chance is the share of anomalies. Equals
 * scikit-learn's `average_precision_score`: steps, not the optimistic straight lines between points.
 * @param scores one a sample, higher = more anomalous
 * @param labels one a sample, 1 = anomaly, 0 = normal
 * @throws `METRIC_LENGTH_MISMATCH`, `METRIC_EMPTY`, `METRIC_NOT_FINITE`, `METRIC_BAD_LABEL`, `METRIC_SINGLE_CLASS`
 */
export function averagePrecision(scores: ArrayLike<number>, labels: ArrayLike<number>): number {
  const { cuts, anomalies } = countCuts(scores, labels);
  let sum = 0;
  let seen = 0;
  for (const { truePositives, falsePositives } of cuts) {
    if (truePositives === seen) continue;
    sum += (truePositives - seen) * (truePositives / (truePositives + falsePositives));
    seen = truePositives;
  }
  return sum / anomalies;
}
