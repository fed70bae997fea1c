// Numbers in host memory, row-major: the only form in which values cross between packages.

import { MemaeError } from './error.ts';

/** The typed array behind each element type. */
export interface TypedArrays {
  float32: Float32Array;
  int32: Int32Array;
  uint8: Uint8Array;
}
export type DType = keyof TypedArrays;
export type Shape = readonly number[];

/** An n-dimensional array: `data` holds the elements of `shape` in row-major order. */
export interface NdArray<T extends DType = 'float32'> {
  readonly dtype: T;
  readonly shape: Shape;
  readonly data: TypedArrays[T];
}

/** An array of any element type. */
export type AnyNdArray = { [T in DType]: NdArray<T> }[DType];

/** How many elements an array of this shape holds; 1 for the empty shape of a scalar. */
export function sizeOf(shape: Shape): number {
  return shape.reduce((product, length) => product * length, 1);
}

/** `[2, 3]` as people read it: `2×3`; a scalar is `scalar`. */
export function formatShape(shape: readonly (number | string)[]): string {
  return shape.length === 0 ? 'scalar' : shape.join('×');
}

/**
 * Wraps numbers as an array without copying a typed array.
 * @throws `NDARRAY_SHAPE_MISMATCH` when the data does not fill the shape exactly.
 */
export function ndarray(data: Float32Array | readonly number[], shape: Shape): NdArray;
export function ndarray(data: Int32Array, shape: Shape): NdArray<'int32'>;
export function ndarray(data: Uint8Array, shape: Shape): NdArray<'uint8'>;
export function ndarray(
  data: Float32Array | Int32Array | Uint8Array | readonly number[],
  shape: Shape,
): AnyNdArray {
  if (data.length !== sizeOf(shape)) {
    throw new MemaeError(
      'NDARRAY_SHAPE_MISMATCH',
      `Shape ${formatShape(shape)} holds ${sizeOf(shape)} elements, but ${data.length} came.`,
    );
  }
  if (data instanceof Int32Array) return { dtype: 'int32', shape, data };
  if (data instanceof Uint8Array) return { dtype: 'uint8', shape, data };
  return {
    dtype: 'float32',
    shape,
    data: data instanceof Float32Array ? data : Float32Array.from(data),
  };
}

/** An array of zeros (float32). */
export function zeros(shape: Shape): NdArray {
  return { dtype: 'float32', shape, data: new Float32Array(sizeOf(shape)) };
}

/** Rows `start` (included) to `end` (excluded) along the first axis, sharing memory. */
export function slice<T extends DType>(array: NdArray<T>, start: number, end: number): NdArray<T> {
  const [length = 0, ...rest] = array.shape;
  if (!(start >= 0 && start <= end && end <= length)) {
    throw new MemaeError(
      'NDARRAY_SHAPE_MISMATCH',
      `Rows ${start} to ${end} were asked for, but the array has shape ${formatShape(array.shape)}.`,
    );
  }
  const row = sizeOf(rest);
  return {
    dtype: array.dtype,
    shape: [end - start, ...rest],
    data: array.data.subarray(start * row, end * row) as TypedArrays[T],
  };
}

/** Picks rows of the first axis by index, in the order given. */
export function take<T extends DType>(array: NdArray<T>, indices: ArrayLike<number>): NdArray<T> {
  const [length = 0, ...rest] = array.shape;
  const row = sizeOf(rest);
  const data = createData(array.dtype, indices.length * row);
  for (let i = 0; i < indices.length; i += 1) {
    const from = indices[i] ?? -1;
    if (!(from >= 0 && from < length)) {
      throw new MemaeError(
        'NDARRAY_SHAPE_MISMATCH',
        `Row ${from} was asked for, but the array has shape ${formatShape(array.shape)}.`,
      );
    }
    data.set(array.data.subarray(from * row, (from + 1) * row), i * row);
  }
  return { dtype: array.dtype, shape: [indices.length, ...rest], data };
}

/** Joins arrays of one shape and element type along a new first axis. */
export function stack<T extends DType>(items: readonly NdArray<T>[]): NdArray<T> {
  const first = items[0];
  if (first === undefined) {
    throw new MemaeError('NDARRAY_SHAPE_MISMATCH', 'Stacking needs at least one array; none came.');
  }
  const row = sizeOf(first.shape);
  const data = createData(first.dtype, items.length * row);
  items.forEach((item, i) => {
    if (item.dtype !== first.dtype || formatShape(item.shape) !== formatShape(first.shape)) {
      throw new MemaeError(
        'NDARRAY_SHAPE_MISMATCH',
        `Item 0 is ${first.dtype} ${formatShape(first.shape)}, but item ${i} is ` +
          `${item.dtype} ${formatShape(item.shape)}; stacked arrays must be alike.`,
      );
    }
    data.set(item.data, i * row);
  });
  return { dtype: first.dtype, shape: [items.length, ...first.shape], data };
}

/** A zeroed typed array of the element type. */
export function createData<T extends DType>(dtype: T, length: number): TypedArrays[T] {
  const create: { [K in DType]: () => TypedArrays[K] } = {
    float32: () => new Float32Array(length),
    int32: () => new Int32Array(length),
    uint8: () => new Uint8Array(length),
  };
  return create[dtype]();
}
