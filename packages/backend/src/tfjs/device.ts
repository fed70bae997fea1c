// A backend of TensorFlow.js made ready: the library, which backend of it computes, and how to have
// that one to oneself, as the library knows only one at a time.

import type * as core from '@tensorflow/tfjs-core';
import { serial } from '../serial.ts';
import type { RunKernel } from './kernel.ts';

/** What every package of TensorFlow.js has alike. */
export type Library = typeof core;

export interface Device {
  /** The id of the engine, for messages. */
  readonly engine: string;
  readonly tf: Library;
  /** The name under which its kernels are registered. */
  readonly backend: string;
  /** The device and the versions, as people say them. */
  readonly description: string;
  /** Whose memory it computes in, for messages. */
  readonly memory: string;
  /** Bytes that a program may take at the most; infinite where only trying tells. */
  readonly room: number;
  readonly run: RunKernel;
  /** Computes with this backend, when others are done. */
  readonly use: <T>(task: () => T) => Promise<T>;
}

const turn = serial();

/** The library serves all engines and its user alike: one at a time. */
export function createDevice(given: Omit<Device, 'run' | 'use'> & Partial<Device>): Device {
  const { tf, backend } = given;
  return {
    run: runOf(tf),
    ...given,
    use: (task) =>
      turn(async () => {
        if (tf.getBackend() !== backend) await select(tf, backend);
        return task();
      }),
  };
}

/** Runs the kernels of the backend in use. */
export function runOf(tf: Library): RunKernel {
  const engine = tf.engine();
  return (name, inputs, attributes) =>
    engine.runKernel<core.Tensor>(name, inputs as core.NamedTensorMap, attributes as never);
}

/**
 * Makes a backend that is registered the one in use.
 * @throws when it does not start.
 */
export function startBackend(tf: Library, backend: string): Promise<void> {
  return turn(() => select(tf, backend));
}

async function select(tf: Library, backend: string): Promise<void> {
  if (!(await tf.setBackend(backend))) {
    throw new Error(`the backend "${backend}" of TensorFlow.js does not start`);
  }
}
