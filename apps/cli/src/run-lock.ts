// One training at a time in a run's folder: a file there says which process it is.

import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { hasCode } from '@memae/graph';
import { cliError, reasonOf } from './error.ts';
import type { RunFolder } from './run-folder.ts';

/** By this process: one that was killed may have had the same id, as in a container that is started again. */
const held = new Set<string>();

/**
 * Keeps other trainings out of a folder, which must exist, until disposed of or the process exits.
 * @throws `CLI_RUN_BUSY`, `CLI_UNWRITABLE`
 */
export function lockRun(folder: RunFolder): AsyncDisposable {
  const { lock } = folder;
  requireUnlocked(folder);
  try {
    // Left by a process that was killed.
    rmSync(lock, { force: true });
    writeFileSync(lock, `${process.pid} ${hostname()}\n`, { flag: 'wx' });
  } catch (error) {
    if (hasCode(error, 'EEXIST')) requireUnlocked(folder);
    const message = `${lock} cannot be written: ${reasonOf(error)}. Make room or choose another folder.`;
    throw cliError('CLI_UNWRITABLE', message, error);
  }
  held.add(lock);
  const release = (): void => {
    held.delete(lock);
    rmSync(lock, { force: true });
  };
  process.once('exit', release);
  return {
    [Symbol.asyncDispose]: () => {
      process.off('exit', release);
      release();
      return Promise.resolve();
    },
  };
}

/**
 * Refuses a folder in which another process trains, as far as can be told.
 * @throws `CLI_RUN_BUSY` naming it
 */
export function requireUnlocked({ path, lock }: RunFolder): void {
  const holder = holderOf(lock);
  if (holder === undefined) return;
  throw cliError(
    'CLI_RUN_BUSY',
    `${path} is in use: ${holder} trains there. Wait until it is done, or choose another folder. If it runs no more, ` +
      `remove ${lock}.`,
  );
}

function holderOf(lock: string): string | undefined {
  let text: string;
  try {
    text = readFileSync(lock, 'utf8');
  } catch {
    return existsSync(lock) ? 'another process' : undefined;
  }
  const [, pid, host] = /^([1-9]\d*) (\S+)\n$/.exec(text) ?? [];
  if (pid === undefined) return 'another process';
  const lives = Number(pid) === process.pid ? held.has(lock) : isAlive(Number(pid));
  return host === hostname() && !lives ? undefined : `process ${pid} of the host ${host}`;
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // Another user's process may not be sent anything, but is there.
    return !hasCode(error, 'ESRCH');
  }
}
