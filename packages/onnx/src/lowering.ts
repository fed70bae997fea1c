// How each operation is said in ONNX: one entry for every member of the closed union `Op`.

import {
  type Dims,
  type Op,
  type OpOf,
  type OpType,
  type Tensor,
  ndarray,
  sizeOf,
} from '@memae/graph';

import { TensorProto_DataType as DataType } from './generated/onnx_pb.js';
import { type GraphBuilder, elementTypes } from './graph-builder.ts';
import { swapAxes } from './swap-axes.ts';
import { asConvolutions } from './transposed-convolution.ts';

/** What a lowering works with; every value in the graph goes by its name. */
export interface LoweringContext {
  readonly graph: GraphBuilder;
  /** The tensor's value in its own element type. */
  readonly value: (x: Tensor) => string;
  /** The tensor's value as booleans: whether each element differs from 0. */
  readonly mask: (x: Tensor) => string;
  /** The length of the axis `batch`, as a list of one integer. */
  readonly batch: () => string;
}

/** Operations whose node gives booleans, to be cast only where numbers are asked for. */
export function givesMask(op: Op): boolean {
  return op.type === 'equal' || op.type === 'greater' || op.type === 'greaterEqual';
}

/** Adds an operation's nodes and gives the name of its value: booleans where `givesMask`. */
export function lower(op: Op, context: LoweringContext): string {
  const entry = lowerings[op.type] as (op: Op, context: LoweringContext) => string;
  return entry(op, context);
}

type Lowerings = {
  readonly [T in OpType]: (op: OpOf<T>, context: LoweringContext) => string;
};

/** An operation that ONNX has as it is. */
const same =
  (node: string) =>
  ({ inputs }: Op, { graph, value }: LoweringContext): string =>
    graph.node(node, inputs.map(value));

const reduce =
  (node: string) =>
  ({ axes, keepDims, inputs: [x] }: OpOf<'sum' | 'mean' | 'max'>, c: LoweringContext): string =>
    // ONNX takes no axes to mean all of them.
    axes.length === 0
      ? c.value(x)
      : c.graph.node(node, [c.value(x), c.graph.integers(axes)], {
          attributes: { keepdims: Number(keepDims) },
        });

const lowerings: Lowerings = {
  input: ({ name }) => name,
  parameter: ({ name }) => name,
  constant: ({ value }, { graph }) => graph.constant(value),
  abs: same('Abs'),
  exp: same('Exp'),
  log: same('Log'),
  neg: same('Neg'),
  relu: same('Relu'),
  sigmoid: same('Sigmoid'),
  sign: same('Sign'),
  sqrt: same('Sqrt'),
  tanh: same('Tanh'),
  leakyRelu: ({ slope, inputs: [x] }, { graph, value }) =>
    graph.node('LeakyRelu', [value(x)], { attributes: { alpha: { float: slope } } }),
  add: same('Add'),
  sub: same('Sub'),
  mul: same('Mul'),
  div: same('Div'),
  maximum: same('Max'),
  minimum: same('Min'),
  equal: same('Equal'),
  greater: same('Greater'),
  greaterEqual: same('GreaterOrEqual'),
  where: ({ inputs: [condition, a, b] }, { graph, mask, value }) =>
    graph.node('Where', [mask(condition), value(a), value(b)]),
  cast: ({ to, inputs: [x] }, { graph, value }) =>
    graph.node('Cast', [value(x)], { attributes: { to: elementTypes[to] } }),
  sum: reduce('ReduceSum'),
  mean: reduce('ReduceMean'),
  max: reduce('ReduceMax'),
  softmax: ({ axis, inputs: [x] }, { graph, value }) =>
    graph.node('Softmax', [value(x)], { attributes: { axis } }),
  argMax: ({ axis, inputs: [x] }, { graph, value }) => {
    const index = graph.node('ArgMax', [value(x)], { attributes: { axis, keepdims: 0 } });
    return graph.node('Cast', [index], { attributes: { to: DataType.INT32 } });
  },
  size: ({ axes, inputs: [x] }, { graph, value }) => {
    const lengths = axes.map((axis) => x.dims[axis] ?? 1);
    if (isConcrete(lengths)) return graph.constant(ndarray([sizeOf(lengths)], []));
    const known = graph.node('Gather', [graph.node('Shape', [value(x)]), graph.integers(axes)]);
    const product = graph.node('ReduceProd', [known], { attributes: { keepdims: 0 } });
    return graph.node('Cast', [product], { attributes: { to: DataType.FLOAT } });
  },
  matmul: ({ transposeA, transposeB, inputs: [a, b] }, { graph, value }) => {
    if (a.dims.length === 2 && b.dims.length === 2) {
      const attributes = { transA: Number(transposeA), transB: Number(transposeB) };
      return graph.node('Gemm', [value(a), value(b)], { attributes });
    }
    const turned = (x: Tensor, wanted: boolean): string =>
      wanted ? swapAxes(graph, value(x), [x.dims.length, -2, -1]) : value(x);
    return graph.node('MatMul', [turned(a, transposeA), turned(b, transposeB)]);
  },
  conv: ({ window, inputs: [x, kernel] }, { graph, value }) =>
    graph.node('Conv', [value(x), value(kernel)], {
      attributes: { strides: window.stride, pads: [...window.padding, ...window.padding] },
    }),
  convTranspose: (op, context) => {
    const { window, outputPadding, inputs } = op;
    return (
      asConvolutions(op, context) ??
      context.graph.node('ConvTranspose', inputs.map(context.value), {
        attributes: {
          strides: window.stride,
          pads: [...window.padding, ...window.padding],
          output_padding: outputPadding,
        },
      })
    );
  },
  // Batch and channels change places: y slides over x with holes as wide as the stride.
  convKernelGradient: ({ window, kernel, inputs: [x, y] }, { graph, value }) => {
    const rank = x.dims.length;
    const from = swapAxes(graph, value(x), [rank, 0, 1]);
    const over = swapAxes(graph, value(y), [rank, 0, 1]);
    const places = graph.node('Conv', [from, over], {
      attributes: { dilations: window.stride, pads: [...window.padding, ...window.padding] },
    });
    // Where the stride leaves the end of x unread, there are more places than the kernel has.
    const cut = graph.node('Slice', [
      places,
      graph.integers(kernel.map(() => 0)),
      graph.integers(kernel),
      graph.integers(kernel.map((_, i) => i + 2)),
    ]);
    return swapAxes(graph, cut, [rank, 0, 1]);
  },
  reshape: ({ to, inputs: [x] }, { graph, value, batch }) => {
    // 0 keeps the axis as it was, -1 works out the one that is left.
    const kept = to.map((dim, axis) => (dim === 'batch' && x.dims[axis] === 'batch' ? 0 : dim));
    const open = kept.filter((dim) => dim === 'batch').length;
    const target = open === 1 ? kept.map((dim) => (dim === 'batch' ? -1 : dim)) : kept;
    return graph.node('Reshape', [value(x), shape(target, { graph, batch })]);
  },
  expand: ({ to, inputs: [x] }, { graph, value, batch }) => {
    // Beside a 1 an axis keeps its length.
    const added = to.length - x.dims.length;
    const target = to.map((dim, axis) =>
      dim === 'batch' && x.dims[axis - added] === 'batch' ? 1 : dim,
    );
    return graph.node('Expand', [value(x), shape(target, { graph, batch })]);
  },
  transpose: ({ permutation, inputs: [x] }, { graph, value }) =>
    graph.node('Transpose', [value(x)], { attributes: { perm: permutation } }),
  concat: ({ axis, inputs }, { graph, value }) =>
    graph.node('Concat', inputs.map(value), { attributes: { axis } }),
  slice: ({ axis, start, end, inputs: [x] }, { graph, value }) =>
    graph.node('Slice', [value(x), ...[start, end, axis].map((n) => graph.integers([n]))]),
  pad: ({ axis, before, after, inputs: [x] }, { graph, value }) => {
    const side = (width: number): number[] => x.dims.map((_, i) => (i === axis ? width : 0));
    return graph.node('Pad', [value(x), graph.integers([...side(before), ...side(after)])]);
  },
  gather: ({ axis, inputs: [x, index] }, { graph, value }) =>
    graph.node('Gather', [value(x), value(index)], { attributes: { axis } }),
  // The program lists what it writes; here only the value passes on.
  withUpdate: ({ inputs: [x] }, { value }) => value(x),
};

/** A shape as a list of integers: a constant, or put together when run where the batch is in it. */
function shape(dims: Dims, { graph, batch }: Pick<LoweringContext, 'graph' | 'batch'>): string {
  if (isConcrete(dims)) return graph.integers(dims);
  const parts = dims.map((dim) => (dim === 'batch' ? batch() : graph.integers([dim])));
  return graph.node('Concat', parts, { attributes: { axis: 0 } });
}

function isConcrete(dims: Dims): dims is readonly number[] {
  return !dims.includes('batch');
}
