// A folder to write to, made sure of before any work.

import { access, constants, mkdir } from 'node:fs/promises';
import { experimentError } from './error.ts';

/** @throws `EXPERIMENT_UNWRITABLE` */
export async function requireWritable(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
    await access(folder, constants.W_OK);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw experimentError(
      'EXPERIMENT_UNWRITABLE',
      `The report and what belongs to it go to ${folder}, but it cannot be written: ${reason}. ` +
        'Choose another folder.',
    );
  }
}
