import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type AnyNdArray,
  type NdArray,
  createData,
  formatShape,
  ndarray,
  sizeOf,
  slice,
  stack,
  take,
  zeros,
} from './ndarray.ts';

const shapes = fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 4 });
const arrays = shapes.map((shape) =>
  ndarray(
    Float32Array.from({ length: sizeOf(shape) }, (_, i) => i),
    shape,
  ),
);
const mismatch = expect.objectContaining({ code: 'NDARRAY_SHAPE_MISMATCH' }) as unknown;
const refusal = (action: () => unknown): unknown => {
  try {
    return action();
  } catch (error) {
    return error;
  }
};

describe('ndarray', () => {
  it('takes its element type from the data and does not copy typed arrays', () => {
    const data = {
      float32: new Float32Array(2),
      int32: new Int32Array(2),
      uint8: new Uint8Array(2),
    };
    const made: AnyNdArray[] = [
      ndarray(data.float32, [2]),
      ndarray(data.int32, [2]),
      ndarray(data.uint8, [2]),
    ];
    for (const array of made) expect(array.data).toBe(data[array.dtype]);
    expect(made.map(({ dtype }) => dtype)).toEqual(['float32', 'int32', 'uint8']);
    expect(ndarray([0.5], [])).toEqual({ dtype: 'float32', shape: [], data: Float32Array.of(0.5) });
  });

  it('refuses data that do not fill the shape', () => {
    expect(refusal(() => ndarray([1, 2, 3], [2, 2]))).toEqual(mismatch);
    expect(() => ndarray([1, 2, 3], [2, 2])).toThrow('Shape 2×2 holds 4 elements, but 3 came.');
  });

  it('makes zeros of any shape and type', () => {
    expect(zeros([2, 3])).toEqual(ndarray([0, 0, 0, 0, 0, 0], [2, 3]));
    expect(createData('uint8', 2)).toEqual(new Uint8Array(2));
    expect(createData('int32', 2)).toEqual(new Int32Array(2));
  });

  it('writes shapes as people read them', () => {
    expect([[], [3], [2, 3], ['batch', 3]].map(formatShape)).toEqual([
      'scalar',
      '3',
      '2×3',
      'batch×3',
    ]);
  });
});

describe('rows', () => {
  it('slice shares memory, and its parts make up the whole', () => {
    fc.assert(
      fc.property(arrays, fc.nat(), (array, at) => {
        const [length = 0] = array.shape;
        const cut = at % (length + 1);
        const parts = [slice(array, 0, cut), slice(array, cut, length)];
        expect(parts.flatMap(({ data }) => [...data])).toEqual([...array.data]);
        for (const { data, shape } of parts) {
          expect(data.buffer).toBe(array.data.buffer);
          expect(data.length).toBe(sizeOf(shape));
        }
      }),
    );
  });

  it('take copies rows in the order given; taking each row and stacking is the identity', () => {
    fc.assert(
      fc.property(arrays, (array) => {
        const [length = 0, ...rest] = array.shape;
        const rows = Array.from({ length }, (_, i): NdArray => ({
          ...take(array, [i]),
          shape: rest,
        }));
        expect(stack(rows)).toEqual(array);
      }),
    );
    const pairs = ndarray(Uint8Array.of(1, 2, 3, 4, 5, 6), [3, 2]);
    expect(take(pairs, [2, 0, 2])).toEqual(ndarray(Uint8Array.of(5, 6, 1, 2, 5, 6), [3, 2]));
    expect(take(pairs, [])).toEqual(ndarray(new Uint8Array(), [0, 2]));
  });

  it('refuse what lies outside', () => {
    const array = zeros([3, 2]);
    for (const action of [
      () => slice(array, -1, 2),
      () => slice(array, 2, 1),
      () => slice(array, 0, 4),
      () => take(array, [0, 3]),
      () => take(array, [-1]),
    ]) {
      expect(refusal(action)).toEqual(mismatch);
      expect(action).toThrow('3×2');
    }
  });

  it('stack refuses nothing at all, and arrays that are not alike', () => {
    expect(() => stack([])).toThrow('none came');
    expect(() => stack([zeros([2]), zeros([3])])).toThrow(
      'Item 0 is float32 2, but item 1 is float32 3; stacked arrays must be alike.',
    );
  });
});
