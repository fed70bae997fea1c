// Requests' samples one after another, as the batch that they are computed in, and its rows apart again.

import { type AnyNdArray, createData, slice } from '@memae/graph';

/** A copy of arrays of one element type that differ in the first axis alone. */
export function concatenate(arrays: readonly AnyNdArray[]): AnyNdArray {
  const [first] = arrays;
  if (first === undefined) throw new TypeError('one array at least was expected');
  const { dtype, shape } = first;
  const data = createData(
    dtype,
    arrays.reduce((sum, array) => sum + array.data.length, 0),
  );
  let at = 0;
  for (const array of arrays) {
    data.set(array.data, at);
    at += array.data.length;
  }
  return { dtype, shape: [rowsOf(arrays), ...shape.slice(1)], data } as AnyNdArray;
}

/** How many rows there are in all of them. */
export function rowsOf(arrays: readonly AnyNdArray[]): number {
  return arrays.reduce((sum, array) => sum + (array.shape[0] ?? 0), 0);
}

/** Rows `start` (included) to `end` (excluded), over the same memory. */
export function rowsBetween(array: AnyNdArray, start: number, end: number): AnyNdArray {
  switch (array.dtype) {
    case 'float32':
      return slice(array, start, end);
    case 'int32':
      return slice(array, start, end);
    case 'uint8':
      return slice(array, start, end);
  }
}
