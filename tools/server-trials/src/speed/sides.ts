// What is compared: the model in this machine's memory, our server, and servers in Python, each in processes of its own.

import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { Keep } from '../keeping.ts';
import { type Program, freePort, startOther, startServer } from '../program.ts';
import type { Encoding } from '../wire.ts';
import type { Question } from './in-process.ts';
import type { Speed } from './wrk.ts';

export interface ServerSide {
  readonly name: string;
  readonly url: string;
  readonly cpu: Program['cpu'];
  readonly encodings: readonly Encoding[];
}

interface StartOptions {
  readonly folder: string;
  readonly threads: number;
  /** For files that a side wants. */
  readonly scratch: string;
  readonly keep: Keep;
}

/** Like Python's servers, which leave each run to a thread of their own, as many at a time as there are cores. */
const flags = ['--max-batch-size', '256', '--instances', String(availableParallelism())];

/** Those servers that can be had here; of others stderr tells why not. */
export async function startSides(options: StartOptions): Promise<readonly ServerSide[]> {
  const { folder, threads, keep } = options;
  const ours = keep(
    await startServer({ words: [`model=${folder}`, '--threads', String(threads), ...flags] }),
  );
  const sides: ServerSide[] = [{ ...ours, name: 'memae', encodings: ['binary', 'json'] }];
  const { MEMAE_PYTHON: python, MEMAE_MLSERVER: mlserver } = process.env;
  if (python === undefined) console.error('MEMAE_PYTHON is not set: FastAPI is left out.');
  else {
    const server = keep(await startFastApi(python, options));
    sides.push({ ...server, name: 'FastAPI', encodings: ['binary', 'json'] });
  }
  if (mlserver === undefined) console.error('MEMAE_MLSERVER is not set: MLServer is left out.');
  else {
    const server = keep(await startMlServer(mlserver, options));
    sides.push({ ...server, name: 'MLServer', encodings: ['json'] });
  }
  return sides;
}

async function startFastApi(python: string, { folder, threads }: StartOptions): Promise<Program> {
  const port = await freePort();
  const script = join(import.meta.dirname, 'python_server.py');
  const words = [script, join(folder, 'model.onnx'), String(port), String(threads)];
  return startOther(python, { words, port });
}

/** @param command `mlserver`, as pip installs it */
async function startMlServer(
  command: string,
  { folder, threads, scratch }: StartOptions,
): Promise<Program> {
  const [http_port, grpc_port, metrics_port] = [
    await freePort(),
    await freePort(),
    await freePort(),
  ];
  const settings = { host: '127.0.0.1', http_port, grpc_port, metrics_port, parallel_workers: 0 };
  const quiet = { debug: false, use_structured_logging: false };
  await writeFile(join(scratch, 'settings.json'), JSON.stringify({ ...settings, ...quiet }));
  const model = { name: 'model', implementation: 'onnx_runtime.OnnxModel' };
  await writeFile(join(scratch, 'model-settings.json'), JSON.stringify(model));
  return startOther(command, {
    words: ['start', scratch],
    port: http_port,
    env: {
      PYTHONPATH: join(import.meta.dirname, 'mlserver'),
      BENCH_MODEL: join(folder, 'model.onnx'),
      BENCH_THREADS: String(threads),
    },
  });
}

/** The model without a server; `in-process.ts` is its other end. */
export function startInProcess(keep: Keep) {
  const child: ChildProcess = fork(join(import.meta.dirname, 'in-process.ts'));
  keep({ [Symbol.dispose]: () => void child.kill() });
  return async (question: Question): Promise<Speed> => {
    child.send(question);
    const [speed] = (await once(child, 'message')) as [Speed];
    return speed;
  };
}
