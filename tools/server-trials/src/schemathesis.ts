// schemathesis, from PyPI, on /openapi.json: requests that fit the server's schemas and requests that do not.
// https://schemathesis.readthedocs.io

import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Most of its requests are to reach the one model that is served. */
const config = `[[operations]]
include-path-regex = "^/(v2/)?models/"
parameters = { "path.model" = "model", "path.version" = "1" }
`;

export interface SchemathesisOptions {
  readonly url: string;
  /** Requests for each operation and phase at most. */
  readonly examples: number;
  readonly seed: number;
  /** For what it keeps of its runs. */
  readonly folder: string;
}

/** Runs it in `MEMAE_PYTHON`, if that has it; a 5xx other than 503 breaks. */
export async function schemathesis(
  { url, examples, seed, folder }: SchemathesisOptions,
  python = process.env['MEMAE_PYTHON'],
): Promise<{ readonly told: string; readonly broken: readonly string[] }> {
  if (!(await hasSchemathesis(python))) {
    return { told: 'left out: set MEMAE_PYTHON to a Python that has schemathesis', broken: [] };
  }
  await writeFile(join(folder, 'schemathesis.toml'), config);
  const words = [
    ...['-m', 'schemathesis.cli', 'run', `${url}/openapi.json`],
    ...['--checks', 'not_a_server_error', '--max-examples', String(examples)],
    ...['--seed', String(seed), '--mode', 'all', '--no-color', '--suppress-health-check', 'all'],
  ];
  const { stdout, stderr, failed } = await run(python ?? '', words, {
    maxBuffer: 2 ** 26,
    cwd: folder,
  }).then(
    (said) => ({ ...said, failed: false }),
    (error: unknown) => ({ stdout: '', stderr: '', ...saidOf(error), failed: true }),
  );
  const told = /\d+ generated[^\n]*/.exec(stdout)?.[0] ?? stdout.slice(-300);
  return { told, broken: failed ? [`schemathesis: ${(stdout + stderr).slice(-3000)}`] : [] };
}

/** What a program wrote that exited with another status than 0. */
function saidOf(error: unknown): { stdout?: string; stderr?: string } {
  return typeof error === 'object' && error !== null ? error : {};
}

function hasSchemathesis(python: string | undefined): Promise<boolean> {
  if (python === undefined) return Promise.resolve(false);
  return run(python, ['-c', 'import schemathesis']).then(
    () => true,
    () => false,
  );
}
