// The scores that a model keeps, as a histogram to be drawn: from the lowest to a little beyond the highest normal one, or to
// where nine of ten labelled anomalies lie.

import { type Calibration, histogram, rankAt } from '@memae/metrics';
import type { ScoreBin } from '../../page/src/answers.ts';

const bins = 60;

/** @param threshold lies within */
export function scoreBins(calibration: Calibration, threshold: number): ScoreBin[] {
  const { normal, labelled } = calibration;
  const anomalous = labelled?.anomalous ?? [];
  const [low, highest] = [normal[0] ?? 0, normal.at(-1) ?? 0];
  const most = anomalous[Math.floor(0.9 * anomalous.length)] ?? highest;
  const high = Math.max(most, highest, threshold);
  const bounds = { bins, low: Math.min(low, threshold), high: high + 0.15 * (high - low) };
  // Of many scores some of the lower half are left out: each that is kept counts for those before it, too.
  const all = normal.flatMap((score, i) =>
    Array.from<number>({ length: countAt(calibration, i) }).fill(score),
  );
  const counted = histogram(anomalous.length > 0 ? anomalous : [bounds.high + 1], bounds);
  return histogram(all, bounds).map((bin, i) => ({ ...bin, anomalous: counted[i]?.count ?? 0 }));
}

function countAt(calibration: Calibration, index: number): number {
  return rankAt(calibration, index) - (index > 0 ? rankAt(calibration, index - 1) : 0);
}
