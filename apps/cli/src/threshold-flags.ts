// Flags of the threshold.

import { Option } from '@commander-js/extra-typings';
import { normalRules, thresholdRules } from '@memae/metrics';
import { between0and1 } from './parse.ts';

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
