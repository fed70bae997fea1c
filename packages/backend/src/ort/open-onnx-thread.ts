// A finished model in a thread of its own. onnxruntime-node computes on the thread that calls it, so who must answer
// others meanwhile, as a server must, has it called from another.

import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import { Worker, type WorkerOptions } from 'node:worker_threads';
import type { AnyNdArray } from '@memae/graph';
import type { Feeds } from '../backend.ts';
import { type BackendErrorCode, backendError } from '../error.ts';
import type { OrtOptions } from './index.ts';
import type { OnnxExecutable } from './open-onnx.ts';
import { engineId, silenceTelemetry } from './runtime.ts';

export interface ThreadData {
  readonly model: Uint8Array;
  readonly threads: number;
}

/** To the thread: feeds to run, or none to end it once what came before is answered. */
export interface Call {
  readonly feeds?: Feeds;
  readonly outputs?: readonly string[];
}

type Results = Readonly<Record<string, AnyNdArray>>;

/** From the thread: first that it is ready or why not; then, in their order, an answer a call. */
export interface Answer {
  readonly ready?: Pick<OnnxExecutable, 'inputs' | 'outputs'>;
  readonly results?: Results;
  readonly failure?: { readonly code: string; readonly message: string };
}

export interface OnnxThreadOptions extends OrtOptions {
  /** Whether feeds are handed over, which spares copies: whoever gave them has them no more. */
  readonly transferFeeds?: boolean;
}

interface Waiting {
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: Error) => void;
}

/**
 * `openOnnx`, computed beside the caller's thread. Feeds are copied to it unless they are transferred, results are handed over.
 * @throws as `openOnnx`; `BACKEND_FAILED` when the thread ends by itself, `BACKEND_DISPOSED`
 */
export async function openOnnxThread(
  model: Uint8Array,
  { threads = availableParallelism(), transferFeeds = false }: OnnxThreadOptions = {},
): Promise<OnnxExecutable> {
  const data: ThreadData = { model, threads };
  silenceTelemetry();
  const script = createRequire(import.meta.url).resolve('@memae/backend/ort-thread');
  const worker = new Worker(script, { workerData: data, ...threadOptions(process.execArgv) });
  const ended = new Promise<void>((resolve) => {
    worker.once('exit', () => {
      resolve();
    });
  });
  const waiting: Waiting[] = [];
  let over: Error | undefined;
  const end = (error: Error): void => {
    over ??= error;
    for (const { reject } of waiting.splice(0)) reject(over);
  };
  worker.on('message', (answer: Answer) => {
    const { code, message } = answer.failure ?? {};
    const call = waiting.shift();
    if (message === undefined) call?.resolve(answer);
    else call?.reject(failed(code as BackendErrorCode, message.replace(`${engineId}: `, '')));
  });
  worker.on('error', (error) => {
    end(failed('BACKEND_FAILED', `the thread broke: ${error.message}`, error));
  });
  worker.on('exit', (status) => {
    end(failed('BACKEND_FAILED', `the thread ended with status ${status}.`));
  });
  const answer = (call?: Call): Promise<Answer> =>
    new Promise((resolve, reject) => {
      if (over !== undefined) {
        reject(over);
        return;
      }
      waiting.push({ resolve, reject });
      if (call === undefined) return;
      const feeds = transferFeeds ? Object.values(call.feeds ?? {}) : [];
      worker.postMessage(
        call,
        feeds.map(({ data }) => data.buffer as ArrayBuffer),
      );
    });

  const { ready = { inputs: [], outputs: [] } } = await answer();
  return {
    ...ready,
    run: async (feeds, outputs = ready.outputs) =>
      (await answer({ feeds, outputs: [...outputs] })).results ?? {},
    [Symbol.asyncDispose]: () => {
      if (over === undefined) {
        over = failed('BACKEND_DISPOSED', 'the model has been closed; open it again.');
        worker.postMessage({} satisfies Call);
      }
      return ended;
    },
  };
}

function failed(code: BackendErrorCode, message: string, cause?: unknown): Error {
  return backendError(engineId, code, { message, cause });
}

/**
 * A thread has Node's options from its process. The one that tells how to read a program that is no file must not be
 * among them, as a thread's program is one; only then are they given, for a list that is given may hold none of V8's.
 */
function threadOptions(options: readonly string[]): WorkerOptions {
  const isInputType = (option: string | undefined) => option?.startsWith('--input-type') === true;
  if (!options.some(isInputType)) return {};
  return {
    execArgv: options.filter(
      (option, i) => !isInputType(option) && options[i - 1] !== '--input-type',
    ),
  };
}
