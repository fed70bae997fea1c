// For tests: the real program in a process of its own.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Ended } from './world.ts';

const main = join(import.meta.dirname, '..', 'main.ts');

export interface Child {
  readonly process: ChildProcess;
  /** Settles when this is seen on stderr, or the process has ended. */
  readonly saw: (text: string) => Promise<void>;
  /** The status is -1 for a process that was killed. */
  readonly ended: Promise<Ended>;
}

/** Starts `memae` with sources as they are; `nodeOptions` go before the program. */
export function start(
  line: string,
  {
    cwd,
    nodeOptions = [],
    env = {},
  }: {
    readonly cwd: string;
    readonly nodeOptions?: readonly string[];
    readonly env?: Readonly<Record<string, string>>;
  },
): Child {
  const args = ['--conditions=@memae/source', ...nodeOptions, main, ...line.split(/\s+/)];
  const child = spawn(process.execPath, args, {
    cwd,
    env: { ...process.env, XDG_CACHE_HOME: join(cwd, 'cache'), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk.toString();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  const closed = once(child, 'close');
  return {
    process: child,
    saw: async (text) => {
      while (!stderr.includes(text) && child.exitCode === null && child.signalCode === null) {
        await Promise.race([once(child.stderr, 'data'), closed]);
      }
    },
    ended: closed.then(() => ({ status: child.exitCode ?? -1, stdout, stderr })),
  };
}
