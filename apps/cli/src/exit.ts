// How a failure ends: the exit status, and what is said about it.

import { MemaeError } from '@memae/graph';
import type { CliContext } from './context.ts';
import { reasonOf } from './error.ts';

export const exitCodes = {
  ok: 0,
  /** The job failed. */
  failed: 1,
  /** The command line or the configuration is wrong. */
  usage: 2,
  /** `memae drift --fail`: the data have changed. */
  drifted: 3,
  /** Ctrl-C, as shells say it: 128 + SIGINT. */
  interrupted: 130,
  /** 128 + SIGTERM. */
  terminated: 143,
} as const;

export interface Failure {
  readonly status: number;
  readonly code: string;
  readonly message: string;
  /** Only when MEMAE_DEBUG is set. */
  readonly stack?: string;
}

/** Errors that another command line, not another try, puts right. */
const usageCodes = new Set([
  'CLI_USAGE',
  'DATASET_BAD_OPTION',
  'DETECTOR_BAD_OPTION',
  'DETECTOR_UNKNOWN',
  'EXPERIMENT_BAD_OPTION',
  'EXPERIMENT_UNKNOWN',
  'SERVER_BAD_OPTION',
  'SCORING_BAD_OPTION',
]);

/** What a command that failed ends with; an error of no code is told as a defect, with `MEMAE_DEBUG` its stack, too. */
export function describeError(error: unknown, { signal, env }: CliContext): Failure {
  const stack =
    env['MEMAE_DEBUG'] && error instanceof Error && error.stack !== undefined
      ? { stack: error.stack }
      : {};
  if (isInterruption(error, signal)) {
    const [code, message] = isMemaeError(error)
      ? [error.code, error.message]
      : [
          'CLI_INTERRUPTED',
          'Stopped before the job was done. What was there before is still there.',
        ];
    return { status: exitCodes.interrupted, code, message, ...stack };
  }
  if (isMemaeError(error)) {
    const { code, message } = error;
    const status = usageCodes.has(code) ? exitCodes.usage : exitCodes.failed;
    return { status, code, message, ...stack };
  }
  return {
    status: exitCodes.failed,
    code: 'CLI_INTERNAL',
    message:
      `${reasonOf(error)}. This looks like a defect of memae: run the command again with ` +
      'MEMAE_DEBUG=1 and report what it prints.',
    ...stack,
  };
}

/** Whether an error came of a signal, and is not one that happened to come after it. */
export function isInterruption(error: unknown, signal: AbortSignal): boolean {
  return isMemaeError(error) ? error.code === 'TRAIN_ABORTED' : signal.aborted;
}

/** By name, for there may be more than one copy of the class. */
function isMemaeError(error: unknown): error is MemaeError {
  return error instanceof MemaeError || (error instanceof Error && error.name === 'MemaeError');
}
