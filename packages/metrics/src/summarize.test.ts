import fc from 'fast-check';
import { expect, test } from 'vitest';

import { summarize } from './summarize.ts';

test('the deviation divides by n − 1', () => {
  expect(summarize([2, 4, 4, 4, 5, 5, 7, 9])).toEqual({
    mean: 5,
    deviation: Math.sqrt(32 / 7),
    low: 2,
    high: 9,
    runs: 8,
  });
});

test('one run has no deviation, and says that it is one', () => {
  expect(summarize([0.97])).toEqual({ mean: 0.97, deviation: 0, low: 0.97, high: 0.97, runs: 1 });
});

test('equal runs have exactly their own mean and no deviation', () => {
  expect(summarize([0.1, 0.1, 0.1])).toMatchObject({ mean: 0.1, deviation: 0 });
});

test('shifting moves the mean alone, scaling scales the deviation', () => {
  const values = fc.array(fc.integer({ min: -100, max: 100 }), { minLength: 2, maxLength: 20 });
  fc.assert(
    fc.property(values, (runs) => {
      const plain = summarize(runs);
      const moved = summarize(runs.map((value) => -3 * value + 7));
      expect(moved.mean).toBeCloseTo(-3 * plain.mean + 7, 10);
      expect(moved.deviation).toBeCloseTo(3 * plain.deviation, 10);
    }),
  );
});
