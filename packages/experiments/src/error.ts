// What an experiment refuses, by name.

import { MemaeError } from '@memae/graph';

/**
 * `EXPERIMENT_BAD_OPTION` (no methods, or two of one id), `EXPERIMENT_EXPORT_DIFFERS` (the exported
 * model does not give the trainer's scores), `EXPERIMENT_UNWRITABLE` (the folder to write to).
 */
export type ExperimentErrorCode =
  'EXPERIMENT_BAD_OPTION' | 'EXPERIMENT_EXPORT_DIFFERS' | 'EXPERIMENT_UNWRITABLE';

export function experimentError(
  code: ExperimentErrorCode,
  message: string,
): MemaeError<ExperimentErrorCode> {
  return new MemaeError(code, message);
}
