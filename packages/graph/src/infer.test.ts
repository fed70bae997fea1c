// Shapes are settled, and wrong ones refused by the operation's name, when the graph is built.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hasCode } from './error.ts';
import { createTensor } from './infer.ts';
import { ndarray, sizeOf, zeros } from './ndarray.ts';
import type { Dim, Dims, Tensor } from './op.ts';
import {
  add,
  argMax,
  cast,
  concat,
  constant,
  conv,
  convKernelGradient,
  convTranspose,
  exp,
  expand,
  gather,
  input,
  log,
  matmul,
  max,
  mean,
  pad,
  parameter,
  reshape,
  size,
  sliceAxis,
  softmax,
  sum,
  transpose,
  where,
  withUpdate,
} from './ops.ts';

const of = (...dims: Dim[]): Tensor => input('x', dims);
const indices = (...dims: Dim[]): Tensor => input('i', dims, 'int32');

const lengths = fc.integer({ min: 1, max: 6 });
const dimsOf = (max: number): fc.Arbitrary<Dims> =>
  fc.array(fc.oneof(lengths, fc.constant('batch' as const)), { maxLength: max });

describe('laws', () => {
  it('broadcasting commutes; a scalar and the tensor itself change nothing', () => {
    fc.assert(
      fc.property(
        dimsOf(4),
        fc.array(fc.boolean(), { minLength: 4, maxLength: 4 }),
        (dims, ones) => {
          const x = of(...dims);
          const narrow = of(...dims.map((dim, axis) => (ones[axis] === true ? 1 : dim)));
          expect(add(x, 1).dims).toEqual(dims);
          expect(add(x, x).dims).toEqual(dims);
          expect(add(x, narrow).dims).toEqual(dims);
          expect(add(narrow, x).dims).toEqual(dims);
          expect(where(narrow, x, 0).dims).toEqual(dims);
        },
      ),
    );
  });

  it('a convolution’s transpose with the remainder as output padding restores the input’s size', () => {
    const axis = fc.record({
      kernel: fc.integer({ min: 1, max: 4 }),
      more: fc.nat(6),
      stride: fc.integer({ min: 1, max: 3 }),
      padding: fc.nat(2),
    });
    fc.assert(
      fc.property(fc.array(axis, { minLength: 1, maxLength: 3 }), (axes) => {
        const window = {
          stride: axes.map(({ stride }) => stride),
          padding: axes.map(({ padding }) => padding),
        };
        const kernel = axes.map((one) => one.kernel);
        const x = of('batch', 2, ...axes.map((one) => one.kernel + one.more));
        const y = conv(x, of(3, 2, ...kernel), window);
        const outputPadding = axes.map((one) => (one.more + 2 * one.padding) % one.stride);
        const back = convTranspose(y, of(3, 2, ...kernel), { ...window, outputPadding });
        expect(back.dims).toEqual(x.dims);
        expect(convKernelGradient(x, y, { ...window, kernel }).dims).toEqual([3, 2, ...kernel]);
      }),
    );
  });

  it('reductions keep or drop the axes named; negative ones count from the end', () => {
    const x = of('batch', 3, 4);
    expect(sum(x).dims).toEqual([]);
    expect(mean(x, { axes: [0, -1] }).dims).toEqual([3]);
    expect(max(x, { axes: [1], keepDims: true }).dims).toEqual(['batch', 1, 4]);
    expect(softmax(x).op).toMatchObject({ axis: 2 });
    expect(size(x, [-3]).op).toMatchObject({ axes: [0] });
    expect(argMax(x, 1)).toMatchObject({ dims: ['batch', 4], dtype: 'int32' });
  });

  it('arrangements give the shapes that they name', () => {
    fc.assert(
      fc.property(fc.array(lengths, { minLength: 1, maxLength: 4 }), (shape) => {
        const x = of(...shape);
        const back = shape.map((_, i) => shape.length - 1 - i);
        expect(transpose(x, back).dims).toEqual([...shape].reverse());
        expect(reshape(x, [sizeOf(shape)]).dims).toEqual([sizeOf(shape)]);
        expect(expand(x, ['batch', ...shape]).dims).toEqual(['batch', ...shape]);
        const [first = 0, ...rest] = shape;
        expect(concat([x, x], 0).dims).toEqual([2 * first, ...rest]);
        expect(pad(x, { axis: 0, before: 1, after: 2 }).dims).toEqual([first + 3, ...rest]);
        expect(sliceAxis(x, { axis: 0, start: 0, end: 1 }).dims).toEqual([1, ...rest]);
        expect(gather(x, indices('batch', 7)).dims).toEqual(['batch', 7, ...rest]);
      }),
    );
  });

  it('arrangements keep the element type', () => {
    const bytes = input('bytes', ['batch', 4], 'uint8');
    const arranged = [
      reshape(bytes, ['batch', 2, 2]),
      transpose(bytes, [1, 0]),
      concat([bytes], 1),
    ];
    expect(arranged.map(({ dtype }) => dtype)).toEqual(['uint8', 'uint8', 'uint8']);
    expect(cast(bytes, 'uint8')).toBe(bytes);
  });

  it('products take transposed and batched operands', () => {
    const a = of('batch', 2, 3);
    expect(matmul(a, of(3, 4)).dims).toEqual(['batch', 2, 4]);
    expect(matmul(a, of(5, 1, 4, 3), { transposeB: true }).dims).toEqual([5, 'batch', 2, 4]);
    expect(matmul(of('batch', 3), of('batch', 4), { transposeA: true }).dims).toEqual([3, 4]);
  });
});

const one = { stride: [1], padding: [0] };
const refusals: Record<string, readonly [() => unknown, string]> = {
  add: [() => add(of(2, 3), of(2, 4)), 'add of 2×3 and 2×4: axis 1 has 3'],
  'add, batch': [() => add(of('batch'), of(5)), 'add of batch and 5: axis 0 has batch'],
  where: [() => where(of(2), of(3), 0), 'where of 2 and 3 and scalar: axis 0 has 2'],
  exp: [() => exp(input('x', [2], 'uint8')), 'exp of 2: it takes float32, not uint8; cast first'],
  sum: [() => sum(of(2), { axes: [1] }), 'sum of 2: there is no axis 1'],
  'sum, twice': [() => sum(of(2, 3), { axes: [0, -2] }), 'axes [0,0] name one axis twice'],
  softmax: [() => softmax(of()), 'softmax of scalar: there is no axis -1'],
  argMax: [() => argMax(of(2), 0.5), 'argMax of 2: there is no axis 0.5'],
  size: [() => size(of(2), [2]), 'size of 2: there is no axis 2'],
  matmul: [() => matmul(of(2, 3), of(4, 5)), 'matmul of 2×3 and 4×5: the inner axes must agree'],
  'matmul, rank': [() => matmul(of(3), of(3, 2)), 'matmul of 3 and 3×2: both operands need two'],
  conv: [
    () => conv(of(1, 2, 5), of(4, 3, 3), one),
    'conv of 1×2×5 and 4×3×3: the input has 2 channels, the kernel takes 3',
  ],
  'conv, large kernel': [
    () => conv(of(1, 2, 2), of(4, 2, 3), one),
    'conv of 1×2×2 and 4×2×3: the kernel 3 is larger than the padded input',
  ],
  'conv, rank': [() => conv(of(1, 2), of(4, 2), one), 'at least one spatial axis'],
  'conv, kernel rank': [() => conv(of(1, 2, 5), of(4, 2), one), 'the kernel needs 3 axes'],
  'conv, spatial batch': [
    () => conv(of(1, 2, 'batch'), of(4, 2, 3), one),
    'only the first axis may be the batch',
  ],
  'conv, window': [
    () => conv(of(1, 2, 5), of(4, 2, 3), { stride: [1, 1], padding: [0] }),
    'stride [1,1] and padding [0] need 1 numbers each',
  ],
  'conv, stride': [
    () => conv(of(1, 2, 5), of(4, 2, 3), { stride: [1.5], padding: [0] }),
    'stride [1.5] must be whole and positive',
  ],
  convTranspose: [
    () => convTranspose(of(1, 2, 5), of(3, 2, 3), one),
    'convTranspose of 1×2×5 and 3×2×3: the input has 2 channels, the kernel takes 3',
  ],
  'convTranspose, output padding': [
    () => convTranspose(of(1, 2, 5), of(2, 3, 3), { ...one, outputPadding: [1] }),
    'output padding 1 must be from 0 to the stride less 1',
  ],
  'convTranspose, nothing left': [
    () => convTranspose(of(1, 2, 1), of(2, 3, 1), { stride: [1], padding: [1] }),
    'axis 2 would have -1 elements',
  ],
  convKernelGradient: [
    () => convKernelGradient(of(1, 2, 5), of(1, 3, 5), { ...one, kernel: [3] }),
    'convKernelGradient of 1×2×5 and 1×3×5: a kernel of 3 does not lead from one to the other',
  ],
  reshape: [
    () => reshape(of('batch', 4), ['batch', 3]),
    'reshape of batch×4: it cannot become batch×3',
  ],
  'reshape, negative': [() => reshape(of(4), [-2, -2]), 'lengths are whole and positive'],
  expand: [() => expand(of(2, 1), [2]), 'expand of 2×1'],
  transpose: [() => transpose(of(2, 3), [0, 0]), '[0,0] is no permutation of its axes'],
  concat: [() => concat([of(2, 3), of(3, 3)], 1), 'concat of 2×3 and 3×3: they must agree'],
  'concat, batch': [() => concat([of('batch')], 0), 'they must agree but for axis 0'],
  'concat, nothing': [() => concat([], 0), 'it needs at least one tensor'],
  slice: [() => sliceAxis(of(3), { axis: 0, start: 1, end: 4 }), 'slice of 3: 1 to 4 lies outside'],
  pad: [() => pad(of(3), { axis: 0, before: -1, after: 0 }), 'pad of 3: axis 0 cannot be padded'],
  gather: [() => gather(of(3), of(1)), 'gather of 3 and 1: the index must be int32, not float32'],
  withUpdate: [
    () => withUpdate(of(2), parameter('p', zeros([3])), of(2)),
    'withUpdate of 2 and 2: p is float32 3, not float32 2',
  ],
  input: [() => input('x', [0, 3]), 'input x: it would be 0×3, but lengths are whole and positive'],
  parameter: [() => parameter('p', zeros([0])), 'parameter p: it would be 0'],
};

describe('refusals', () => {
  it.each(Object.entries(refusals))('%s', (_, [build, message]) => {
    expect(build).toThrow(message);
    try {
      build();
    } catch (error) {
      expect(hasCode(error, 'GRAPH_SHAPE_MISMATCH')).toBe(true);
    }
  });

  it('a leaf cannot be made without its shape', () => {
    const { op } = of(2);
    expect(() => createTensor(op)).toThrow('input states its own shape');
  });
});

it('numbers become scalar constants', () => {
  expect(constant(2)).toMatchObject({ dims: [], op: { value: ndarray([2], []) } });
  expect(add(log(of(3)), 2).op.inputs[1]).toMatchObject({ dims: [], dtype: 'float32' });
});
