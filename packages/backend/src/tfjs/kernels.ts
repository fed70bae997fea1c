// How each operation is said in TensorFlow.js: one entry for every computed member of the union `Op`.
// Kernels go by their registered names, which are the same on every backend.

import {
  type DType,
  type Tensor as GraphTensor,
  type Op,
  type OpOf,
  type OpType,
  type Shape,
  formatShape,
  sizeOf,
} from '@memae/graph';
import type { DataType, NamedTensorMap, Tensor } from '@tensorflow/tfjs-core';
import { channelsLastOrder, filterOrder, lastAxisOrder } from './axis-order.ts';
import { backpropFilter, backpropInput, convolutionKernels, convolve } from './convolution.ts';
import type { Call, Kernel, RunKernel } from './kernel.ts';

/** Operations that a plan computes. Leaves are given, and transposition is a matter of its layout. */
export type ComputedType = Exclude<
  OpType,
  'input' | 'parameter' | 'constant' | 'transpose' | 'withUpdate'
>;

/** The kernel of an operation on tensors whose axes all have lengths. */
export function kernelOf(op: OpOf<ComputedType>): Kernel {
  return (kernels[op.type] as (op: Op) => Kernel)(op);
}

/** The element type on the device: there are no bytes in TensorFlow.js. */
export function deviceType(dtype: DType): DataType {
  return dtype === 'float32' ? 'float32' : 'int32';
}

const unary = (name: string) => (): Kernel => ({
  names: [name],
  compute: ([x], { run }) => run(name, named({ x })),
});
const binary = (name: string) => (): Kernel => ({
  names: [name],
  compute: ([a, b], { run }) => run(name, named({ a, b })),
});
const comparison = (name: string) => (): Kernel => ({ ...binary(name)(), givesMask: true });
const reduction =
  (name: string, axesName: 'axis' | 'reductionIndices' = 'axis') =>
  ({ axes, keepDims }: OpOf<'sum' | 'mean' | 'max'>): Kernel => ({
    names: [name],
    compute: ([x], { run }) => run(name, named({ x }), { [axesName]: [...axes], keepDims }),
  });

const kernels: { readonly [T in ComputedType]: (op: OpOf<T>) => Kernel } = {
  abs: unary('Abs'),
  exp: unary('Exp'),
  log: unary('Log'),
  neg: unary('Neg'),
  relu: unary('Relu'),
  sigmoid: unary('Sigmoid'),
  sign: unary('Sign'),
  sqrt: unary('Sqrt'),
  tanh: unary('Tanh'),
  leakyRelu: ({ slope }) => ({
    names: ['LeakyRelu'],
    compute: ([x], { run }) => run('LeakyRelu', named({ x }), { alpha: slope }),
  }),
  cast: ({ to }) => ({
    names: ['Cast'],
    compute: ([x], { run }) => run('Cast', named({ x }), { dtype: deviceType(to) }),
  }),

  add: binary('Add'),
  sub: binary('Sub'),
  mul: binary('Multiply'),
  div: binary('RealDiv'),
  maximum: binary('Maximum'),
  minimum: binary('Minimum'),
  equal: comparison('Equal'),
  greater: comparison('Greater'),
  greaterEqual: comparison('GreaterEqual'),
  where: () => ({
    names: ['Select', 'Tile', 'Reshape'],
    takesMask: true,
    compute: ([mask, a, b], call) => {
      const [condition, t, e] = [mask, a, b].map((x) => x && repeated(x, call));
      return call.run('Select', named({ condition, t, e }));
    },
  }),

  sum: reduction('Sum'),
  mean: reduction('Mean'),
  max: reduction('Max', 'reductionIndices'),
  size: ({ axes, inputs: [x] }) => ({
    names: ['Fill'],
    compute: (_, { run }) => {
      const value = sizeOf(axes.map((axis) => Number(x.dims[axis])));
      return run('Fill', {}, { shape: [], value, dtype: 'float32' });
    },
  }),
  softmax: ({ axis, inputs: [x] }) => {
    const rank = x.dims.length;
    const order = lastAxisOrder(rank, axis);
    return {
      names: ['Softmax'],
      takes: [order],
      gives: order,
      compute: ([logits], { run }) => run('Softmax', named({ logits }), { dim: rank - 1 }),
    };
  },
  argMax: ({ axis }) => ({
    names: ['ArgMax'],
    compute: ([x], { run }) => run('ArgMax', named({ x }), { axis }),
  }),

  matmul: ({ transposeA, transposeB, inputs }) => ({
    names: needsRepeating(inputs) ? ['BatchMatMul', 'Tile', 'Reshape'] : ['BatchMatMul'],
    compute: (operands, { run, shape }) => {
      const [a, b] = needsRepeating(inputs)
        ? operands.map((x) =>
            repeated(x, { run, shape: [...shape.slice(0, -2), ...x.shape.slice(-2)] }),
          )
        : operands;
      return run('BatchMatMul', named({ a, b }), { transposeA, transposeB });
    },
  }),
  conv: ({ window, inputs: [x] }) => {
    const rank = x.dims.length;
    return {
      names: [convolutionKernels(rank - 2).forward, 'PadV2', 'Reshape'],
      takes: [channelsLastOrder(rank), filterOrder(rank)],
      gives: channelsLastOrder(rank),
      compute: two((x, filter, { run, shape }) =>
        convolve(x, filter, { run, window, slides: shape.slice(2) }),
      ),
    };
  },
  convTranspose: ({ window, inputs: [x] }) => {
    const rank = x.dims.length;
    return {
      names: [convolutionKernels(rank - 2).input, 'Slice', 'Reshape'],
      takes: [channelsLastOrder(rank), filterOrder(rank)],
      gives: channelsLastOrder(rank),
      compute: two((y, filter, { run, shape }) =>
        backpropInput(y, filter, { run, window, space: shape.slice(2) }),
      ),
    };
  },
  convKernelGradient: ({ window, kernel: taps, inputs: [x] }) => {
    const rank = x.dims.length;
    return {
      names: [convolutionKernels(rank - 2).filter, 'PadV2', 'StridedSlice', 'Reshape'],
      takes: [channelsLastOrder(rank), channelsLastOrder(rank)],
      gives: filterOrder(rank),
      compute: two((x, y, { run }) => backpropFilter(x, y, { run, window, taps })),
    };
  },

  reshape: () => reshaped,
  expand: () => ({
    names: ['Tile', 'Reshape'],
    compute: ([x], call) => repeated(present(x), call),
  }),
  concat: ({ axis }) => ({
    names: ['Concat'],
    compute: (inputs, { run }) => run('Concat', [...inputs], { axis }),
  }),
  slice: ({ axis, start }) => ({
    names: ['Slice'],
    compute: ([x], { run, shape }) =>
      run('Slice', named({ x }), {
        begin: shape.map((_, i) => (i === axis ? start : 0)),
        size: shape,
      }),
  }),
  pad: ({ axis, before, after }) => ({
    names: ['PadV2'],
    compute: ([x], { run, shape }) =>
      run('PadV2', named({ x }), {
        paddings: shape.map((_, i) => (i === axis ? [before, after] : [0, 0])),
        constantValue: 0,
      }),
  }),
  gather: ({ axis }) => ({
    names: ['GatherV2'],
    compute: ([x, indices], { run }) =>
      run('GatherV2', named({ x, indices }), { axis, batchDims: 0 }),
  }),
};

/** Not all backends repeat leading axes of both sides: either is one matrix, or they are alike. */
function needsRepeating(operands: readonly GraphTensor[]): boolean {
  const leading = operands.map(({ dims }) => dims.slice(0, -2).map(Number));
  return !leading.some((dims) => sizeOf(dims) === 1) && new Set(leading.map(formatShape)).size > 1;
}

/** The same elements in row-major order under another shape. */
export const reshaped: Kernel = {
  names: ['Reshape'],
  view: true,
  compute: ([x], { run, shape }) => run('Reshape', named({ x }), { shape }),
};

/** Booleans as 1 and 0. */
export const asNumbers: Kernel = {
  names: ['Cast'],
  compute: ([x], { run }) => run('Cast', named({ x }), { dtype: 'float32' }),
};

/** Whether each element differs from 0. */
export const notZero: Kernel = {
  names: ['NotEqual', 'Fill'],
  givesMask: true,
  compute: ([a], { run }) => {
    const b = run('Fill', {}, { shape: [], value: 0, dtype: 'float32' });
    return run('NotEqual', named({ a, b }));
  },
};

/** Axes in another order. */
export function transposed(perm: readonly number[]): Kernel {
  return {
    names: ['Transpose'],
    compute: ([x], { run }) => run('Transpose', named({ x }), { perm }),
  };
}

/** Axes of length 1, or missing in front, repeated up to the shape of the result. */
function repeated(x: Tensor, { run, shape }: Call): Tensor {
  const from: Shape = [...shape.slice(x.rank).map(() => 1), ...x.shape];
  const reps = shape.map((length, i) => length / (from[i] ?? 1));
  const spread = x.rank === shape.length ? x : run('Reshape', { x }, { shape: from });
  return reps.every((count) => count === 1) ? spread : run('Tile', { x: spread }, { reps });
}

function two(
  compute: (a: Tensor, b: Tensor, call: { run: RunKernel; shape: Shape }) => Tensor,
): Kernel['compute'] {
  return ([a, b], call) => compute(present(a), present(b), call);
}

/** The graph has seen to it that an operation has its operands. */
function named(inputs: Readonly<Record<string, Tensor | undefined>>): NamedTensorMap {
  return inputs as NamedTensorMap;
}

function present(x: Tensor | undefined): Tensor {
  if (x === undefined) throw new TypeError('an operation lacks an operand');
  return x;
}
