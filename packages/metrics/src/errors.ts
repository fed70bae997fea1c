// The reasons why this package refuses its input; the README explains each.

import { MemaeError } from '@memae/graph';

export const metricErrorCodes = [
  'METRIC_EMPTY',
  'METRIC_NOT_FINITE',
  'METRIC_LENGTH_MISMATCH',
  'METRIC_BAD_LABEL',
  'METRIC_SINGLE_CLASS',
  'METRIC_BAD_OPTION',
  'METRIC_TOO_FEW',
  'METRIC_CONSTANT',
  'METRIC_NOT_SEPARATED',
] as const;

export type MetricErrorCode = (typeof metricErrorCodes)[number];

/** The error with this code; made here so that a misspelt code does not compile. */
export function metricError(code: MetricErrorCode, message: string): MemaeError<MetricErrorCode> {
  return new MemaeError(code, message);
}
