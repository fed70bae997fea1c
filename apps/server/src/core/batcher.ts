// Dynamic batching, in Triton's vocabulary: requests that wait for a model are computed together, and answered each for
// itself. First come, first served; the queue is bounded, and whoever has gone or cannot be answered in time leaves it.

import type { OnnxExecutable } from '@memae/backend/ort';
import type { AnyNdArray } from '@memae/graph';
import type { TensorSpec } from '@memae/onnx';

import { abortError, serverError } from './error.ts';
import type { BatchReport, RequestReport } from './observer.ts';
import { concatenate, rowsBetween } from './rows.ts';

export interface BatchLimits {
  /** Samples in one execution, and so in one request. */
  readonly maxBatchSize: number;
  /** How long a request may wait for others while an instance is free; Node.js rounds up to milliseconds. */
  readonly maxQueueDelayMicroseconds: number;
  /** Requests that wait; more are refused. */
  readonly maxQueueSize: number;
}

export interface BatcherOptions extends BatchLimits {
  /** The model, once for each execution that may go on at a time; they may take over what they are fed. */
  readonly instances: readonly OnnxExecutable[];
  /** The name of the one input. */
  readonly input: string;
  readonly outputs: Readonly<Record<string, TensorSpec>>;
  /** Milliseconds, from any start. */
  readonly clock: () => number;
  readonly onBatch: (report: BatchReport) => void;
}

export type Results = Readonly<Record<string, AnyNdArray>>;

interface RunOptions {
  /** Names of the outputs wanted. */
  readonly outputs: readonly string[];
  /** Milliseconds from now, by which an answer is of use. */
  readonly timeout: number;
  /** Aborted when whoever asked has gone, or with a `TimeoutError` when an answer is of no use any more. */
  readonly signal?: AbortSignal | undefined;
  /** Told once its batch is computed. */
  readonly onComputed?: (times: Pick<RequestReport, 'queued' | 'computed'>) => void;
}

export interface Batcher {
  /**
   * The outputs for `samples`, of which there are `maxBatchSize` at most.
   * @throws `SERVER_BUSY`, `SERVER_DEADLINE`, `SERVER_CANCELLED`, `BACKEND_FAILED`
   */
  readonly run: (samples: AnyNdArray, options: RunOptions) => Promise<Results>;
  /** How many requests wait. */
  readonly queued: () => number;
}

interface Job {
  readonly samples: AnyNdArray;
  readonly outputs: readonly string[];
  readonly arrived: number;
  readonly onComputed: RunOptions['onComputed'];
  readonly settle: (outcome: { readonly results: Results } | { readonly error: Error }) => void;
}

export function createBatcher(options: BatcherOptions): Batcher {
  const { maxBatchSize, maxQueueDelayMicroseconds, maxQueueSize, clock } = options;
  const free = [...options.instances];
  const queue: Job[] = [];
  let waiting = 0;
  let timer: NodeJS.Timeout | undefined;

  const leave = (job: Job): void => {
    const place = queue.indexOf(job);
    if (place < 0) return;
    queue.splice(place, 1);
    waiting -= lengthOf(job);
  };

  const takeBatch = (): Job[] => {
    const batch: Job[] = [];
    let room = maxBatchSize;
    for (let job = queue[0]; job !== undefined && lengthOf(job) <= room; job = queue[0]) {
      room -= lengthOf(job);
      leave(job);
      batch.push(job);
    }
    return batch;
  };

  const dispatch = (): void => {
    for (let [oldest] = queue; oldest !== undefined; [oldest] = queue) {
      const instance = free.at(-1);
      if (instance === undefined) return;
      const wait = oldest.arrived + maxQueueDelayMicroseconds / 1000 - clock();
      if (wait > 0 && waiting < maxBatchSize) {
        timer ??= setTimeout(() => {
          timer = undefined;
          dispatch();
        }, wait);
        return;
      }
      free.pop();
      void compute(instance, takeBatch()).then(() => {
        free.push(instance);
        dispatch();
      });
    }
  };

  const compute = async (instance: OnnxExecutable, batch: readonly Job[]): Promise<void> => {
    const began = clock();
    const samples = batch.map((job) => job.samples);
    const queued = batch.map(({ arrived }) => began - arrived);
    const wanted = [...new Set(batch.flatMap(({ outputs }) => outputs))];
    try {
      const results = await instance.run({ [options.input]: concatenate(samples) }, wanted);
      const computed = clock() - began;
      options.onBatch({ samples, queued, computed, results });
      let start = 0;
      for (const job of batch) {
        const end = start + lengthOf(job);
        job.onComputed?.({ queued: began - job.arrived, computed });
        job.settle({ results: part(results, job, { start, end }) });
        start = end;
      }
    } catch (reason) {
      const error = reason instanceof Error ? reason : new Error(String(reason));
      options.onBatch({ samples, queued, computed: clock() - began });
      for (const job of batch) job.settle({ error });
    }
  };

  /** A job's own rows of what was computed for the batch. */
  const part = (
    results: Results,
    { outputs }: Job,
    { start, end }: { readonly start: number; readonly end: number },
  ): Results =>
    Object.fromEntries(
      outputs.flatMap((name) => {
        const array = results[name];
        if (array === undefined) return [];
        return [
          [
            name,
            options.outputs[name]?.dims[0] === 'batch' ? rowsBetween(array, start, end) : array,
          ],
        ];
      }),
    );

  return {
    queued: () => queue.length,
    run: (samples, { outputs, timeout, signal, onComputed }) =>
      new Promise((resolve, reject) => {
        if (queue.length >= maxQueueSize) {
          const message = `${queue.length} requests wait already, and no more may. Try again later.`;
          reject(serverError('SERVER_BUSY', message));
          return;
        }
        const gone = (): void => {
          job.settle({ error: abortError(signal?.reason) });
        };
        const late = setTimeout(() => {
          const message = `There was no answer within ${timeout} ms. Try again later.`;
          job.settle({ error: serverError('SERVER_DEADLINE', message) });
        }, timeout);
        const job: Job = {
          samples,
          outputs,
          arrived: clock(),
          onComputed,
          // Of several calls the first counts, as with any promise.
          settle: (outcome) => {
            clearTimeout(late);
            signal?.removeEventListener('abort', gone);
            leave(job);
            if ('results' in outcome) resolve(outcome.results);
            else reject(outcome.error);
          },
        };
        signal?.addEventListener('abort', gone, { once: true });
        queue.push(job);
        waiting += lengthOf(job);
        if (signal?.aborted === true) gone();
        else dispatch();
      }),
  };
}

function lengthOf({ samples }: Pick<Job, 'samples'>): number {
  return samples.shape[0] ?? 0;
}
