// A score on a scale from 0 to 1, with ½ at the threshold t, as the exported graph computes it:
//   v = sigmoid((s − t) / scale)
// and a sensitivity q in (0, 1) that flags v > 1 − q, said as a threshold: t' = t − scale · log(q / (1 − q)).

import { finiteNumbers } from './checks.ts';
import { metricError } from './errors.ts';

/** Where normal ends, and how many units of score make a step on the normalised scale. */
export interface Decision {
  readonly threshold: number;
  /** Positive: the deviation of normal scores, for example. */
  readonly scale: number;
}

/**
 * Scores from 0 to 1, never falling where the score rises, and ½ exactly at the threshold.
 * @throws `METRIC_EMPTY`, `METRIC_NOT_FINITE`; `METRIC_BAD_OPTION` for a threshold that is not finite or a scale that
 *   is not positive
 */
export function normaliseScores(scores: ArrayLike<number>, decision: Decision): Float64Array {
  const { threshold, scale } = requireDecision(decision);
  return finiteNumbers(scores, 'score').map((score) => {
    const small = Math.exp(-Math.abs(score - threshold) / scale);
    return score < threshold ? small / (1 + small) : 1 / (1 + small);
  });
}

/**
 * The decision with its threshold moved: ½ leaves it, more flags more, less flags less. Normalised scores are ½ at the
 * new threshold.
 * @param sensitivity in (0, 1)
 * @throws `METRIC_BAD_OPTION` for another sensitivity, and as `normaliseScores`
 */
export function withSensitivity(decision: Decision, sensitivity: number): Decision {
  const { threshold, scale } = requireDecision(decision);
  if (!(sensitivity > 0 && sensitivity < 1)) {
    throw metricError(
      'METRIC_BAD_OPTION',
      `The sensitivity must lie between 0 and 1, but it is ${sensitivity}. 0.5 leaves the threshold where it is.`,
    );
  }
  return { threshold: threshold - scale * Math.log(sensitivity / (1 - sensitivity)), scale };
}

function requireDecision(decision: Decision): Decision {
  const { threshold, scale } = decision;
  if (Number.isFinite(threshold) && scale > 0 && scale < Infinity) return decision;
  throw metricError(
    'METRIC_BAD_OPTION',
    `A decision needs a finite threshold and a positive scale, but ${threshold} and ${scale} came.`,
  );
}
