// The threshold at scoring time: the one that the run has, or another by the scores that were kept with the model.

import {
  type Calibration,
  type Decision,
  type ThresholdRule,
  chooseThreshold,
  conformalPValues,
  normalRules,
  normaliseScores,
  smallestFalseAlarms,
  withSensitivity,
} from '@memae/metrics';
import type { Manifest, Threshold } from '@memae/onnx';
import { scoringError } from './error.ts';
import type { Scored } from './scorer.ts';

/** The rate of false alarms, unless another is asked for. */
export const defaultFalseAlarms = 0.05;

/** What may be asked of the threshold; what is left out is as the run has it. */
export interface ThresholdWish {
  readonly thresholdRule?: ThresholdRule | undefined;
  /** The share of normal samples that may be flagged. */
  readonly falseAlarms?: number | undefined;
  /** Between 0 and 1: what is normalised above 1 less this is flagged. */
  readonly sensitivity?: number | undefined;
}

/** The line between normal and anomalous, and how it came about. */
export interface Judgement {
  /** Of the model's own outputs where nothing was asked for; missing in a model without a threshold. */
  readonly decision?: Decision;
  /** Whether the line is another than the one in the model's graph. */
  readonly moved: boolean;
  readonly rule?: Threshold['rule'];
  readonly falseAlarms?: number;
  readonly sensitivity?: number;
  /** By which p-values are told, where the rule is conformal. */
  readonly calibration?: Calibration;
  /** Worth knowing of the threshold. */
  readonly advice?: string;
}

/** What the model says of each sample, by the threshold that was asked for. */
export interface Judged extends Scored {
  /** How often a normal sample scores as high, at most; where the rule is conformal. */
  readonly pValues?: Float64Array;
}

/**
 * Where the line is, by what was asked for, or else by the run.
 * @throws `SCORING_NO_CALIBRATION` where the model keeps nothing to choose another by, `SCORING_BAD_OPTION` for a rate
 *   with the rule f1; `METRIC_TOO_FEW`, `METRIC_CONSTANT`, `METRIC_SINGLE_CLASS`, `METRIC_NOT_SEPARATED` as the rule
 */
export function judgementOf(manifest: Manifest, wish: ThresholdWish = {}): Judgement {
  const { threshold, normaliser, calibration } = manifest;
  const { thresholdRule, falseAlarms, sensitivity } = wish;
  const asked = [thresholdRule, falseAlarms].some((each) => each !== undefined);
  const moved = asked || sensitivity !== undefined;
  const own = {
    ...(threshold && { rule: threshold.rule }),
    ...(threshold && 'falseAlarms' in threshold && { falseAlarms: threshold.falseAlarms }),
  };
  const chosen = asked ? choose(manifest, wish) : { ...own, value: threshold?.value };
  if (chosen.value === undefined || normaliser === null) {
    if (!moved) return { moved };
    throw scoringError(
      'SCORING_NO_CALIBRATION',
      'The model has no threshold and no normalised score, so there is nothing to move. Train it again with memae train.',
    );
  }
  const { value, ...how } = chosen;
  const before = { threshold: value, scale: normaliser.scale };
  const after = sensitivity === undefined ? before : withSensitivity(before, sensitivity);
  const advice = asked && adviceOn(calibration, how);
  return {
    ...how,
    ...(sensitivity !== undefined && { sensitivity }),
    moved,
    decision: { ...after, threshold: Math.fround(after.threshold) },
    ...(how.rule === 'conformal' && calibration && { calibration }),
    ...(advice && { advice }),
  };
}

/** As the model says, or by another threshold. */
export function judge(scored: Scored, { decision, moved, calibration }: Judgement): Judged {
  const { scores } = scored;
  return {
    ...scored,
    ...(moved &&
      decision && {
        normalised: Float32Array.from(normaliseScores(scores, decision)),
        labels: Uint8Array.from(scores, (score) => (score > decision.threshold ? 1 : 0)),
      }),
    ...(calibration && { pValues: conformalPValues(scores, calibration) }),
  };
}

function choose(
  { threshold, calibration }: Manifest,
  { thresholdRule, falseAlarms }: ThresholdWish,
): { rule: ThresholdRule; value: number; falseAlarms?: number } {
  if (calibration === undefined) {
    throw scoringError(
      'SCORING_NO_CALIBRATION',
      'The model keeps no scores to choose a threshold by: it is of an earlier version. Train it again; or keep those ' +
        'of labelled samples, by memae evaluate with --data and --calibrate; or move the threshold it has by --sensitivity.',
    );
  }
  const own = threshold !== null && 'falseAlarms' in threshold ? threshold : undefined;
  const rule = thresholdRule ?? own?.rule ?? 'quantile';
  if (rule !== 'f1') {
    const rate = falseAlarms ?? own?.falseAlarms ?? defaultFalseAlarms;
    const choice = { rule, falseAlarms: rate };
    return { ...choice, value: chooseThreshold(calibration, choice) };
  }
  if (falseAlarms !== undefined) {
    throw scoringError(
      'SCORING_BAD_OPTION',
      `The rule f1 looks at labelled anomalies, not at a rate: leave --false-alarms out, or name another rule (${normalRules.join(', ')}).`,
    );
  }
  if (calibration.labelled === undefined) {
    throw scoringError(
      'SCORING_NO_CALIBRATION',
      'The rule f1 needs the scores of labelled anomalies, and the model keeps those of normal samples alone. Keep ' +
        'some first: memae evaluate RUN --data LABELLED --calibrate.',
    );
  }
  return { rule, value: chooseThreshold(calibration, { rule }) };
}

/** What the scores at hand cannot do, if that is so. */
export function adviceOn(
  calibration: Calibration | undefined,
  { rule, falseAlarms }: { readonly rule?: Threshold['rule']; readonly falseAlarms?: number },
): string | undefined {
  if (calibration === undefined) return undefined;
  const { samples, normal } = calibration;
  if (samples > 1 && normal[0] === normal.at(-1)) {
    return (
      `All ${samples} samples that the threshold is chosen by have the score ${figure(normal[0] ?? NaN)}: the model ` +
      'does not tell them apart.'
    );
  }
  const smallest = smallestFalseAlarms(samples);
  if (rule !== 'quantile' || falseAlarms === undefined || falseAlarms >= smallest) return undefined;
  return (
    `${percent(falseAlarms)} false alarms take ${Math.ceil(1 / falseAlarms - 1e-9) - 1} held-out samples, but there ` +
    `are ${samples}: the threshold is the highest of their scores, and ${percent(smallest)} of normal samples are ` +
    'expected above it.'
  );
}

/** How a threshold was chosen, in words: `tail, 1 % false alarms`. */
export function inRule({
  rule = 'given',
  falseAlarms,
  sensitivity,
}: Pick<Judgement, 'rule' | 'falseAlarms' | 'sensitivity'>): string {
  const bound = rule === 'conformal' ? 'at most ' : '';
  const rate = falseAlarms === undefined ? '' : `, ${bound}${percent(falseAlarms)} false alarms`;
  return `${rule}${rate}${sensitivity === undefined ? '' : `, sensitivity ${sensitivity}`}`;
}

function percent(share: number): string {
  return `${figure(100 * share)} %`;
}

/** A number to four figures. */
function figure(value: number): string {
  return String(Number(value.toPrecision(4)));
}
