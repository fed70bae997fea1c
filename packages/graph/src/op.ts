// The closed set of primitive operations. An engine is done when it covers this union.

import type { AnyNdArray, DType, NdArray, Shape } from './ndarray.ts';

/** One axis of a tensor: a number, or `batch` for the axis whose length is known only when run. */
export type Dim = number | 'batch';
export type Dims = readonly Dim[];

/** A value that a graph will compute. Holds no numbers. */
export interface Tensor {
  readonly dims: Dims;
  readonly dtype: DType;
  readonly op: Op;
}

/** A value fed from outside on every run. */
export interface Input extends Tensor {
  readonly op: Extract<Op, { type: 'input' }>;
}

/** A value that an engine keeps between runs, and that a program's updates may replace. */
export interface Parameter extends Tensor {
  readonly op: Extract<Op, { type: 'parameter' }>;
}

/** How a kernel slides: one number per spatial axis. Padding is symmetric, with zeros. */
export interface Window {
  readonly stride: Shape;
  readonly padding: Shape;
}

type One = readonly [Tensor];
type Two = readonly [Tensor, Tensor];
type Three = readonly [Tensor, Tensor, Tensor];

/** One member of the union for each of several names. */
type Each<T extends string, Rest> = T extends T ? { readonly type: T } & Rest : never;

export type UnaryType =
  'abs' | 'exp' | 'log' | 'neg' | 'relu' | 'sigmoid' | 'sign' | 'sqrt' | 'tanh';
/** Comparisons give 1 where true and 0 where false. */
type CompareType = 'equal' | 'greater' | 'greaterEqual';
export type BinaryType = 'add' | 'sub' | 'mul' | 'div' | 'maximum' | 'minimum' | CompareType;
export type ReduceType = 'sum' | 'mean' | 'max';

export type Op =
  // Leaves
  | { readonly type: 'input'; readonly name: string; readonly inputs: readonly [] }
  | {
      readonly type: 'parameter';
      readonly name: string;
      readonly initial: NdArray;
      readonly inputs: readonly [];
    }
  | { readonly type: 'constant'; readonly value: AnyNdArray; readonly inputs: readonly [] }
  // Elementwise; the two sides of a binary operation are broadcast as in NumPy.
  | Each<UnaryType, { readonly inputs: One }>
  | { readonly type: 'leakyRelu'; readonly slope: number; readonly inputs: One }
  | Each<BinaryType, { readonly inputs: Two }>
  /** mask ≠ 0 ? a : b, broadcast. */
  | { readonly type: 'where'; readonly inputs: Three }
  | { readonly type: 'cast'; readonly to: DType; readonly inputs: One }
  // Over axes
  | Each<
      ReduceType,
      { readonly axes: readonly number[]; readonly keepDims: boolean; readonly inputs: One }
    >
  | { readonly type: 'softmax'; readonly axis: number; readonly inputs: One }
  /** Index of the first largest element along an axis, which disappears (int32). */
  | { readonly type: 'argMax'; readonly axis: number; readonly inputs: One }
  /** How many elements the axes hold together: a scalar (float32). */
  | { readonly type: 'size'; readonly axes: readonly number[]; readonly inputs: One }
  // Products
  | {
      readonly type: 'matmul';
      readonly transposeA: boolean;
      readonly transposeB: boolean;
      readonly inputs: Two;
    }
  /** x [B, Ci, …], kernel [Co, Ci, …k] → [B, Co, …]. */
  | { readonly type: 'conv'; readonly window: Window; readonly inputs: Two }
  /** x [B, Ci, …], kernel [Ci, Co, …k] → [B, Co, …]: the gradient of `conv` for its input. */
  | {
      readonly type: 'convTranspose';
      readonly window: Window;
      readonly outputPadding: Shape;
      readonly inputs: Two;
    }
  /** x [B, Ci, …], y [B, Co, …] → [Co, Ci, …k]: the gradient of `conv(x, kernel)` for its kernel, y being the output's gradient. */
  | {
      readonly type: 'convKernelGradient';
      readonly window: Window;
      readonly kernel: Shape;
      readonly inputs: Two;
    }
  // Arrangement
  | Each<'reshape' | 'expand', { readonly to: Dims; readonly inputs: One }>
  | { readonly type: 'transpose'; readonly permutation: readonly number[]; readonly inputs: One }
  | { readonly type: 'concat'; readonly axis: number; readonly inputs: readonly Tensor[] }
  | {
      readonly type: 'slice';
      readonly axis: number;
      readonly start: number;
      readonly end: number;
      readonly inputs: One;
    }
  | {
      readonly type: 'pad';
      readonly axis: number;
      readonly before: number;
      readonly after: number;
      readonly inputs: One;
    }
  /** Picks along `axis` by an int32 index, whose axes take that axis's place. */
  | { readonly type: 'gather'; readonly axis: number; readonly inputs: Two }
  /** Its first input, unchanged; whoever runs it also writes its second input into `parameter`. */
  | { readonly type: 'withUpdate'; readonly parameter: Parameter; readonly inputs: Two };

export type OpType = Op['type'];
export type OpOf<T extends OpType> = Extract<Op, { readonly type: T }>;

const elementwiseTypes: ReadonlySet<OpType> = new Set<OpType>([
  'abs',
  'exp',
  'leakyRelu',
  'log',
  'neg',
  'relu',
  'sigmoid',
  'sign',
  'sqrt',
  'tanh',
  'add',
  'sub',
  'mul',
  'div',
  'maximum',
  'minimum',
  'equal',
  'greater',
  'greaterEqual',
  'where',
]);

/** Whether an operation takes and gives float32 numbers one by one, broadcast, wherever they stand. */
export function isElementwise({ type }: Op): boolean {
  return elementwiseTypes.has(type);
}
