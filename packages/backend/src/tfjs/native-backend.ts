// What tfjs-node's backend offers beside its kernels.

import type { Tensor } from '@tensorflow/tfjs-core';
import type { Library } from './device.ts';
import type { RunKernel } from './kernel.ts';

interface NativeBackend {
  readonly isUsingGpuDevice: boolean;
  readonly binding: Readonly<
    Record<'TF_ATTR_TYPE' | 'TF_ATTR_BOOL' | 'TF_FLOAT', number> & { TF_Version: string }
  >;
  /** Runs an operation of TensorFlow, whether or not there is a kernel for it. */
  readonly executeSingleOutput: (
    name: string,
    attributes: readonly {
      readonly name: string;
      readonly type: number;
      readonly value: unknown;
    }[],
    inputs: readonly Tensor[],
  ) => Tensor;
}

/** The backend that tfjs-node has registered. */
export function nativeBackend(tf: Library): NativeBackend {
  return tf.findBackend('tensorflow') as unknown as NativeBackend;
}

/**
 * For products of two matrices tfjs-node takes TensorFlow's product of many, which spends some 50 µs
 * on sharing out the work: as long as the product of a small layer takes.
 */
export function withMatMul(run: RunKernel, backend: NativeBackend): RunKernel {
  const { TF_ATTR_TYPE, TF_ATTR_BOOL, TF_FLOAT } = backend.binding;
  return (name, inputs, attributes) => {
    const { a, b } = inputs as Readonly<Record<string, Tensor | undefined>>;
    if (name !== 'BatchMatMul' || a?.rank !== 2 || b?.rank !== 2) {
      return run(name, inputs, attributes);
    }
    return backend.executeSingleOutput(
      'MatMul',
      [
        { name: 'T', type: TF_ATTR_TYPE, value: TF_FLOAT },
        { name: 'transpose_a', type: TF_ATTR_BOOL, value: attributes?.['transposeA'] },
        { name: 'transpose_b', type: TF_ATTR_BOOL, value: attributes?.['transposeB'] },
      ],
      [a, b],
    );
  };
}
