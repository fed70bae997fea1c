// Scores of a stream on a common scale, from the past alone: v = (s − low) / (high − low), where low and high
// are quantiles of the scores that have come so far, and stay what they are once enough have come. Unlike the
// min–max over a whole video, it can run live; what it gives for a frame never depends on a later one.

import { finiteNumbers } from './checks.ts';
import { metricError } from './errors.ts';
import { quantileOfSorted, requireShare } from './quantile.ts';

export interface NormaliserOptions {
  /** How many scores settle the scale; they are kept until then. By default 200. */
  readonly calibration?: number;
  /** The quantile that becomes 0, by default 0.05. */
  readonly low?: number;
  /** The quantile that becomes 1, by default 0.95. */
  readonly high?: number;
}

/** Where a stream's normaliser stands: plain data, never changed, that may be saved as JSON. */
export interface Normaliser {
  readonly calibration: number;
  readonly quantiles: readonly [low: number, high: number];
  /** The scores of the calibration so far, sorted; empty once the scale is settled. */
  readonly seen: readonly number[];
  /** What becomes 0 and 1; `null` until enough scores have come. */
  readonly scale: readonly [zero: number, one: number] | null;
}

/**
 * A normaliser that has seen nothing yet.
 * @throws `METRIC_BAD_OPTION` for a calibration that is no whole number of 1 or more, or quantiles that are
 *   not in [0, 1] and in order
 */
export function startNormaliser({
  calibration = 200,
  low = 0.05,
  high = 0.95,
}: NormaliserOptions = {}): Normaliser {
  requireShare('low quantile', low);
  requireShare('high quantile', high);
  if (!(low < high) || !(Number.isSafeInteger(calibration) && calibration >= 1)) {
    throw metricError(
      'METRIC_BAD_OPTION',
      'A normaliser needs a calibration of at least one score, and a low quantile below the high one, but ' +
        `they are ${calibration}, ${low} and ${high}.`,
    );
  }
  return { calibration, quantiles: [low, high], seen: [], scale: null };
}

/**
 * The next score on the stream's scale, and the normaliser for the one after it. Values are not clamped: what
 * is far above everything in the calibration is far above 1. During calibration the scale is that of the
 * scores so far, this one included; where they are all equal, the value is the distance to them.
 * Takes O(`calibration`) time and memory at first, O(1) later.
 * @throws `METRIC_NOT_FINITE`
 */
export function normaliseNext(
  normaliser: Normaliser,
  score: number,
): { readonly value: number; readonly normaliser: Normaliser } {
  finiteNumbers([score], 'score');
  const { calibration, quantiles } = normaliser;
  if (normaliser.scale !== null) return { value: place(score, normaliser.scale), normaliser };
  const seen = [...normaliser.seen, score].sort((a, b) => a - b);
  const scale = [
    quantileOfSorted(seen, quantiles[0]),
    quantileOfSorted(seen, quantiles[1]),
  ] as const;
  const settled = seen.length >= calibration;
  return {
    value: place(score, scale),
    normaliser: settled ? { ...normaliser, seen: [], scale } : { ...normaliser, seen },
  };
}

/**
 * A whole stream, score by score, as `normaliseNext` would.
 * @throws `METRIC_EMPTY`, `METRIC_NOT_FINITE`, `METRIC_BAD_OPTION`
 */
export function normaliseStream(
  scores: ArrayLike<number>,
  options: NormaliserOptions = {},
): Float64Array {
  let normaliser = startNormaliser(options);
  return finiteNumbers(scores, 'score').map((score) => {
    const next = normaliseNext(normaliser, score);
    normaliser = next.normaliser;
    return next.value;
  });
}

function place(score: number, [zero, one]: readonly [number, number]): number {
  return (score - zero) / (one - zero || 1);
}
