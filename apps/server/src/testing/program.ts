// For tests: the program in a process of its own, and what it says, from its beginning.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

const main = join(import.meta.dirname, '../main.ts');

export interface StartOptions {
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** Starts it in a test, which it does not outlive. */
export function startProgram(cwd: string, { args, env }: StartOptions) {
  const started = spawn(process.execPath, ['--conditions=@memae/source', main, ...args], {
    cwd,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  onTestFinished(() => void started.kill('SIGKILL'));
  let [stdout, stderr] = ['', ''];
  started.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  started.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  const ended = once(started, 'close').then(() => ({
    ...{ status: started.exitCode, signal: started.signalCode, stdout, stderr },
  }));
  const url = async (): Promise<string> => {
    while (!stdout.includes('\n') && started.exitCode === null) {
      await Promise.race([once(started.stdout, 'data'), ended]);
    }
    return /https?:\S+/.exec(stdout)?.[0] ?? stderr;
  };
  /** Where gRPC is spoken, as a client in TypeScript names it. */
  const grpcUrl = async (): Promise<string> => {
    await url();
    return (/grpcs?:\S+/.exec(stdout)?.[0] ?? stderr).replace('grpc', 'http');
  };
  return {
    kill: (signal: NodeJS.Signals) => started.kill(signal),
    ...{ ended, url, grpcUrl, said: () => stderr },
  };
}
