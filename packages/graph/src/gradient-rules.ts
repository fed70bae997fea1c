// One gradient rule an operation: from the output's gradient to that of each input (reverse mode).

import { MemaeError } from './error.ts';
import { formatShape, ndarray, sizeOf } from './ndarray.ts';
import type { Dims, OpOf, OpType, Tensor, Window } from './op.ts';
import {
  cast,
  constant,
  conv,
  convKernelGradient,
  convTranspose,
  div,
  equal,
  expand,
  greater,
  greaterEqual,
  matmul,
  mul,
  neg,
  pad,
  reshape,
  sign,
  size,
  sliceAxis,
  sub,
  sum,
  transpose,
  where,
} from './ops.ts';

/** The gradients of an operation's inputs, in their order; `null` where nothing flows. */
export type GradientRule<T extends OpType> = (
  gradient: Tensor,
  op: OpOf<T>,
  output: Tensor,
) => readonly (Tensor | null)[];

/** `null` marks what has no gradient at all. */
export const gradientRules: { readonly [T in OpType]: GradientRule<T> | null } = {
  input: null,
  parameter: null,
  constant: null,
  argMax: null,
  size: null,
  sign: null,
  greater: null,
  greaterEqual: null,
  equal: null,
  cast: null,

  abs: (g, { inputs: [x] }) => [mul(g, sign(x))],
  exp: (g, _, y) => [mul(g, y)],
  log: (g, { inputs: [x] }) => [div(g, x)],
  neg: (g) => [neg(g)],
  relu: (g, _, y) => [where(greater(y, 0), g, 0)],
  // With a positive slope the output has the input's sign, so that the input need not be kept.
  leakyRelu: (g, { inputs: [x], slope }, y) => [
    where(greater(slope > 0 ? y : x, 0), g, mul(g, slope)),
  ],
  sigmoid: (g, _, y) => [mul(g, mul(y, sub(1, y)))],
  sqrt: (g, _, y) => [div(mul(g, 0.5), y)],
  tanh: (g, _, y) => [mul(g, sub(1, mul(y, y)))],

  add: (g, { inputs: [a, b] }) => [foldTo(a, g), foldTo(b, g)],
  sub: (g, { inputs: [a, b] }) => [foldTo(a, g), neg(foldTo(b, g))],
  // Scaling the gradient of a square before the product keeps a broadcast gradient small.
  mul: (g, { inputs: [a, b] }) =>
    a === b ? [mul(mul(g, 2), a), null] : [foldTo(a, () => mul(g, b)), foldTo(b, () => mul(g, a))],
  div: (g, { inputs: [a, b] }, y) => [
    foldTo(a, () => div(g, b)),
    foldTo(b, () => neg(div(mul(g, y), b))),
  ],
  // Where both sides are equal the first one takes the gradient.
  maximum: (g, { inputs: [a, b] }) => chosen(g, greaterEqual(a, b), [a, b]),
  minimum: (g, { inputs: [a, b] }) => chosen(g, greaterEqual(b, a), [a, b]),
  where: (g, { inputs: [mask, a, b] }) => [null, ...chosen(g, mask, [a, b])],

  sum: (g, op) => [unfold(g, op)],
  mean: (g, op) => [unfold(div(g, size(op.inputs[0], op.axes)), op)],
  max: (g, op, y) => {
    const [x] = op.inputs;
    const largest = equal(x, keepAxes(y, op));
    const count = sum(largest, { axes: op.axes, keepDims: true });
    return [mul(div(largest, count), keepAxes(g, op))];
  },
  softmax: (g, { axis }, y) => {
    const weighted = mul(g, y);
    return [sub(weighted, mul(y, sum(weighted, { axes: [axis], keepDims: true })))];
  },

  matmul: (g, { inputs: [a, b], transposeA, transposeB }) => [
    foldTo(a, () =>
      transposeA
        ? matmul(b, g, { transposeA: transposeB, transposeB: true })
        : matmul(g, b, { transposeB: !transposeB }),
    ),
    matmulGradientB(g, { a, b, transposeA, transposeB }),
  ],
  conv: (g, { inputs: [x, kernel], window }) => [
    convTranspose(g, kernel, { ...window, outputPadding: remainder(x, kernel, window) }),
    convKernelGradient(x, g, { ...window, kernel: spatialOf(kernel) }),
  ],
  convTranspose: (g, { inputs: [x, kernel], window }) => [
    conv(g, kernel, window),
    convKernelGradient(g, x, { ...window, kernel: spatialOf(kernel) }),
  ],
  convKernelGradient: (g, { inputs: [x, y], window }) => [
    convTranspose(y, g, { ...window, outputPadding: remainder(x, g, window) }),
    conv(x, g, window),
  ],

  reshape: (g, { inputs: [x] }) => [reshape(g, x.dims)],
  expand: (g, { inputs: [x] }) => [foldTo(x, g)],
  transpose: (g, { permutation }) => [
    transpose(
      g,
      permutation.map((_, axis) => permutation.indexOf(axis)),
    ),
  ],
  concat: (g, { inputs, axis }) => {
    let end = 0;
    return inputs.map((x) => {
      const start = end;
      end += Number(x.dims[axis]);
      return sliceAxis(g, { axis, start, end });
    });
  },
  slice: (g, { inputs: [x], axis, start, end }) => [
    pad(g, { axis, before: start, after: Number(x.dims[axis]) - end }),
  ],
  pad: (g, { inputs: [x], axis, before }) => [
    sliceAxis(g, { axis, start: before, end: before + Number(x.dims[axis]) }),
  ],
  gather: (g, { inputs: [x, index], axis }) => [gatherGradient(g, { x, index, axis }), null],
  withUpdate: (g) => [g, null],
};

/** Sums a gradient over the axes along which its input was repeated. */
function foldTo(input: Tensor, gradient: Tensor | (() => Tensor)): Tensor {
  const g = typeof gradient === 'function' ? gradient() : gradient;
  const missing = g.dims.length - input.dims.length;
  const axes = g.dims.flatMap((dim, axis) =>
    axis < missing || input.dims[axis - missing] !== dim ? [axis] : [],
  );
  return axes.length === 0 ? g : reshape(sum(g, { axes }), input.dims);
}

function chosen(g: Tensor, mask: Tensor, [a, b]: readonly [Tensor, Tensor]): [Tensor, Tensor] {
  return [foldTo(a, () => where(mask, g, 0)), foldTo(b, () => where(mask, 0, g))];
}

type Reduction = OpOf<'sum' | 'mean' | 'max'>;

function keepAxes(folded: Tensor, op: Reduction): Tensor {
  const { dims } = op.inputs[0];
  return reshape(
    folded,
    dims.map((dim, axis) => (op.axes.includes(axis) ? 1 : dim)),
  );
}

function unfold(folded: Tensor, op: Reduction): Tensor {
  return expand(keepAxes(folded, op), op.inputs[0].dims);
}

function matmulGradientB(
  g: Tensor,
  {
    a,
    b,
    transposeA,
    transposeB,
  }: Record<'a' | 'b', Tensor> & Record<'transposeA' | 'transposeB', boolean>,
): Tensor {
  return foldTo(b, () =>
    transposeB
      ? matmul(g, a, { transposeA: true, transposeB: transposeA })
      : matmul(a, g, { transposeA: !transposeA }),
  );
}

function spatialOf(kernel: Tensor): number[] {
  return kernel.dims.slice(2).map(Number);
}

/** What a stride leaves over at the far edge of x: the output padding that restores its size. */
function remainder(x: Tensor, kernel: Tensor, { stride, padding }: Window): number[] {
  return spatialOf(x).map((length, i) => {
    const free = length + 2 * (padding[i] ?? 0) - Number(kernel.dims[i + 2]);
    return free % (stride[i] ?? 1);
  });
}

/** Rows that were picked get their gradients back, summed, as a product with a one-hot matrix. */
function gatherGradient(
  g: Tensor,
  { x, index, axis }: { readonly x: Tensor; readonly index: Tensor; readonly axis: number },
): Tensor {
  const fixed = (dims: Dims): number => {
    if (!dims.includes('batch')) return sizeOf(dims.map(Number));
    throw new MemaeError(
      'GRAPH_NOT_DIFFERENTIABLE',
      `The gradient of gather along axis ${axis} of ${formatShape(x.dims)} by ` +
        `${formatShape(index.dims)} needs the batch in front of that axis, or first in the index.`,
    );
  };
  const length = fixed(x.dims.slice(axis, axis + 1));
  const rest = fixed(x.dims.slice(axis + 1));
  const before = x.dims.slice(0, axis);
  // An index by batch and more cannot be flattened to one axis: it takes a product a sample.
  const [first, ...others] = index.dims;
  const perSample: Dims = first === 'batch' ? [first] : [];
  const picked = fixed(first === 'batch' ? others : index.dims);
  const places = constant(
    ndarray(
      Float32Array.from({ length }, (_, i) => i),
      [length, 1],
    ),
  );
  const oneHot = equal(places, cast(reshape(index, [...perSample, 1, picked]), 'float32'));
  const sums = matmul(oneHot, reshape(g, [...before, ...perSample, picked, rest]));
  return reshape(perSample.length === 0 ? sums : sum(sums, { axes: [axis] }), x.dims);
}
