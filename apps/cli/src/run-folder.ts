// The folder of one run, and how far the run in it has come.

import { existsSync } from 'node:fs';
import { access, constants, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { cliError, reasonOf } from './error.ts';

export interface RunFolder {
  readonly path: string;
  /** The resolved configuration. */
  readonly config: string;
  /** There while training is under way or stopped. */
  readonly checkpoint: string;
  /** There once a run has finished, also while another is trained over it. */
  readonly manifest: string;
  /** There while a process trains; see `lockRun`. */
  readonly lock: string;
}

export function runFolder(path: string): RunFolder {
  return {
    path,
    config: join(path, 'run.json'),
    checkpoint: join(path, 'checkpoint.safetensors'),
    manifest: join(path, 'manifest.json'),
    lock: join(path, 'run.lock'),
  };
}

/** Whether the folder holds a finished run. */
export function isFinished({ manifest }: RunFolder): boolean {
  return existsSync(manifest);
}

/**
 * Makes the folder, or makes sure that it can be written to, before any work is done for it.
 * @throws `CLI_UNWRITABLE`
 */
export async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path, { recursive: true });
    await access(path, constants.W_OK);
  } catch (error) {
    throw cliError(
      'CLI_UNWRITABLE',
      `${path} cannot be written to: ${reasonOf(error)}. Choose another folder.`,
      error,
    );
  }
}

/**
 * Refuses a folder whose contents would be lost without a word.
 * @throws `CLI_RUN_EXISTS`, `CLI_CHECKPOINT_EXISTS`
 */
export function requireFree(
  folder: RunFolder,
  { resume, force }: { readonly resume: boolean; readonly force: boolean },
): void {
  const { path, checkpoint } = folder;
  if (force) return;
  if (existsSync(checkpoint)) {
    if (resume) return;
    throw cliError(
      'CLI_CHECKPOINT_EXISTS',
      `${path} holds the checkpoint of a run that was stopped. Add --resume to go on from there, ` +
        'or --force to train from the start.',
    );
  }
  if (isFinished(folder)) {
    throw cliError(
      'CLI_RUN_EXISTS',
      `${path} holds a finished run. Choose another folder, or add --force to train over it.`,
    );
  }
}
