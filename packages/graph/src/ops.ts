// The operations as functions. Shapes are written [B, C, …]; a number stands for a scalar constant.

import { createTensor, requireLengths } from './infer.ts';
import { type AnyNdArray, type NdArray, type Shape, ndarray } from './ndarray.ts';
import type {
  BinaryType,
  Dims,
  Input,
  Op,
  Parameter,
  ReduceType,
  Tensor,
  UnaryType,
  Window,
} from './op.ts';

/** What an operation takes where a scalar will do. */
export type Operand = Tensor | number;

/** A value fed on every run; `uint8` and `int32` arrive as they are and are cast in the graph. */
export function input(name: string, dims: Dims, dtype: Tensor['dtype'] = 'float32'): Input {
  const op = { type: 'input', name, inputs: [] } as const;
  requireLengths(dims, op);
  return { dims, dtype, op };
}

/** A value kept by the engine between runs. */
export function parameter(name: string, initial: NdArray): Parameter {
  const op = { type: 'parameter', name, initial, inputs: [] } as const;
  requireLengths(initial.shape, op);
  return { dims: initial.shape, dtype: 'float32', op };
}

/** A value that never changes. */
export function constant(value: number | AnyNdArray): Tensor {
  return createTensor({
    type: 'constant',
    value: typeof value === 'number' ? ndarray([value], []) : value,
    inputs: [],
  });
}

const tensor = (x: Operand): Tensor => (typeof x === 'number' ? constant(x) : x);
const unary =
  (type: UnaryType) =>
  (x: Tensor): Tensor =>
    createTensor({ type, inputs: [x] });
const binary =
  (type: BinaryType) =>
  (a: Operand, b: Operand): Tensor =>
    createTensor({ type, inputs: [tensor(a), tensor(b)] });

export const abs: (x: Tensor) => Tensor = unary('abs');
export const exp: (x: Tensor) => Tensor = unary('exp');
/** Natural logarithm. */
export const log: (x: Tensor) => Tensor = unary('log');
export const neg: (x: Tensor) => Tensor = unary('neg');
export const relu: (x: Tensor) => Tensor = unary('relu');
export const sigmoid: (x: Tensor) => Tensor = unary('sigmoid');
/** −1, 0 or 1; its gradient is zero. */
export const sign: (x: Tensor) => Tensor = unary('sign');
export const sqrt: (x: Tensor) => Tensor = unary('sqrt');
export const tanh: (x: Tensor) => Tensor = unary('tanh');
export const square = (x: Tensor): Tensor => mul(x, x);
/** x where positive, else slope · x. */
export function leakyRelu(x: Tensor, slope = 0.2): Tensor {
  return createTensor({ type: 'leakyRelu', slope, inputs: [x] });
}

export const add: (a: Operand, b: Operand) => Tensor = binary('add');
export const sub: (a: Operand, b: Operand) => Tensor = binary('sub');
export const mul: (a: Operand, b: Operand) => Tensor = binary('mul');
export const div: (a: Operand, b: Operand) => Tensor = binary('div');
export const maximum: (a: Operand, b: Operand) => Tensor = binary('maximum');
export const minimum: (a: Operand, b: Operand) => Tensor = binary('minimum');
/** 1 where a > b, else 0. */
export const greater: (a: Operand, b: Operand) => Tensor = binary('greater');
/** 1 where a ≥ b, else 0. */
export const greaterEqual: (a: Operand, b: Operand) => Tensor = binary('greaterEqual');
/** 1 where a = b, else 0. */
export const equal: (a: Operand, b: Operand) => Tensor = binary('equal');
/** a where the mask is not 0, else b. */
export function where(mask: Tensor, a: Operand, b: Operand): Tensor {
  return createTensor({ type: 'where', inputs: [mask, tensor(a), tensor(b)] });
}

/** To another element type; from `uint8` 0 … 255 become the same numbers in float32. */
export function cast(x: Tensor, to: Tensor['dtype']): Tensor {
  return x.dtype === to ? x : createTensor({ type: 'cast', to, inputs: [x] });
}

/** Which axes a reduction folds (all, unless named; negative ones count from the end). */
export interface ReduceOptions {
  readonly axes?: readonly number[];
  /** Keeps folded axes with length 1. */
  readonly keepDims?: boolean;
}
const reduce =
  (type: ReduceType) =>
  (x: Tensor, options: ReduceOptions = {}): Tensor => {
    const axes = (options.axes ?? x.dims.map((_, axis) => axis)).map((axis) => fromEnd(x, axis));
    return createTensor({ type, axes, keepDims: options.keepDims ?? false, inputs: [x] });
  };
export const sum: (x: Tensor, options?: ReduceOptions) => Tensor = reduce('sum');
export const mean: (x: Tensor, options?: ReduceOptions) => Tensor = reduce('mean');
/** The largest element; its gradient is shared evenly among equals. */
export const max: (x: Tensor, options?: ReduceOptions) => Tensor = reduce('max');

/** exp(x) / Σ exp(x) along an axis, the last by default. */
export function softmax(x: Tensor, axis = -1): Tensor {
  return createTensor({ type: 'softmax', axis: fromEnd(x, axis), inputs: [x] });
}

/** Index of the first largest element along an axis, the last by default (int32). */
export function argMax(x: Tensor, axis = -1): Tensor {
  return createTensor({ type: 'argMax', axis: fromEnd(x, axis), inputs: [x] });
}

/** How many elements the axes hold together, as a scalar: known when run, if the batch is one of them. */
export function size(x: Tensor, axes: readonly number[]): Tensor {
  return createTensor({ type: 'size', axes: axes.map((axis) => fromEnd(x, axis)), inputs: [x] });
}

/** a [… m, k] · b [… k, n] → [… m, n]; leading axes are broadcast, operands may be transposed. */
export function matmul(
  a: Tensor,
  b: Tensor,
  { transposeA = false, transposeB = false } = {},
): Tensor {
  return createTensor({ type: 'matmul', transposeA, transposeB, inputs: [a, b] });
}

/** Cross-correlation: x [B, Ci, …s], kernel [Co, Ci, …k] → [B, Co, …⌊(s + 2·padding − k)/stride⌋ + 1]. */
export function conv(x: Tensor, kernel: Tensor, window: Window): Tensor {
  return createTensor({ type: 'conv', window, inputs: [x, kernel] });
}

/** x [B, Ci, …s], kernel [Ci, Co, …k] → [B, Co, …(s − 1)·stride − 2·padding + k + outputPadding]. */
export function convTranspose(
  x: Tensor,
  kernel: Tensor,
  { outputPadding, ...window }: Window & { readonly outputPadding?: Shape },
): Tensor {
  return createTensor({
    type: 'convTranspose',
    window,
    outputPadding: outputPadding ?? window.stride.map(() => 0),
    inputs: [x, kernel],
  });
}

/** The gradient of `conv(x, kernel)` for its kernel, from the output's gradient y → [Co, Ci, …kernel]. */
export function convKernelGradient(
  x: Tensor,
  y: Tensor,
  { kernel, ...window }: Window & { readonly kernel: Shape },
): Tensor {
  return createTensor({ type: 'convKernelGradient', window, kernel, inputs: [x, y] });
}

/** The same elements in row-major order under other axes; `batch` stays `batch`. */
export function reshape(x: Tensor, to: Dims): Tensor {
  return createTensor({ type: 'reshape', to, inputs: [x] });
}

/** Repeats axes of length 1 (or missing in front) up to the shape given. */
export function expand(x: Tensor, to: Dims): Tensor {
  return createTensor({ type: 'expand', to, inputs: [x] });
}

/** Axis i of the result is axis `permutation[i]` of x. */
export function transpose(x: Tensor, permutation: readonly number[]): Tensor {
  return createTensor({ type: 'transpose', permutation, inputs: [x] });
}

/** Joins tensors along an axis that exists already. */
export function concat(inputs: readonly Tensor[], axis: number): Tensor {
  return createTensor({ type: 'concat', axis, inputs });
}

/** Elements `start` (included) to `end` (excluded) of one axis. */
export function sliceAxis(
  x: Tensor,
  { axis, start, end }: { readonly axis: number; readonly start: number; readonly end: number },
): Tensor {
  return createTensor({ type: 'slice', axis, start, end, inputs: [x] });
}

/** Zeros before and after along one axis. */
export function pad(
  x: Tensor,
  {
    axis,
    before,
    after,
  }: { readonly axis: number; readonly before: number; readonly after: number },
): Tensor {
  return createTensor({ type: 'pad', axis, before, after, inputs: [x] });
}

/** Picks along an axis by an int32 index, whose axes take that axis's place. */
export function gather(x: Tensor, index: Tensor, axis = 0): Tensor {
  return createTensor({ type: 'gather', axis, inputs: [x, index] });
}

/** x itself; a program that computes it also writes `next` into the parameter after each run. */
export function withUpdate(x: Tensor, parameter: Parameter, next: Tensor): Tensor {
  return createTensor({ type: 'withUpdate', parameter, inputs: [x, next] } satisfies Op);
}

function fromEnd(x: Tensor, axis: number): number {
  return axis < 0 ? axis + x.dims.length : axis;
}
