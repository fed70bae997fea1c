// What an experiment refuses, by name.

import { MemaeError } from '@memae/graph';

/**
 * `EXPERIMENT_UNKNOWN` (no such table or figure), `EXPERIMENT_BAD_OPTION` (methods, cases or settings
 * that cannot be), `EXPERIMENT_BAD_ROWS` (a file of trials or of their pictures that holds something else),
 * `EXPERIMENT_NO_ROWS` (a report asked for before any trial), `EXPERIMENT_EXPORT_DIFFERS` (the exported
 * model does not give the trainer's scores), `EXPERIMENT_UNWRITABLE` (the folder to write to).
 */
export type ExperimentErrorCode =
  | 'EXPERIMENT_UNKNOWN'
  | 'EXPERIMENT_BAD_OPTION'
  | 'EXPERIMENT_BAD_ROWS'
  | 'EXPERIMENT_NO_ROWS'
  | 'EXPERIMENT_EXPORT_DIFFERS'
  | 'EXPERIMENT_UNWRITABLE';

/** The error with this code; made here so that a misspelt code does not compile. */
export function experimentError(
  code: ExperimentErrorCode,
  message: string,
): MemaeError<ExperimentErrorCode> {
  return new MemaeError(code, message);
}
