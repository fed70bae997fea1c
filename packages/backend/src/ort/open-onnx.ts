// Finished models, from this project or any other, for those who only score.

import { availableParallelism } from 'node:os';
import type { AnyNdArray, DType } from '@memae/graph';
import type { Feeds } from '../backend.ts';
import { backendError } from '../error.ts';
import { serial } from '../serial.ts';
import {
  type OnnxRuntime,
  createSession,
  engineId,
  fromTensor,
  loadLibrary,
  toTensor,
} from './runtime.ts';
import type { OrtOptions } from './index.ts';

/** A model ready to run. */
export interface OnnxExecutable extends AsyncDisposable {
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** Computes the outputs named, or all of them. */
  run(feeds: Feeds, outputs?: readonly string[]): Promise<Readonly<Record<string, AnyNdArray>>>;
}

/**
 * Opens the bytes of an ONNX model in onnxruntime-node.
 * @throws `BACKEND_FAILED` when ONNX Runtime refuses the model or a run, with its own words.
 */
export async function openOnnx(
  model: Uint8Array,
  { threads = availableParallelism() }: OrtOptions = {},
): Promise<OnnxExecutable> {
  const runtime: OnnxRuntime = { library: await loadLibrary(), threads, restBetweenRuns: true };
  const session = await named(() => createSession(runtime, model));
  const enqueue = serial();
  return {
    inputs: session.inputNames,
    outputs: session.outputNames,
    run: (feeds, outputs = session.outputNames) =>
      enqueue(() =>
        named(async () => {
          const tensors = Object.entries(feeds).map(
            ([name, array]) => [name, toTensor(runtime, array)] as const,
          );
          const results = await session.run(Object.fromEntries(tensors), [...outputs]);
          return Object.fromEntries(
            Object.entries(results).map(([name, tensor]) => [
              name,
              fromTensor(tensor, tensor.type as DType),
            ]),
          );
        }),
      ),
    [Symbol.asyncDispose]: () => enqueue(() => session.release()),
  };
}

async function named<T>(task: () => Promise<T>): Promise<T> {
  try {
    return await task();
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw backendError(engineId, 'BACKEND_FAILED', { message, cause: error });
  }
}
