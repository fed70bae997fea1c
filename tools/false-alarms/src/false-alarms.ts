// How many normal rows a threshold flags that was chosen on others: the held-out scores are cut in half again and
// again, one half calibrates, the other is looked at.

import type { TableScores } from '@memae/adbench';
import { type Random, hasCode } from '@memae/graph';
import {
  type ThresholdChoice,
  calibrate,
  calibrateLabelled,
  chooseThreshold,
  summarize,
} from '@memae/metrics';

/** Shares of normal rows flagged, one for each cut; none where the rule refused. */
export function falseAlarms(
  scores: TableScores,
  { choice, random, cuts }: { choice: ThresholdChoice; random: Random; cuts: number },
): readonly number[] {
  return Array.from({ length: cuts }, (_, cut) => {
    const half = cutInHalf(scores.normal, random.fork(`normal ${cut}`));
    const [anomalous] = cutInHalf(scores.anomalous, random.fork(`anomalous ${cut}`));
    const threshold = thresholdOf(choice, half[0], anomalous);
    if (threshold === undefined) return [];
    return [half[1].filter((score) => score > threshold).length / half[1].length];
  }).flat();
}

function thresholdOf(
  choice: ThresholdChoice,
  normal: readonly number[],
  anomalous: readonly number[],
): number | undefined {
  const labels = [...normal.map(() => 0), ...anomalous.map(() => 1)];
  const labelled = calibrateLabelled([...normal, ...anomalous], labels);
  try {
    return chooseThreshold({ ...calibrate(normal), labelled }, choice);
  } catch (error) {
    const refusals = ['METRIC_TOO_FEW', 'METRIC_CONSTANT', 'METRIC_NOT_SEPARATED'] as const;
    if (refusals.some((code) => hasCode(error, code))) return undefined;
    throw error;
  }
}

function cutInHalf(
  values: readonly number[],
  random: Random,
): readonly [readonly number[], readonly number[]] {
  const drawn = Array.from(random.permutation(values.length), (index) => values[index] ?? NaN);
  const middle = Math.floor(drawn.length / 2);
  return [drawn.slice(0, middle), drawn.slice(middle)];
}

/** Mean and deviation in percent: `1.03 ± 0.25`. */
export function inPercent(shares: readonly number[]): string {
  if (shares.length === 0) return 'refused';
  const { mean, deviation } = summarize(shares);
  return `${(100 * mean).toFixed(2)} ± ${(100 * deviation).toFixed(2)}`;
}
