// One version of one model, ready to be asked: its description in the protocol's terms, and its answers.

import { type OnnxExecutable, openOnnxThread } from '@memae/backend/ort';
import { type AnyNdArray, createData, sizeOf } from '@memae/graph';
import { type Examples, type Manifest, readArtifact } from '@memae/onnx';
import { type BatchLimits, type Results, createBatcher } from './batcher.ts';
import { type WireTensor, datatypeOf } from './datatypes.ts';
import { serverError } from './error.ts';
import type { ModelId, Observer, RequestReport, ScoredReport } from './observer.ts';
import { type TensorMetadata, metadataOf, requireOutputs, samplesOf } from './tensors.ts';

export interface ModelOptions extends BatchLimits {
  /** How many executions of a model may go on at a time, each in a thread of its own. */
  readonly instances: number;
  /** Threads within an execution. */
  readonly threads: number;
  /** Milliseconds that a request may take, unless it asks for less. */
  readonly timeout: number;
  /** Milliseconds, from any start. */
  readonly clock: () => number;
  readonly observers: readonly Observer[];
}

export interface InferOptions {
  /** Names of the outputs wanted; all, unless given. */
  readonly outputs?: readonly string[] | undefined;
  /** Milliseconds; no more than the server's own limit counts. */
  readonly timeout?: number | undefined;
  /** Aborted when whoever asked has gone. */
  readonly signal?: AbortSignal | undefined;
}

export interface Model extends ModelId, AsyncDisposable {
  readonly manifest: Manifest;
  /** To explain scores by, and to try the model with; missing where the artifact keeps none. */
  readonly examples?: Examples;
  readonly inputs: readonly TensorMetadata[];
  readonly outputs: readonly TensorMetadata[];
  /**
   * What the protocol calls inference: tensors in, tensors out, in the order of the outputs asked for.
   * @throws `SERVER_BAD_REQUEST`, and as `run`
   */
  readonly infer: (
    inputs: readonly WireTensor[],
    options?: InferOptions,
  ) => Promise<readonly WireTensor[]>;
  /**
   * The same for samples as the model takes them.
   * @throws `SERVER_TOO_LARGE`, `SERVER_NOT_FINITE`, `SERVER_BUSY`, `SERVER_DEADLINE`, `SERVER_CANCELLED`, `BACKEND_FAILED`
   */
  readonly run: (samples: AnyNdArray, options?: InferOptions) => Promise<Results>;
  /** Lets observers know of scores that come of `run`; of its own, `infer` does. */
  readonly scored: (report: ScoredReport) => void;
  /** Samples in one request at most. */
  readonly maxBatchSize: number;
  /** How many requests wait. */
  readonly queued: () => number;
}

export interface ModelPlace extends ModelId {
  readonly folder: string;
}

/**
 * Reads the artifact in a folder, its checksum included, opens it and lets it compute once.
 * @throws as `readArtifact`; `BACKEND_FAILED`
 */
export async function openModel(
  { name, version, folder }: ModelPlace,
  { instances: count, threads, timeout: longest, clock, observers, ...limits }: ModelOptions,
): Promise<Model> {
  const { manifest, model, examples } = await readArtifact(folder);
  const id = { name, version };
  const observed = { ...id, manifest };
  const instances = await openAll(
    () => openOnnxThread(model, { threads, transferFeeds: true }),
    count,
  );
  const batcher = createBatcher({
    ...limits,
    ...{ instances, clock, input: manifest.input.name, outputs: manifest.outputs },
    onBatch: (report) => {
      for (const { batch } of observers) batch?.(observed, report);
    },
  });
  const inputs = [metadataOf(manifest.input.name, manifest.input)];
  const outputs = Object.entries(manifest.outputs).map(([each, spec]) => metadataOf(each, spec));
  const everything = Object.keys(manifest.outputs);

  const run = async (
    samples: AnyNdArray,
    { outputs: wanted = everything, timeout = longest, signal }: InferOptions = {},
  ): Promise<Results> => {
    const length = samples.shape[0] ?? 0;
    if (length > limits.maxBatchSize) {
      throw serverError(
        'SERVER_TOO_LARGE',
        `${length} samples came in one request; this server takes ${limits.maxBatchSize}. Send fewer at a time.`,
      );
    }
    const began = clock();
    let times: Pick<RequestReport, 'queued' | 'computed'> = {};
    const tell = (error?: unknown): void => {
      const report = {
        samples: length,
        took: clock() - began,
        ...times,
        ...(error !== undefined && { error }),
      };
      for (const { request } of observers) request?.(observed, report);
    };
    try {
      const options = {
        ...{ outputs: wanted, timeout: Math.min(timeout, longest), signal },
        onComputed: (computed: typeof times) => (times = computed),
      };
      const results = await batcher.run(samples, options);
      requireFinite(results);
      tell();
      return results;
    } catch (error) {
      tell(error);
      throw error;
    }
  };

  const scored = (report: ScoredReport): void => {
    for (const observer of observers) observer.scored?.(observed, report);
  };

  const opened: Model = {
    ...id,
    manifest,
    ...(examples && { examples }),
    inputs,
    outputs,
    run,
    scored,
    maxBatchSize: limits.maxBatchSize,
    queued: batcher.queued,
    infer: async (tensors, options = {}) => {
      const samples = samplesOf(tensors, manifest.input);
      const wanted = options.outputs ?? everything;
      requireOutputs(wanted, everything);
      const results = await run(samples, { ...options, outputs: wanted });
      const { score } = results;
      if (score !== undefined && !takesParts(manifest)) {
        scored({ scores: score.data, samples: [samples] });
      }
      return wanted.flatMap((each) => {
        const array = results[each];
        if (array === undefined) return [];
        const { dtype, shape, data } = array;
        return [{ name: each, datatype: datatypeOf[dtype], shape, data }];
      });
    },
    [Symbol.asyncDispose]: async () => {
      await Promise.all(instances.map((instance) => instance[Symbol.asyncDispose]()));
    },
  };
  await warmUp(instances, manifest).catch(async (error: unknown) => {
    await opened[Symbol.asyncDispose]();
    throw error;
  });
  return opened;
}

/** Whether it takes tiles or windows, whose scores are not held against the threshold: those of pictures and steps are. */
function takesParts({ preparation }: Manifest): boolean {
  if (preparation?.kind === 'pictures') return preparation.tiling !== undefined;
  return preparation?.kind === 'series';
}

/** All of them or none. */
async function openAll<R extends AsyncDisposable>(
  open: () => Promise<R>,
  count: number,
): Promise<R[]> {
  const outcomes = await Promise.allSettled(Array.from({ length: count }, open));
  const opened = outcomes.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
  const failure = outcomes.find((each) => each.status === 'rejected');
  if (failure === undefined) return opened;
  await Promise.all(opened.map((each) => each[Symbol.asyncDispose]()));
  throw failure.reason;
}

/** The first run of a session takes longest, and shows whether the model runs at all. */
async function warmUp(instances: readonly OnnxExecutable[], { input }: Manifest): Promise<void> {
  const shape = input.dims.map((dim) => (dim === 'batch' ? 1 : dim));
  const one = () => ({ dtype: input.dtype, shape, data: createData(input.dtype, sizeOf(shape)) });
  // To each its own, since an instance takes over what it is fed.
  await Promise.all(
    instances.map((instance) => instance.run({ [input.name]: one() as AnyNdArray })),
  );
}

function requireFinite({ score }: Results): void {
  const odd = score?.data.findIndex((value) => !Number.isFinite(value)) ?? -1;
  if (odd < 0) return;
  throw serverError(
    'SERVER_NOT_FINITE',
    `The model scores sample ${odd} as ${score?.data[odd] ?? ''}. Look for extreme values in it.`,
  );
}
