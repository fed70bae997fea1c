// Runs programs, with what they say on our standard error.

import { spawnSync } from 'node:child_process';

/** Runs `[program, ...arguments]` and gives what it printed if it is to be `read`; throws where it fails. */
export function run(
  [program = '', ...args]: readonly string[],
  { what, read = false }: { readonly what: string; readonly read?: boolean },
): string {
  const { status, signal, error, stdout } = spawnSync(program, args, {
    stdio: ['ignore', read ? 'pipe' : 2, 2],
    encoding: 'utf8',
  });
  if (status !== 0) {
    const why = error?.message ?? (signal ? `ended by ${signal}` : `status ${status ?? 0}`);
    throw new Error(`${what} failed (${why}): ${[program, ...args].join(' ')}`);
  }
  return read ? stdout : '';
}

/** The first of the programs that answers to `args` with success. */
export function firstThatRuns(
  programs: readonly string[],
  args: readonly string[],
): string | undefined {
  return programs.find((each) => spawnSync(each, args, { stdio: 'ignore' }).status === 0);
}
