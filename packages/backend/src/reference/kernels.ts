// What each operation means, as plain loops in float64. This table is the specification that the
// other engines are held to: shapes are those that the graph inferred, values follow IEEE 754.

import { type OpOf, type OpType, type Shape, sizeOf } from '@memae/graph';
import { forEachTriple } from './convolution.ts';
import { type Value, broadcastStrides, offsets, pick, strides } from './value.ts';

/** Operations that are computed; inputs and parameters are given. */
export type ComputedType = Exclude<OpType, 'input' | 'parameter'>;

/** Computes the elements of an operation's result, whose shape is known. */
export type Kernel<T extends OpType> = (
  op: OpOf<T>,
  inputs: readonly Value[],
  shape: Shape,
) => Float64Array;

export const kernels: { readonly [T in ComputedType]: Kernel<T> } = {
  constant: ({ value }) => new Float64Array(value.data),

  abs: each(Math.abs),
  exp: each(Math.exp),
  log: each(Math.log),
  neg: each((x) => -x),
  relu: each((x) => Math.max(x, 0)),
  sigmoid: each((x) => 1 / (1 + Math.exp(-x))),
  sign: each(Math.sign),
  sqrt: each(Math.sqrt),
  tanh: each(Math.tanh),
  leakyRelu: ({ slope }, [x = none]) => x.data.map((v) => (v > 0 ? v : slope * v)),
  cast: ({ to }, [x = none]) => (to === 'float32' ? x.data : x.data.map(Math.trunc)),

  add: pairs((a, b) => a + b),
  sub: pairs((a, b) => a - b),
  mul: pairs((a, b) => a * b),
  div: pairs((a, b) => a / b),
  maximum: pairs(Math.max),
  minimum: pairs(Math.min),
  equal: pairs((a, b) => Number(a === b)),
  greater: pairs((a, b) => Number(a > b)),
  greaterEqual: pairs((a, b) => Number(a >= b)),
  where: (_, inputs, shape) => {
    const [mask = empty, a = empty, b = empty] = inputs.map((x) => spread(x, shape));
    return mask.map((m, i) => (m !== 0 ? at(a, i) : at(b, i)));
  },

  sum: ({ axes }, [x = none]) => fold(x, axes, { start: 0, join: (a, b) => a + b }),
  max: ({ axes }, [x = none]) => fold(x, axes, { start: -Infinity, join: Math.max }),
  mean: ({ axes }, [x = none]) => {
    const count = countAlong(x, axes);
    return fold(x, axes, { start: 0, join: (a, b) => a + b }).map((total) => total / count);
  },
  size: ({ axes }, [x = none]) => Float64Array.of(countAlong(x, axes)),
  softmax: ({ axis }, [x = none]) => {
    const result = new Float64Array(x.data.length);
    for (const lane of lanes(x, axis)) {
      const values = pick(x, lane);
      const largest = values.reduce((a, b) => Math.max(a, b));
      const powers = values.map((v) => Math.exp(v - largest));
      const total = powers.reduce((a, b) => a + b);
      lane.forEach((place, i) => (result[place] = at(powers, i) / total));
    }
    return result;
  },
  argMax: ({ axis }, [x = none]) =>
    Float64Array.from(
      lanes(x, axis).map((lane) =>
        pick(x, lane).reduce((best, v, i, values) => (v > at(values, best) ? i : best), 0),
      ),
    ),

  matmul: ({ transposeA, transposeB }, [a = none, b = none], shape) => {
    const batch = shape.slice(0, -2);
    const rows = matrixLines(a, batch, { swapped: transposeA });
    const columns = matrixLines(b, batch, { swapped: !transposeB });
    const inner = a.shape.at(transposeA ? -2 : -1) ?? 0;
    const [height = 0, width = 0] = shape.slice(-2);
    return new Float64Array(sizeOf(shape)).map((_, i) => {
      const row = Math.floor(i / width);
      const column = Math.floor(row / height) * width + (i % width);
      let total = 0;
      for (let k = 0; k < inner; k += 1) {
        total += at(rows, row * inner + k) * at(columns, column * inner + k);
      }
      return total;
    });
  },

  conv: ({ window }, [x = none, kernel = none], shape) => {
    const y = new Float64Array(sizeOf(shape));
    forEachTriple({ x: x.shape, kernel: kernel.shape, y: shape, window }, (q, k, p) => {
      y[p] = at(y, p) + at(x.data, q) * at(kernel.data, k);
    });
    return y;
  },
  convTranspose: ({ window }, [y = none, kernel = none], shape) => {
    const x = new Float64Array(sizeOf(shape));
    forEachTriple({ x: shape, kernel: kernel.shape, y: y.shape, window }, (q, k, p) => {
      x[q] = at(x, q) + at(y.data, p) * at(kernel.data, k);
    });
    return x;
  },
  convKernelGradient: ({ window }, [x = none, y = none], shape) => {
    const kernel = new Float64Array(sizeOf(shape));
    forEachTriple({ x: x.shape, kernel: shape, y: y.shape, window }, (q, k, p) => {
      kernel[k] = at(kernel, k) + at(x.data, q) * at(y.data, p);
    });
    return kernel;
  },

  reshape: (_, [x = none]) => x.data,
  expand: (_, [x = none], shape) => spread(x, shape),
  transpose: ({ permutation }, [x = none], shape) => {
    const own = strides(x.shape);
    return pick(
      x,
      offsets(
        shape,
        permutation.map((axis) => own[axis] ?? 0),
      ),
    );
  },
  concat: ({ axis }, inputs, shape) => {
    const result = new Float64Array(sizeOf(shape));
    const steps = strides(shape);
    let start = 0;
    for (const x of inputs) {
      offsets(x.shape, steps, start).forEach((place, i) => (result[place] = at(x.data, i)));
      start += (x.shape[axis] ?? 0) * (steps[axis] ?? 0);
    }
    return result;
  },
  slice: ({ axis, start }, [x = none], shape) => {
    const steps = strides(x.shape);
    return pick(x, offsets(shape, steps, start * (steps[axis] ?? 0)));
  },
  pad: ({ axis, before }, [x = none], shape) => {
    const result = new Float64Array(sizeOf(shape));
    const steps = strides(shape);
    const places = offsets(x.shape, steps, before * (steps[axis] ?? 0));
    places.forEach((place, i) => (result[place] = at(x.data, i)));
    return result;
  },
  gather: ({ axis }, [x = none, index = none], shape) => {
    const length = x.shape[axis] ?? 0;
    const outside = index.data.find((i) => !(i >= 0 && i < length));
    if (outside !== undefined) {
      throw new RangeError(`gather: index ${outside} lies outside an axis of ${length} elements.`);
    }
    const rest = sizeOf(x.shape.slice(axis + 1));
    const picked = index.data.length;
    return Float64Array.from({ length: sizeOf(shape) }, (_, i) => {
      const before = Math.floor(i / (picked * rest));
      const row = at(index.data, Math.floor(i / rest) % picked);
      return at(x.data, (before * length + row) * rest + (i % rest));
    });
  },
  withUpdate: (_, [x = none]) => x.data,
};

const empty = new Float64Array();
const none: Value = { shape: [0], data: empty };

function at(list: Float64Array, index: number): number {
  return list[index] ?? NaN;
}

function each(compute: (x: number) => number): (op: unknown, x: readonly Value[]) => Float64Array {
  return (_, [x = none]) => x.data.map((v) => compute(v));
}

function pairs(
  compute: (a: number, b: number) => number,
): (op: unknown, inputs: readonly Value[], shape: Shape) => Float64Array {
  return (_, inputs, shape) => {
    const [a = empty, b = empty] = inputs.map((x) => spread(x, shape));
    return a.map((v, i) => compute(v, at(b, i)));
  };
}

/** The elements of x, repeated to fill a shape. */
function spread(x: Value, shape: Shape): Float64Array {
  return pick(x, offsets(shape, broadcastStrides(x.shape, shape)));
}

/** Joins all elements along some axes. */
function fold(
  x: Value,
  axes: readonly number[],
  { start, join }: { readonly start: number; readonly join: (a: number, b: number) => number },
): Float64Array {
  const kept = x.shape.map((length, axis) => (axes.includes(axis) ? 1 : length));
  const result = new Float64Array(sizeOf(kept)).fill(start);
  offsets(x.shape, broadcastStrides(kept, x.shape)).forEach((place, i) => {
    result[place] = join(at(result, place), at(x.data, i));
  });
  return result;
}

function countAlong(x: Value, axes: readonly number[]): number {
  return axes.reduce((count, axis) => count * (x.shape[axis] ?? 0), 1);
}

/** The places of each line of elements along an axis. */
function lanes(x: Value, axis: number): Int32Array[] {
  const steps = strides(x.shape);
  const starts = offsets(x.shape.toSpliced(axis, 1), steps.toSpliced(axis, 1));
  return Array.from(starts, (start) => offsets([x.shape[axis] ?? 0], [steps[axis] ?? 0], start));
}

/** The last two axes' rows one after another (columns, if swapped), leading axes broadcast. */
function matrixLines(
  x: Value,
  batch: Shape,
  { swapped }: { readonly swapped: boolean },
): Float64Array {
  const shape = [...batch, ...x.shape.slice(-2)];
  const steps = broadcastStrides(x.shape, shape);
  const turn = (list: readonly number[]): number[] =>
    swapped ? [...list.slice(0, -2), ...list.slice(-2).reverse()] : [...list];
  return pick(x, offsets(turn(shape), turn(steps)));
}
