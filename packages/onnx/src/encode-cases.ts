// For the tests: small programs over every operation, with numbers worked out by hand.

import {
  type AnyNdArray,
  type OpType,
  type Program,
  type Shape,
  type Tensor,
  abs,
  add,
  argMax,
  cast,
  concat,
  constant,
  conv,
  convKernelGradient,
  convTranspose,
  defineProgram,
  div,
  equal,
  exp,
  expand,
  gather,
  gradients,
  greater,
  greaterEqual,
  input,
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
  sliceAxis,
  softmax,
  sqrt,
  square,
  sub,
  sum,
  tanh,
  transpose,
  where,
  withUpdate,
} from '@memae/graph';

import type { EncodeOptions } from './encode.ts';

type Arrays = Readonly<Record<string, AnyNdArray>>;

/** A program, what to feed it, and what must come out. */
export interface Case {
  readonly program: Program;
  readonly feeds: Arrays;
  readonly expected: Arrays;
  readonly options?: EncodeOptions;
}

const rows = ndarray([-2, -0.5, 0, 0.5, 2, 1], [2, 3]);
const positive = ndarray([1, 2, 3, 4, 5, 6], [2, 3]);
const ints = (data: readonly number[], shape: Shape): AnyNdArray =>
  ndarray(Int32Array.from(data), shape);

/** y = make(x), where x is `rows` or what is fed instead, its first axis the batch. */
function of(
  make: (x: Tensor) => Tensor,
  y: AnyNdArray,
  fed: AnyNdArray = rows,
  updates: Arrays = {},
): Case {
  const x = input('x', ['batch', ...fed.shape.slice(1)], fed.dtype);
  const program = defineProgram({ y: make(x) });
  return {
    program,
    feeds: program.inputs.length > 0 ? { x: fed } : {},
    expected: { y, ...updates },
  };
}

/** y = make(x), element by element. */
function each(make: (x: Tensor) => Tensor, f: (x: number) => number, fed = rows): Case {
  return of(make, ndarray(Array.from(fed.data, f), fed.shape), fed);
}

const signal = ndarray([1, 2, 3, 4, 5, 1, 2, 3, 4, 5], [2, 1, 5]);
const kernel = constant(ndarray([1, 10], [1, 1, 2]));
const strided = { stride: [2], padding: [1] };
const flat = { stride: [1, 1], padding: [0, 0] };
const outer = (x: Tensor): Tensor => matmul(x, x, { transposeB: true });
const outerRows = [4.25, -2, -2, 5.25];
const column = (x: Tensor): Tensor => reshape(x, ['batch', 3, 1]);

export const cases: Readonly<Record<OpType, readonly Case[]>> = {
  input: [of((x) => x, rows), of((x) => x, ints([7, -7], [2]), ints([7, -7], [2]))],
  parameter: [
    of(() => parameter('w', positive), positive),
    {
      ...of(() => parameter('w', positive), rows),
      feeds: { w: rows },
      options: { parameters: 'inputs' },
    },
  ],
  constant: [of(() => constant(ints([3, 1], [2])), ints([3, 1], [2]))],
  abs: [each(abs, Math.abs)],
  exp: [each(exp, Math.exp)],
  log: [each(log, Math.log, positive)],
  neg: [each(neg, (v) => -v)],
  relu: [each(relu, (v) => Math.max(v, 0))],
  sigmoid: [each(sigmoid, (v) => 1 / (1 + Math.exp(-v)))],
  sign: [each(sign, Math.sign)],
  sqrt: [each(sqrt, Math.sqrt, positive)],
  tanh: [each(tanh, Math.tanh)],
  leakyRelu: [
    each(
      (x) => leakyRelu(x, 0.3),
      (v) => (v > 0 ? v : 0.3 * v),
    ),
  ],
  add: [
    each(
      (x) => add(x, constant(ndarray([1], [1, 1]))),
      (v) => v + 1,
    ),
  ],
  sub: [
    each(
      (x) => sub(1, x),
      (v) => 1 - v,
    ),
  ],
  mul: [each(square, (v) => v * v)],
  div: [
    each(
      (x) => div(x, 4),
      (v) => v / 4,
    ),
  ],
  maximum: [
    each(
      (x) => maximum(x, 0.5),
      (v) => Math.max(v, 0.5),
    ),
  ],
  minimum: [
    each(
      (x) => minimum(x, 0.5),
      (v) => Math.min(v, 0.5),
    ),
  ],
  equal: [
    each(
      (x) => equal(x, 0.5),
      (v) => (v === 0.5 ? 1 : 0),
    ),
  ],
  greater: [
    each(
      (x) => greater(x, 0.5),
      (v) => (v > 0.5 ? 1 : 0),
    ),
  ],
  greaterEqual: [
    each(
      (x) => mul(greaterEqual(x, 0.5), x),
      (v) => (v >= 0.5 ? v : 0),
    ),
  ],
  where: [
    each(
      (x) => where(x, 7, 3),
      (v) => (v === 0 ? 3 : 7),
    ),
    each(
      (x) => {
        const up = greater(x, 0);
        return add(where(up, x, -1), up);
      },
      (v) => (v > 0 ? v + 1 : -1),
    ),
  ],
  cast: [
    of(
      (x) => cast(x, 'float32'),
      ndarray([0, 128, 255], [3]),
      ndarray(Uint8Array.of(0, 128, 255), [3]),
    ),
    of((x) => cast(x, 'int32'), ints([-2, 0, 0, 0, 2, 1], [2, 3])),
  ],
  sum: [
    of((x) => sum(x, { axes: [0] }), ndarray([-1.5, 1.5, 1], [3])),
    of((x) => sum(x), ndarray([1], [])),
    of((x) => sum(x, { axes: [] }), rows),
  ],
  mean: [of((x) => mean(x, { axes: [1], keepDims: true }), ndarray([-2.5 / 3, 3.5 / 3], [2, 1]))],
  max: [of((x) => max(x, { axes: [1] }), ndarray([0, 2], [2]))],
  softmax: [
    of(
      (x) => softmax(log(x), 0),
      ndarray([1 / 5, 2 / 7, 1 / 3, 4 / 5, 5 / 7, 2 / 3], [2, 3]),
      positive,
    ),
    each(
      (x) => softmax(mul(x, 0)),
      () => 1 / 3,
    ),
  ],
  argMax: [
    of((x) => argMax(x), ints([2, 1], [2])),
    of((x) => argMax(mul(x, 0), 0), ints([0, 0, 0], [3])),
  ],
  size: [
    of((x) => size(x, [0, 1]), ndarray([6], [])),
    of((x) => size(x, [1]), ndarray([3], [])),
    of((x) => size(x, []), ndarray([1], [])),
  ],
  matmul: [
    of(outer, ndarray(outerRows, [2, 2])),
    of(
      (x) => matmul(x, x, { transposeA: true }),
      ndarray([4.25, 2, 0.5, 2, 4.25, 2, 0.5, 2, 1], [3, 3]),
    ),
    of((x) => matmul(column(x), column(x), { transposeA: true }), ndarray([4.25, 5.25], [2, 1, 1])),
    of(
      (x) => matmul(column(x), constant(ndarray([1, 2], [2, 1])), { transposeB: true }),
      ndarray([-2, -4, -0.5, -1, 0, 0, 0.5, 1, 2, 4, 1, 2], [2, 3, 2]),
    ),
  ],
  conv: [
    of((x) => conv(x, kernel, strided), ndarray([10, 32, 54, 10, 32, 54], [2, 1, 3]), signal),
    of(
      (x) => conv(x, constant(ndarray([1, 0, 0, 1], [1, 1, 2, 2])), flat),
      ndarray([6, 8], [1, 1, 1, 2]),
      ndarray(positive.data, [1, 1, 2, 3]),
    ),
  ],
  convTranspose: [
    of(
      (x) => convTranspose(x, kernel, { ...strided, outputPadding: [1] }),
      ndarray([10, 2, 20, 3, 30], [1, 1, 5]),
      ndarray([1, 2, 3], [1, 1, 3]),
    ),
    // The kernels of five channels are multiples of 1, 10, 100.
    of(
      (x) => {
        const kernels = [1, 2, 3, 4, 5].flatMap((m) => [m, 10 * m, 100 * m]);
        const five = constant(ndarray(kernels, [1, 5, 3]));
        return convTranspose(x, five, { ...strided, outputPadding: [1] });
      },
      ndarray(
        [1, 2, 3, 4, 5].flatMap((m) => [10, 102, 20, 203, 30, 300].map((y) => m * y)),
        [1, 5, 6],
      ),
      ndarray([1, 2, 3], [1, 1, 3]),
    ),
  ],
  convKernelGradient: [
    of(
      (x) => {
        const y = expand(constant(ndarray([1, 2, 3, 1, 0, 0], [2, 3])), ['batch', 2, 3]);
        return convKernelGradient(x, y, { ...strided, kernel: [2] });
      },
      ndarray([32, 44, 0, 2], [2, 1, 2]),
      signal,
    ),
  ],
  reshape: [
    of((x) => reshape(x, ['batch', 3, 1]), ndarray(rows.data, [2, 3, 1])),
    of((x) => reshape(x, [3, 'batch']), ndarray(rows.data, [3, 2])),
    of((x) => reshape(outer(x), [1, 'batch', 'batch']), ndarray(outerRows, [1, 2, 2])),
    of((x) => reshape(outer(x), [1, 1, 'batch', 'batch']), ndarray(outerRows, [1, 1, 2, 2])),
  ],
  expand: [
    of(
      (x) => mul(expand(constant(2), ['batch', 3]), mul(x, 0)),
      ndarray([0, 0, 0, 0, 0, 0], [2, 3]),
    ),
    of(
      (x) => expand(sum(x, { axes: [1], keepDims: true }), ['batch', 2]),
      ndarray([-2.5, -2.5, 3.5, 3.5], [2, 2]),
    ),
    of(
      (x) => expand(sum(x, { axes: [0] }), [2, 'batch', 3]),
      ndarray(
        [1, 2, 3, 4].flatMap(() => [-1.5, 1.5, 1]),
        [2, 2, 3],
      ),
    ),
    of((x) => expand(sum(x), [1, 2]), ndarray([1, 1], [1, 2])),
  ],
  transpose: [of((x) => transpose(x, [1, 0]), ndarray([-2, 0.5, -0.5, 2, 0, 1], [3, 2]))],
  concat: [
    of(
      (x) => concat([x, reshape(sum(x, { axes: [1] }), ['batch', 1])], 1),
      ndarray([-2, -0.5, 0, -2.5, 0.5, 2, 1, 3.5], [2, 4]),
    ),
  ],
  slice: [of((x) => sliceAxis(x, { axis: 1, start: 1, end: 3 }), ndarray([-0.5, 0, 2, 1], [2, 2]))],
  pad: [
    of(
      (x) => pad(x, { axis: 1, before: 1, after: 2 }),
      ndarray([0, -2, -0.5, 0, 0, 0, 0, 0.5, 2, 1, 0, 0], [2, 6]),
    ),
  ],
  gather: [
    of(
      (x) => gather(x, constant(ndarray(Int32Array.of(2, 0), [1, 2])), 1),
      ndarray([0, -2, 1, 0.5], [2, 1, 2]),
    ),
    of(
      (index) => gather(constant(positive), index),
      ndarray([4, 5, 6, 1, 2, 3], [2, 3]),
      ints([1, 0], [2]),
    ),
  ],
  withUpdate: [runningSum(), descent('initializers'), descent('inputs')],
};

/** The value passes on, and what was recorded beside it is an output of its own. */
function runningSum(): Case {
  const total = parameter('total', ndarray([10, 20, 30], [3]));
  return of((x) => withUpdate(x, total, add(total, sum(x, { axes: [0] }))), rows, rows, {
    'update:total': ndarray([8.5, 21.5, 31], [3]),
  });
}

/** One step of gradient descent on the mean of (x · w)². */
function descent(parameters: 'initializers' | 'inputs'): Case {
  const start = ndarray([1, 0, 0], [3, 1]);
  const w = parameter('w', start);
  const x = input('x', ['batch', 3]);
  const loss = mean(square(matmul(x, w)));
  const next = [...gradients(loss, [w])].map(([p, g]) => [p, sub(p, mul(g, 0.1))] as const);
  return {
    program: defineProgram({ loss }, new Map(next)),
    feeds: { x: rows, ...(parameters === 'inputs' ? { w: start } : {}) },
    expected: {
      loss: ndarray([2.125], []),
      'update:w': ndarray([0.575, -0.2, -0.05], [3, 1]),
    },
    options: { parameters },
  };
}
