// ONNX Runtime as an engine: a program becomes an ONNX model, which onnxruntime-node runs on the CPU.

import { availableParallelism } from 'node:os';
import type { BackendProvider } from '../backend.ts';
import { backendError } from '../error.ts';
import { createExecutable } from '../executable.ts';
import { type OnnxRuntime, engineId, loadLibrary } from './runtime.ts';
import { scoringComputation } from './scoring.ts';
import { trainingComputation } from './training.ts';

export { type OnnxExecutable, openOnnx } from './open-onnx.ts';
export { type OnnxThreadOptions, openOnnxThread } from './open-onnx-thread.ts';
export { silenceTelemetry } from './runtime.ts';

export interface OrtOptions {
  /** Threads within an operation; all cores, unless named. */
  readonly threads?: number;
  /** Directory for ONNX Runtime's own profile of each session; off unless named. */
  readonly profileTo?: string;
}

/**
 * The engine that trains and scores after a plain npm install. A program with updates runs as one
 * graph for one batch size at a time; a program without them as a portable model of any batch.
 */
export function ortBackend(options: OrtOptions = {}): BackendProvider<'ort'> {
  const threads = options.threads ?? availableParallelism();
  return {
    id: engineId,
    unavailable: async () => {
      if (!Number.isInteger(threads) || threads < 1) {
        return `threads must be a positive whole number, but ${threads} came`;
      }
      return loadLibrary().then(
        () => null,
        (error: unknown) =>
          `onnxruntime-node cannot be loaded: ${error instanceof Error ? error.message : String(error)}`,
      );
    },
    open: async () => {
      const library = await loadLibrary();
      const runtime: OnnxRuntime = {
        library,
        threads,
        ...(options.profileTo === undefined ? {} : { profileTo: options.profileTo }),
      };
      let disposed = false;
      return {
        id: engineId,
        description: `onnxruntime-node ${library.env.versions.node ?? ''}, CPU, ${threads} thread${threads === 1 ? '' : 's'}`,
        compile: async (program) => {
          if (disposed) {
            const message = 'the engine has been disposed; open it again.';
            throw backendError(engineId, 'BACKEND_DISPOSED', { message });
          }
          try {
            const computation =
              program.updates.size > 0
                ? trainingComputation(program, runtime)
                : await scoringComputation(program, runtime);
            return createExecutable(program, engineId, computation);
          } catch (error) {
            const message = error instanceof Error ? error.message : String(error);
            throw backendError(engineId, 'BACKEND_FAILED', { message, cause: error });
          }
        },
        [Symbol.asyncDispose]: () => {
          disposed = true;
          return Promise.resolve();
        },
      };
    },
  };
}
