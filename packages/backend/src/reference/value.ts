// Numbers between operations: float64, row-major, whatever the tensor's element type.

import { type AnyNdArray, type DType, type Shape, ndarray } from '@memae/graph';

/** An n-dimensional array of the reference engine. */
export interface Value {
  readonly shape: Shape;
  readonly data: Float64Array;
}

export function fromArray({ shape, data }: AnyNdArray): Value {
  return { shape, data: new Float64Array(data) };
}

/** Rounds to the element type: to the nearest float32, or towards zero. */
export function toArray({ shape, data }: Value, dtype: DType): AnyNdArray {
  if (dtype === 'int32') return ndarray(new Int32Array(data), shape);
  if (dtype === 'uint8') return ndarray(new Uint8Array(data), shape);
  return ndarray(new Float32Array(data), shape);
}

/** How far apart in memory neighbours along each axis lie. */
export function strides(shape: Shape): number[] {
  const steps = shape.map(() => 1);
  for (let axis = shape.length - 2; axis >= 0; axis -= 1) {
    steps[axis] = (steps[axis + 1] ?? 1) * (shape[axis + 1] ?? 1);
  }
  return steps;
}

/** As `strides`, seen through a shape that repeats axes: 0 along those that are repeated. */
export function broadcastStrides(from: Shape, to: Shape): number[] {
  const own = strides(from);
  const missing = to.length - from.length;
  return to.map((_, axis) => (from[axis - missing] === to[axis] ? (own[axis - missing] ?? 0) : 0));
}

/** Where in memory the elements of a shape lie, in row-major order: start + Σ index · step. */
export function offsets(shape: Shape, steps: readonly number[], start = 0): Int32Array {
  let places = Int32Array.of(start);
  shape.forEach((length, axis) => {
    const step = steps[axis] ?? 0;
    const wider = new Int32Array(places.length * length);
    for (let i = 0; i < wider.length; i += 1) {
      wider[i] = (places[Math.floor(i / length)] ?? 0) + (i % length) * step;
    }
    places = wider;
  });
  return places;
}

/** The elements of x at those places. */
export function pick({ data }: Value, places: Int32Array): Float64Array {
  return new Float64Array(places.length).map((_, i) => data[places[i] ?? -1] ?? NaN);
}
