// The threshold at scoring time: the one that the run has, or another by the scores that were kept with the model.

import { Option } from '@commander-js/extra-typings';
import {
  type Calibration,
  type Decision,
  type ThresholdRule,
  chooseThreshold,
  normalRules,
  smallestFalseAlarms,
  thresholdRules,
  withSensitivity,
} from '@memae/metrics';
import type { Manifest, Threshold } from '@memae/onnx';
import { cliError } from './error.ts';
import { figure } from './progress.ts';
import { between0and1 } from './parse.ts';

/** The rate of false alarms, unless another is asked for. */
export const defaultFalseAlarms = 0.05;

export interface ThresholdFlags {
  readonly thresholdRule?: ThresholdRule | undefined;
  readonly falseAlarms?: number | undefined;
  readonly sensitivity?: number | undefined;
}

export const normalRuleOption = () =>
  new Option(
    '--threshold-rule <name>',
    'how the threshold is chosen by held-out normal samples (default: quantile)',
  ).choices(normalRules);

export const falseAlarmsOption = (otherwise: string) =>
  new Option(
    '--false-alarms <share>',
    `the share of normal samples that may be flagged, as 0.01 (default: ${otherwise})`,
  ).argParser(between0and1);

export const thresholdRuleOption = () =>
  new Option(
    '--threshold-rule <name>',
    'choose the threshold anew, by the scores kept with the model (default: as the run has it)',
  ).choices(thresholdRules);

export const sensitivityOption = () =>
  new Option(
    '--sensitivity <share>',
    'move the threshold: flag what is normalised above 1 less this (default: 0.5)',
  ).argParser(between0and1);

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

/**
 * Where the line is, by what was asked for, or else by the run.
 * @throws `CLI_NO_CALIBRATION` where the model keeps nothing to choose another by, `CLI_USAGE` for a rate with the
 *   rule f1; `METRIC_TOO_FEW`, `METRIC_CONSTANT`, `METRIC_SINGLE_CLASS`, `METRIC_NOT_SEPARATED` as the rule
 */
export function judgementOf(manifest: Manifest, flags: ThresholdFlags): Judgement {
  const { threshold, normaliser, calibration } = manifest;
  const { thresholdRule, falseAlarms, sensitivity } = flags;
  const asked = [thresholdRule, falseAlarms].some((flag) => flag !== undefined);
  const moved = asked || sensitivity !== undefined;
  const own = {
    ...(threshold && { rule: threshold.rule }),
    ...(threshold && 'falseAlarms' in threshold && { falseAlarms: threshold.falseAlarms }),
  };
  const chosen = asked ? choose(manifest, flags) : { ...own, value: threshold?.value };
  if (chosen.value === undefined || normaliser === null) {
    if (!moved) return { moved };
    throw cliError(
      'CLI_NO_CALIBRATION',
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

function choose(
  { threshold, calibration }: Manifest,
  { thresholdRule, falseAlarms }: ThresholdFlags,
): { rule: ThresholdRule; value: number; falseAlarms?: number } {
  if (calibration === undefined) {
    throw cliError(
      'CLI_NO_CALIBRATION',
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
    throw cliError(
      'CLI_USAGE',
      `The rule f1 looks at labelled anomalies, not at a rate: leave --false-alarms out, or name another rule (${normalRules.join(', ')}).`,
    );
  }
  if (calibration.labelled === undefined) {
    throw cliError(
      'CLI_NO_CALIBRATION',
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
