// Runs commands, in this environment or in the one that a user's shell would give them.

import { execFile } from 'node:child_process';
import { delimiter } from 'node:path';
import { promisify } from 'node:util';

const execute = promisify(execFile);

/** Runs `[program, ...arguments]` and gives what it printed; throws with what it complained of. */
export async function command(
  [program = '', ...args]: readonly string[],
  { folder, environment }: { readonly folder: string; readonly environment?: NodeJS.ProcessEnv },
): Promise<string> {
  try {
    const settings = { cwd: folder, env: environment, maxBuffer: 2 ** 26 };
    return (await execute(program, args, settings)).stdout;
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
    const said = `${stdout}\n${stderr}`.trim().split('\n').slice(-20).join('\n');
    throw new Error(`${[program, ...args].join(' ')}\n${said || String(error)}`, { cause: error });
  }
}

/** The machine's own Node and npm instead of the workspace's, and no download of CUDA libraries. */
export function usersEnvironment(): NodeJS.ProcessEnv {
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  return {
    ...process.env,
    PATH: folders.filter((folder) => !folder.includes('node_modules')).join(delimiter),
    ONNXRUNTIME_NODE_INSTALL: 'skip',
  };
}
