// One random case an operation. The table is typed over the closed union of operations: a new
// operation does not compile until it has its case here.

import {
  type Dim,
  type OpType,
  type Tensor,
  type Window,
  abs,
  add,
  argMax,
  cast,
  concat,
  constant,
  conv,
  convKernelGradient,
  convTranspose,
  div,
  equal,
  exp,
  expand,
  gather,
  greater,
  greaterEqual,
  leakyRelu,
  log,
  matmul,
  max,
  maximum,
  mean,
  minimum,
  mul,
  ndarray,
  neg,
  pad,
  parameter,
  relu,
  reshape,
  sigmoid,
  sign,
  size,
  sizeOf,
  sliceAxis,
  softmax,
  sqrt,
  sub,
  sum,
  tanh,
  transpose,
  where,
  withUpdate,
  zeros,
} from '@memae/graph';
import type { Draw, Range } from './draw.ts';

/** Draws the operation's operands and applies it. */
export type Case = (draw: Draw) => Tensor;

const positive: Range = { low: 0.5, high: 2 };

export const cases: { readonly [T in OpType]: Case } = {
  input: (draw) => draw.real(['batch', 2]),
  parameter: (draw) => draw.parameter([2, 3]),
  constant: ({ whole, random }) => {
    const shape = [whole(1, 3), whole(1, 3)];
    const numbers = Array.from({ length: sizeOf(shape) }, () => random.normal());
    return constant(ndarray(numbers, shape));
  },

  abs: unary(abs),
  exp: unary(exp),
  log: unary(log, positive),
  neg: unary(neg),
  relu: unary(relu),
  leakyRelu: (draw) => leakyRelu(draw.real(draw.dims(0, 4)), draw.random.uniform(0.01, 0.5)),
  sigmoid: unary(sigmoid),
  sign: unary(sign),
  sqrt: unary(sqrt, positive),
  tanh: unary(tanh),
  cast: (draw) => {
    const dims = draw.dims(0, 3);
    return draw.chance(0.7)
      ? cast(draw.integers(dims, { low: 0, high: 255 }, 'uint8'), 'float32')
      : cast(draw.real(dims, { low: -9, high: 9 }), 'int32');
  },

  add: binary(add),
  sub: binary(sub),
  mul: binary(mul),
  div: binary(div, positive),
  maximum: binary(maximum),
  minimum: binary(minimum),
  equal: comparison(equal),
  greater: comparison(greater),
  greaterEqual: comparison(greaterEqual),
  where: (draw) => {
    const dims = draw.dims(0, 4);
    const mask = draw.steps(draw.within(dims));
    return where(mask, draw.real(draw.within(dims)), draw.real(draw.within(dims)));
  },

  sum: reduction(sum),
  mean: reduction(mean),
  max: reduction(max),
  size: (draw) => {
    const x = draw.real(draw.dims(1, 4));
    return size(x, draw.axes(x.dims));
  },
  softmax: (draw) => {
    const x = draw.real(draw.dims(1, 4));
    return softmax(x, draw.random.integer(x.dims.length));
  },
  argMax: (draw) => {
    const x = draw.real(draw.dims(1, 4));
    return argMax(x, draw.random.integer(x.dims.length));
  },

  matmul: (draw) => {
    const { whole, chance } = draw;
    const leading = draw.dims(0, 2);
    // The batch may also be the rows, or what is summed over, as in a dense layer and its gradient.
    const place = leading.includes('batch') ? 2 : whole(0, 2);
    const rows: Dim = place === 0 ? 'batch' : whole(1, 4);
    const inner: Dim = place === 1 ? 'batch' : whole(1, 4);
    const columns = whole(1, 4);
    const transposeA = chance(0.5);
    const transposeB = chance(0.5);
    const a = transposeA ? [inner, rows] : [rows, inner];
    const b = transposeB ? [columns, inner] : [inner, columns];
    return matmul(
      draw.real([...draw.within(leading), ...a]),
      draw.real([...draw.within(leading), ...b]),
      { transposeA, transposeB },
    );
  },
  conv: (draw) => {
    const { x, kernel, window } = convolution(draw);
    return conv(x, draw.real(kernel), window);
  },
  convKernelGradient: (draw) => {
    const { x, kernel, window } = convolution(draw);
    const { dims } = conv(x, constant(zeros(kernel)), window);
    return convKernelGradient(x, draw.real(dims), { ...window, kernel: kernel.slice(2) });
  },
  convTranspose: (draw) => {
    const { whole } = draw;
    const axes = Array.from({ length: draw.spatial }, () => {
      const [length, kernel, stride] = [whole(1, 4), whole(1, 3), whole(1, 3)];
      const outputPadding = whole(0, stride - 1);
      const most = Math.floor(((length - 1) * stride + kernel + outputPadding - 1) / 2);
      return { length, kernel, stride, outputPadding, padding: whole(0, Math.min(2, most)) };
    });
    const channels = whole(1, 3);
    const x = draw.real([batch(draw), channels, ...axes.map(({ length }) => length)]);
    const kernel = draw.real([channels, whole(1, 6), ...axes.map((axis) => axis.kernel)]);
    return convTranspose(x, kernel, {
      stride: axes.map(({ stride }) => stride),
      padding: axes.map(({ padding }) => padding),
      outputPadding: axes.map(({ outputPadding }) => outputPadding),
    });
  },

  reshape: (draw) => {
    const x = draw.any(draw.dims(0, 4));
    const fixed = x.dims.filter((dim) => dim !== 'batch');
    const to = draw.chance(0.5) ? [sizeOf(fixed)] : [...fixed.reverse(), 1];
    return reshape(x, x.dims.includes('batch') ? ['batch', ...to] : to);
  },
  expand: (draw) => {
    const dims = draw.dims(0, 4);
    const from = draw.within(dims);
    return expand(draw.any(from), dims);
  },
  transpose: (draw) => {
    const x = draw.any(draw.dims(0, 4));
    return transpose(x, [...draw.random.permutation(x.dims.length)]);
  },
  concat: (draw) => {
    const dims = draw.dims(2, 4);
    const axis = draw.fixedAxis(dims);
    const parts = Array.from({ length: draw.whole(1, 3) }, () =>
      draw.real(dims.with(axis, draw.whole(1, 3))),
    );
    return concat(parts, axis);
  },
  slice: (draw) => {
    const dims = draw.dims(2, 4);
    const axis = draw.fixedAxis(dims);
    const start = draw.whole(0, 2);
    const end = start + draw.whole(1, 2);
    return sliceAxis(draw.any(dims.with(axis, end + draw.whole(0, 2))), { axis, start, end });
  },
  pad: (draw) => {
    const dims = draw.dims(2, 4);
    return pad(draw.any(dims), {
      axis: draw.fixedAxis(dims),
      before: draw.whole(0, 2),
      after: draw.whole(0, 2),
    });
  },
  gather: (draw) => {
    const dims = draw.dims(2, 3);
    const axis = draw.fixedAxis(dims);
    const length = draw.whole(1, 4);
    const x = draw.real(dims.with(axis, length));
    const from = dims.includes('batch') ? [draw.whole(1, 4)] : draw.dims(0, 2);
    return gather(x, draw.integers(from, { low: 0, high: length - 1 }), axis);
  },
  withUpdate: (draw) => {
    const x = draw.real(draw.dims(0, 3));
    const average = parameter('average', zeros([]));
    return withUpdate(x, average, add(mul(average, 0.9), mul(mean(x), 0.1)));
  },
};

function unary(op: (x: Tensor) => Tensor, range?: Range): Case {
  return (draw) => op(draw.real(draw.dims(0, 4), range));
}

function binary(op: (a: Tensor, b: Tensor) => Tensor, range?: Range): Case {
  return (draw) => {
    const dims = draw.dims(0, 4);
    const b = draw.real(draw.within(dims), range);
    // Now and then both sides are one tensor: its gradients from the two must add up.
    return op(draw.chance(0.2) ? b : draw.real(draw.within(dims)), b);
  };
}

function comparison(op: (a: Tensor, b: Tensor) => Tensor): Case {
  return (draw) => {
    const dims = draw.dims(0, 4);
    return op(draw.steps(draw.within(dims)), draw.steps(draw.within(dims)));
  };
}

function reduction(op: typeof sum): Case {
  return (draw) => {
    const x = draw.real(draw.dims(0, 4));
    return op(x, { axes: draw.axes(x.dims), keepDims: draw.chance(0.5) });
  };
}

function batch({ chance, whole }: Draw): Dim {
  return chance(0.5) ? 'batch' : whole(1, 3);
}

/** An input, and a kernel and window that fit it. */
function convolution(draw: Draw): {
  readonly x: Tensor;
  readonly kernel: number[];
  readonly window: Window;
} {
  const { whole } = draw;
  const axes = Array.from({ length: draw.spatial }, () => {
    const kernel = whole(1, 3);
    return { kernel, length: kernel + whole(0, 3), stride: whole(1, 3), padding: whole(0, 2) };
  });
  const channels = whole(1, 3);
  return {
    x: draw.real([batch(draw), channels, ...axes.map(({ length }) => length)]),
    kernel: [whole(1, 3), channels, ...axes.map((axis) => axis.kernel)],
    window: {
      stride: axes.map(({ stride }) => stride),
      padding: axes.map(({ padding }) => padding),
    },
  };
}
