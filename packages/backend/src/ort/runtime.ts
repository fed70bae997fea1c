// What onnxruntime-node needs from us: sessions, tensors, and arrays back.

import { type AnyNdArray, type DType, ndarray } from '@memae/graph';
import type * as ort from 'onnxruntime-node';

export const engineId = 'ort';

/** The library, loaded, with the choices of its user. */
export interface OnnxRuntime {
  readonly library: typeof ort;
  readonly threads: number;
  readonly profileTo?: string;
  /** Whether threads sleep as soon as a run ends, in place of spinning for the next one: for models that others ask, when they like. */
  readonly restBetweenRuns?: boolean;
}

/**
 * ONNX Runtime, which reports to nobody: from 1.30 on its builds for Linux collect what they run, write that under the user's
 * and the temporary folder, and send it to their maker, unless this variable says otherwise by the time the first model is opened.
 * A thread's variables are its own, so whoever starts one to load the library in calls this first.
 */
export function silenceTelemetry(): void {
  process.env['ORT_DISABLE_TELEMETRY'] ??= '1';
}

export function loadLibrary(): Promise<typeof ort> {
  silenceTelemetry();
  return import('onnxruntime-node');
}

/** Prepares a model. One thread runs the operations in order; `threads` share the work of each. */
export function createSession(
  { library, threads, profileTo, restBetweenRuns = false }: OnnxRuntime,
  model: Uint8Array,
): Promise<ort.InferenceSession> {
  return library.InferenceSession.create(model, {
    executionProviders: ['cpu'],
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    executionMode: 'sequential',
    graphOptimizationLevel: 'all',
    enableCpuMemArena: true,
    // Planning all of a run's memory as one piece takes up to twice of what a run then uses.
    enableMemPattern: false,
    logSeverityLevel: 3,
    extra: { session: { force_spinning_stop: restBetweenRuns ? '1' : '0' } },
    ...(profileTo === undefined
      ? {}
      : { enableProfiling: true, profileFilePrefix: `${profileTo}/ort` }),
  });
}

/** An array as a tensor over the same memory. */
export function toTensor({ library }: OnnxRuntime, array: AnyNdArray): ort.Tensor {
  return new library.Tensor(array.dtype, array.data, array.shape);
}

/** A tensor as an array over the same memory. */
export function fromTensor(tensor: ort.Tensor, dtype: DType): AnyNdArray {
  const shape = [...tensor.dims];
  const { data } = tensor;
  if (dtype === 'float32' && data instanceof Float32Array) return ndarray(data, shape);
  if (dtype === 'int32' && data instanceof Int32Array) return ndarray(data, shape);
  if (dtype === 'uint8' && data instanceof Uint8Array) return ndarray(data, shape);
  throw new TypeError(`the model gave ${tensor.type} where ${dtype} was expected`);
}
