// TensorFlow.js as an engine: native TensorFlow on a GPU or the CPU, WebAssembly, or plain JavaScript.

import { specialise } from '@memae/graph';
import type { Program } from '@memae/graph';
import type { Backend, BackendProvider } from '../backend.ts';
import { backendError } from '../error.ts';
import { createExecutable } from '../executable.ts';
import { tfjsComputation } from './computation.ts';
import type { Device } from './device.ts';
import { type TfjsId, type TfjsOptions, openDevice } from './open-device.ts';
import { planOf } from './plan.ts';

export type { TfjsId, TfjsOptions } from './open-device.ts';

/**
 * An engine of TensorFlow.js: `tfjs` computes with native TensorFlow (`@tensorflow/tfjs-node-gpu` if
 * that is installed, else `@tensorflow/tfjs-node`), `tfjs-gpu` insists on a GPU and `tfjs-node` on
 * that package; `tfjs-wasm` is for scoring, as it lacks the kernels of some gradients; `tfjs-cpu`
 * is plain JavaScript.
 */
export function tfjsBackend<Id extends TfjsId>(
  id: Id,
  options: TfjsOptions = {},
): BackendProvider<Id> {
  return {
    id,
    unavailable: async () => {
      const device = await openDevice(id, options);
      return typeof device === 'string' ? device : null;
    },
    open: async () => {
      const device = await openDevice(id, options);
      if (typeof device !== 'string') return createBackend(device);
      throw backendError(id, 'BACKEND_UNAVAILABLE', { message: `${device}.` });
    },
  };
}

/** All engines of TensorFlow.js, the fastest first; plain JavaScript last. */
export function tfjsBackends(options: TfjsOptions = {}): BackendProvider<TfjsId>[] {
  return tfjsIds.map((id) => tfjsBackend(id, options));
}

const tfjsIds = ['tfjs', 'tfjs-gpu', 'tfjs-node', 'tfjs-wasm', 'tfjs-cpu'] as const;

function createBackend(device: Device): Backend {
  const { engine, description } = device;
  let disposed = false;
  return {
    id: engine,
    description,
    compile: async (program) => {
      if (disposed) {
        const message = 'the engine has been disposed; open it again.';
        throw backendError(engine, 'BACKEND_DISPOSED', { message });
      }
      requireKernels(program, device);
      return Promise.resolve(createExecutable(program, engine, tfjsComputation(program, device)));
    },
    [Symbol.asyncDispose]: () => {
      disposed = true;
      return Promise.resolve();
    },
  };
}

/** Any batch will do to see which kernels a program runs. */
function requireKernels(program: Program, { tf, backend, engine, description }: Device): void {
  const known = new Set(tf.getKernelsForBackend(backend).map(({ kernelName }) => kernelName));
  for (const name of wrong.get(backend) ?? []) known.delete(name);
  const names = planOf(specialise(program, 2)).steps.flatMap(({ kernel }) => kernel.names);
  const missing = [...new Set(names)].filter((name) => !known.has(name));
  if (missing.length === 0) return;
  const message =
    `${description} has no right kernel ${missing.join(', ')}, which this program runs. ` +
    'Take another engine, as "ort" or "tfjs".';
  throw backendError(engine, 'BACKEND_UNSUPPORTED_OP', { message });
}

/** Kernels that are there but compute something else, as the contract shows (version 4.22). */
const wrong: ReadonlyMap<string, readonly string[]> = new Map([
  ['wasm', ['Conv3DBackpropInputV2', 'Conv3DBackpropFilterV2']],
]);
