// Facts worked out by hand: the specification itself has nothing else to be compared with.

import {
  type AnyNdArray,
  type Tensor,
  argMax,
  cast,
  concat,
  constant,
  conv,
  convKernelGradient,
  convTranspose,
  defineProgram,
  expand,
  gather,
  matmul,
  max,
  mean,
  ndarray,
  pad,
  reshape,
  sliceAxis,
  softmax,
  sum,
  transpose,
  where,
} from '@memae/graph';
import { describe, expect, it } from 'vitest';
import { referenceBackend } from './index.ts';

const rows = (...list: number[][]): Tensor =>
  constant(ndarray(list.flat(), [list.length, list[0]?.length ?? 0]));
const along = (...list: number[]): Tensor => constant(ndarray(list, [1, 1, list.length]));

async function compute(y: Tensor): Promise<AnyNdArray> {
  const backend = await referenceBackend.open();
  const executable = await backend.compile(defineProgram({ y }));
  return (await executable.run({})).y;
}

const x = rows([1, 2, 3], [4, 5, 6]);
const facts: Record<string, readonly [Tensor, readonly number[], readonly number[]]> = {
  'sum of rows': [sum(x, { axes: [1] }), [2], [6, 15]],
  'mean of columns, kept': [mean(x, { axes: [0], keepDims: true }), [1, 3], [2.5, 3.5, 4.5]],
  'largest of all': [max(x), [], [6]],
  'sum over no axis': [sum(x, { axes: [] }), [2, 3], [1, 2, 3, 4, 5, 6]],
  'first of equal largest': [argMax(rows([1, 7, 7], [9, 0, 9])), [2], [1, 0]],
  'softmax of columns': [softmax(rows([0, 1000], [0, 0]), 0), [2, 2], [0.5, 1, 0.5, 0]],
  'a · b': [matmul(x, rows([1, 0], [0, 1], [1, 1])), [2, 2], [4, 5, 10, 11]],
  'aᵀ · a': [matmul(x, x, { transposeA: true }), [3, 3], [17, 22, 27, 22, 29, 36, 27, 36, 45]],
  'a · aᵀ': [matmul(x, x, { transposeB: true }), [2, 2], [14, 32, 32, 77]],
  convolution: [
    conv(along(1, 2, 3, 4), along(1, 0, -1), { stride: [1], padding: [1] }),
    [1, 1, 4],
    [-2, -2, -2, 3],
  ],
  'convolution with a stride': [
    conv(along(1, 2, 3, 4, 5), along(10, 1), { stride: [2], padding: [0] }),
    [1, 1, 2],
    [12, 34],
  ],
  'transposed convolution': [
    convTranspose(along(1, 2), along(1, 10, 100), {
      stride: [2],
      padding: [0],
      outputPadding: [1],
    }),
    [1, 1, 6],
    [1, 10, 102, 20, 200, 0],
  ],
  'gradient of a kernel': [
    convKernelGradient(along(1, 2, 3), along(1, 10), { stride: [1], padding: [0], kernel: [2] }),
    [1, 1, 2],
    [21, 32],
  ],
  transpose: [transpose(x, [1, 0]), [3, 2], [1, 4, 2, 5, 3, 6]],
  reshape: [reshape(x, [3, 2]), [3, 2], [1, 2, 3, 4, 5, 6]],
  expand: [expand(rows([1], [2]), [2, 2, 2]), [2, 2, 2], [1, 1, 2, 2, 1, 1, 2, 2]],
  concat: [concat([x, rows([7], [8])], 1), [2, 4], [1, 2, 3, 7, 4, 5, 6, 8]],
  slice: [sliceAxis(x, { axis: 1, start: 1, end: 3 }), [2, 2], [2, 3, 5, 6]],
  pad: [pad(x, { axis: 0, before: 1, after: 0 }), [3, 3], [0, 0, 0, 1, 2, 3, 4, 5, 6]],
  gather: [gather(x, constant(ndarray(Int32Array.of(2, 0), [2])), 1), [2, 2], [3, 1, 6, 4]],
  where: [where(rows([0, 2, -1]), x, 0), [2, 3], [0, 2, 3, 0, 5, 6]],
  'cast towards zero': [cast(rows([-1.9, 1.9]), 'int32'), [1, 2], [-1, 1]],
};

describe('facts', () => {
  it.each(Object.entries(facts))('%s', async (_, [y, shape, data]) => {
    const found = await compute(y);
    expect(found.shape).toEqual(shape);
    expect([...found.data]).toEqual(data);
    expect(found.dtype).toBe(y.dtype);
  });
});

it('sums in float64 and rounds once: 2²⁴ + 1 + 1 is not lost in float32', async () => {
  const found = await compute(sum(rows([2 ** 24, 1, 1])));
  expect([...found.data]).toEqual([2 ** 24 + 2]);
});
