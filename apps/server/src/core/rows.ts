// Requests' samples one after another, as the batch that they are computed in, and its rows apart again.

import { type AnyNdArray, createData, slice } from '@memae/graph';

/** Arrays of one element type that differ in the first axis alone; a single one as it is. */
export function concatenate(arrays: readonly AnyNdArray[]): AnyNdArray {
  const [first] = arrays;
  if (first === undefined) throw new TypeError('one array at least was expected');
  if (arrays.length === 1) return first;
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
  const length = arrays.reduce((sum, array) => sum + (array.shape[0] ?? 0), 0);
  return { dtype, shape: [length, ...shape.slice(1)], data } as AnyNdArray;
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
