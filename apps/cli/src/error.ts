// What the command line itself refuses, beside the errors that come from the packages.

import { MemaeError } from '@memae/graph';

export type CliErrorCode =
  /** A command line or a configuration that cannot be understood. */
  | 'CLI_USAGE'
  /** The folder holds a finished run. */
  | 'CLI_RUN_EXISTS'
  /** The folder holds the checkpoint of a run that was stopped. */
  | 'CLI_CHECKPOINT_EXISTS'
  /** Another process trains in the folder. */
  | 'CLI_RUN_BUSY'
  /** The run to go on with is of other data or other settings than those asked for. */
  | 'CLI_CHECKPOINT_DIFFERS'
  /** The data are not those that the model was trained on. */
  | 'CLI_DATA_DIFFERS'
  /** The run that training went on from has been trained anew. */
  | 'CLI_RUN_CHANGED'
  /** A file of scores cannot be evaluated as it is. */
  | 'CLI_BAD_SCORES'
  /** The command needs another engine than the one asked for. */
  | 'CLI_WRONG_ENGINE'
  /** A file or folder cannot be read. */
  | 'CLI_UNREADABLE'
  /** A file or folder cannot be written. */
  | 'CLI_UNWRITABLE'
  /** A file could not be written whole; what there is of it is kept. */
  | 'CLI_OUTPUT_PARTIAL'
  /** What was kept of a file is not what comes now. */
  | 'CLI_OUTPUT_DIFFERS'
  /** More samples than are told at once. */
  | 'CLI_TOO_MANY'
  /** Stopped by a signal. */
  | 'CLI_INTERRUPTED'
  /** A defect of this program. */
  | 'CLI_INTERNAL';

export function cliError(
  code: CliErrorCode,
  message: string,
  cause?: unknown,
): MemaeError<CliErrorCode> {
  return new MemaeError(code, message, cause === undefined ? undefined : { cause });
}

/** What went wrong, in words, whatever was thrown. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
