// Which threshold to take, from the scores that were kept for it: the rules by their names. Without anomalies to
// calibrate on, a rule looks at normal scores alone, and what it flags is bounded by the rate that was asked for.

import { type Calibration, type LabelledCalibration } from './calibration.ts';
import { conformalThreshold } from './conformal.ts';
import { metricError } from './errors.ts';
import { expectedRateThreshold } from './expected-rate.ts';
import { f1Max } from './f1-max.ts';
import { tailThreshold } from './tail.ts';

/** The rules that look at normal scores alone, each for a rate of false alarms. */
export type NormalRule = 'quantile' | 'conformal' | 'tail';
export type ThresholdRule = NormalRule | 'f1';

export const normalRules: readonly NormalRule[] = ['quantile', 'conformal', 'tail'];
export const thresholdRules: readonly ThresholdRule[] = [...normalRules, 'f1'];

export type ThresholdChoice =
  /** The share of normal samples that may be flagged, in (0, 1). */
  | { readonly rule: NormalRule; readonly falseAlarms: number }
  /** The best F1 on the labelled scores. */
  | { readonly rule: 'f1' };

/**
 * The threshold that a rule chooses; a sample is flagged when its score is above.
 * @throws `METRIC_BAD_OPTION` for a rate outside (0, 1); `METRIC_EMPTY` without calibration scores; `METRIC_TOO_FEW`
 *   and `METRIC_CONSTANT` as the rule; `METRIC_SINGLE_CLASS` for `f1` without labelled scores; `METRIC_NOT_SEPARATED`
 *   where the best F1 flags more than half of the normal samples; `METRIC_NOT_FINITE` where the tail goes beyond all numbers
 */
export function chooseThreshold(calibration: Calibration, choice: ThresholdChoice): number {
  if (choice.rule === 'f1') return bestF1(calibration.labelled);
  const { rule, falseAlarms } = choice;
  if (!(falseAlarms > 0 && falseAlarms < 1)) {
    throw metricError(
      'METRIC_BAD_OPTION',
      `The false-alarm rate must lie between 0 and 1, but it is ${falseAlarms}. One in a hundred is 0.01.`,
    );
  }
  if (calibration.normal.length === 0) {
    throw metricError('METRIC_EMPTY', 'A calibration needs at least one score, but has none.');
  }
  const threshold = choosers[rule](calibration, falseAlarms);
  // Scores are of 32 bits.
  if (Number.isFinite(Math.fround(threshold))) return threshold;
  throw metricError(
    'METRIC_NOT_FINITE',
    `The tail of the calibration scores is so heavy that no finite threshold is exceeded by ${falseAlarms} of them ` +
      'alone. Ask for a higher rate.',
  );
}

const choosers: Readonly<Record<NormalRule, (c: Calibration, falseAlarms: number) => number>> = {
  quantile: expectedRateThreshold,
  conformal: conformalThreshold,
  tail: tailThreshold,
};

function bestF1(labelled: LabelledCalibration | undefined): number {
  if (labelled === undefined) {
    throw metricError(
      'METRIC_SINGLE_CLASS',
      'The rule f1 needs the scores of labelled anomalies, but the calibration holds those of normal samples alone. ' +
        `Calibrate with labels, or take another rule: ${normalRules.join(', ')}.`,
    );
  }
  const { normal, anomalous } = labelled;
  const labels = [...normal.map(() => 0), ...anomalous.map(() => 1)];
  const { threshold } = f1Max([...normal, ...anomalous], labels);
  const flagged = normal.filter((score) => score > threshold).length;
  if (2 * flagged <= normal.length) return threshold;
  throw metricError(
    'METRIC_NOT_SEPARATED',
    `The scores do not tell anomalies from normal samples: the best F1 flags ${flagged} of ${normal.length} normal ` +
      `ones. Look at the AUROC, or take another rule: ${normalRules.join(', ')}.`,
  );
}
