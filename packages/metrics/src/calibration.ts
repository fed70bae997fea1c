// What is kept of held-out scores, so that a threshold can be chosen again later, without the samples: all scores up to
// 4096; of more, the highest 2048, where thresholds lie, and 2048 of the others, evenly by rank.

import { bothByLabel, finiteNumbers } from './checks.ts';

/** Scores of normal samples that were not trained on; plain data, for a manifest. */
export interface Calibration {
  /** How many scores came. */
  readonly samples: number;
  /** Those that are kept, ascending. */
  readonly normal: readonly number[];
  /** Scores of samples with labels, for the rule `f1`. */
  readonly labelled?: LabelledCalibration;
}

/** Scores of normal and anomalous samples, each ascending and in the proportion in which they came. */
export interface LabelledCalibration {
  /** How many scores came. */
  readonly samples: number;
  readonly normal: readonly number[];
  readonly anomalous: readonly number[];
}

/** The most scores of each sort that are kept. */
const limit = 4096;

/**
 * Keeps at most 4096 of the scores of normal samples.
 * @param scores of samples that were not trained on, higher = more anomalous
 * @throws `METRIC_EMPTY`, `METRIC_NOT_FINITE`
 */
export function calibrate(scores: ArrayLike<number>): Omit<Calibration, 'labelled'> {
  const sorted = finiteNumbers(scores, 'score').sort();
  const kept = { samples: sorted.length, length: Math.min(sorted.length, limit) };
  const normal = Array.from({ length: kept.length }, (_, i) => sorted[rankIn(kept, i) - 1] ?? NaN);
  return { samples: sorted.length, normal };
}

/**
 * Keeps about 4096 of the scores of labelled samples, thinned evenly by rank, both kinds alike.
 * @param labels one a score, 1 = anomaly, 0 = normal
 * @throws `METRIC_LENGTH_MISMATCH`, `METRIC_EMPTY`, `METRIC_NOT_FINITE`, `METRIC_BAD_LABEL`; `METRIC_SINGLE_CLASS`
 *   when only one kind came
 */
export function calibrateLabelled(
  scores: ArrayLike<number>,
  labels: ArrayLike<number>,
): LabelledCalibration {
  const { normal, anomalous } = bothByLabel(scores, labels);
  const share = Math.min(1, limit / scores.length);
  const thinned = (sorted: Float64Array): number[] => {
    const length = Math.max(1, Math.round(share * sorted.length));
    const at = (i: number): number => Math.floor(((i + 0.5) * sorted.length) / length);
    return Array.from({ length }, (_, i) => sorted[at(i)] ?? NaN);
  };
  return {
    samples: scores.length,
    normal: thinned(normal.sort()),
    anomalous: thinned(anomalous.sort()),
  };
}

/** The rank, from 1 to `samples`, that a kept score had among all that came. */
export function rankAt({ samples, normal: { length } }: Calibration, index: number): number {
  return rankIn({ samples, length }, index);
}

/** How many of the highest scores are kept without a gap. */
export function unbroken({ length }: { readonly length: number }): number {
  return length - Math.floor(length / 2);
}

function rankIn(
  { samples, length }: { readonly samples: number; readonly length: number },
  index: number,
): number {
  const sparse = length - unbroken({ length });
  if (index >= sparse) return samples - (length - 1 - index);
  return 1 + Math.floor((index * (samples - unbroken({ length }))) / sparse);
}
