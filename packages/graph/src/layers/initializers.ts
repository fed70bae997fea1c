// Where parameters start.

import { type NdArray, type Shape, ndarray, sizeOf } from '../ndarray.ts';
import type { Random } from '../random.ts';

export type Initializer = (shape: Shape, random: Random) => NdArray;

/** The same number everywhere. */
export const filled =
  (value: number): Initializer =>
  (shape) =>
    ndarray(new Float32Array(sizeOf(shape)).fill(value), shape);

/** Uniform in ±bound. */
export const uniform =
  (bound: number): Initializer =>
  (shape, random) =>
    ndarray(
      Float32Array.from({ length: sizeOf(shape) }, () => random.uniform(-bound, bound)),
      shape,
    );

/** Normal with the mean and deviation given. */
export const normal =
  ({ mean = 0, deviation }: { readonly mean?: number; readonly deviation: number }): Initializer =>
  (shape, random) =>
    ndarray(
      Float32Array.from({ length: sizeOf(shape) }, () => mean + deviation * random.normal()),
      shape,
    );

/** Uniform in ±1/√fanIn: PyTorch's default for the weights and biases of dense and convolution layers. */
export const fanIn = (inputs: number): Initializer => uniform(1 / Math.sqrt(inputs));
