// Every way to cut samples into flagged and passed by their scores: the one walk, O(n log n), behind
// AUROC, AUPR and F1-max. Equal scores fall on the same side of every cut, which makes ties right.

import { bothByLabel } from './checks.ts';

/** The samples with a score above `threshold` are flagged: this many of each kind. */
export interface Cut {
  readonly threshold: number;
  readonly truePositives: number;
  readonly falsePositives: number;
}

export interface Cuts {
  /** The first flags nothing, the last everything; between two lies one distinct score. */
  readonly cuts: readonly Cut[];
  readonly anomalies: number;
  readonly normals: number;
}

/**
 * Counts what each threshold would flag.
 * @throws `METRIC_SINGLE_CLASS` when only anomalies or only normal samples came, and as `bothByLabel`
 */
export function countCuts(scores: ArrayLike<number>, labels: ArrayLike<number>): Cuts {
  const { anomalous, normal } = bothByLabel(scores, labels);
  anomalous.sort().reverse();
  normal.sort().reverse();

  let truePositives = 0;
  let falsePositives = 0;
  const highestLeft = (): number =>
    Math.max(anomalous[truePositives] ?? -Infinity, normal[falsePositives] ?? -Infinity);
  let score = highestLeft();
  const cuts: Cut[] = [{ threshold: score, truePositives, falsePositives }];
  while (score > -Infinity) {
    while (anomalous[truePositives] === score) truePositives += 1;
    while (normal[falsePositives] === score) falsePositives += 1;
    const next = highestLeft();
    cuts.push({ threshold: thresholdBetween(next, score), truePositives, falsePositives });
    score = next;
  }
  return { cuts, anomalies: anomalous.length, normals: normal.length };
}

/**
 * A threshold that passes `lower` and flags `upper`, where `lower = -Infinity` asks to flag all and
 * `upper = Infinity` to flag none. It is midway, so that an engine's rounding error moves no sample
 * across, and a float32, so that it means the same inside an exported model; scores too close for
 * that get `lower` itself.
 */
export function thresholdBetween(lower: number, upper: number): number {
  if (lower === -Infinity) return upper - Math.abs(upper) - 1;
  const middle = Math.fround(lower / 2 + upper / 2);
  return lower <= middle && middle < upper ? middle : lower;
}
