// wrk, which sends requests over kept connections at little cost of its own: `apt-get install wrk`.

import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Program } from '../program.ts';
import type { Message } from '../wire.ts';

const run = promisify(execFile);

/** Requests a second, and milliseconds of one. */
export interface Speed {
  readonly rate: number;
  readonly p50: number;
  readonly p99: number;
  /** Milliseconds of processor time that the side takes for one. */
  readonly cpu: number;
}

export interface LoadOptions {
  readonly url: string;
  readonly cpu: Program['cpu'];
  readonly message: Message;
  readonly connections: number;
  readonly seconds: number;
  /** For the body. */
  readonly folder: string;
}

/** What wrk.lua prints. */
interface Told extends Omit<Speed, 'cpu'> {
  readonly failed: number;
  readonly requests: number;
}

/** @throws where any request fails: a rate of failures is none */
export async function loadBy(options: LoadOptions): Promise<Speed> {
  const { url, cpu, message, connections, seconds, folder } = options;
  const file = join(folder, 'body');
  await writeFile(file, message.body);
  const script = join(import.meta.dirname, 'wrk.lua');
  const limits = ['-t1', `-c${connections}`, `-d${seconds}s`, '--timeout', '30s'];
  const headers = Object.entries(message.headers).flat();
  const before = await cpu();
  const { stdout } = await run('wrk', [...limits, '-s', script, url, '--', file, ...headers]);
  const taken = 1000 * ((await cpu()) - before);
  const told = JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Told;
  const { failed, requests, ...speed } = told;
  if (failed > 0) throw new Error(`${failed} requests to ${url} failed: ${stdout}`);
  return { ...speed, cpu: taken / requests };
}
