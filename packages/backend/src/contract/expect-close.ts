// When two engines agree: every element within 1e-4 of the largest, and non-numbers in the same places.

import type { AnyNdArray } from '@memae/graph';
import { expect } from 'vitest';
import type { Value } from '../reference/value.ts';

const tolerance = 1e-4;

/** Fails, naming the worst element, unless the array has the shape and values expected. */
export function expectClose(actual: AnyNdArray, expected: Value, name: string): void {
  expect(actual.shape, `shape of ${name}`).toEqual(expected.shape);
  expect(actual.data.length, `elements of ${name}`).toBe(expected.data.length);
  const largest = expected.data.reduce(
    (a, b) => (Number.isFinite(b) ? Math.max(a, Math.abs(b)) : a),
    0,
  );
  const limit = tolerance * Math.max(largest, 1e-3);
  expected.data.forEach((wanted, i) => {
    const found = actual.data[i] ?? NaN;
    const agrees =
      Object.is(found, wanted) || found === wanted || Math.abs(found - wanted) <= limit;
    if (!agrees) expect.fail(`${name}: element ${i} is ${found}, but ${wanted} was expected`);
  });
}
