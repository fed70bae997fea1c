import fc from 'fast-check';
import { expect, test } from 'vitest';

import { thresholdBetween } from './cuts.ts';

const double = fc.double({ min: -1e300, max: 1e300, noNaN: true });
const neighbours = fc
  .tuple(double, double)
  .filter(([a, b]) => a !== b)
  .map(([a, b]) => [Math.min(a, b), Math.max(a, b)] as const);

test('the threshold passes the lower score and flags the upper', () => {
  fc.assert(
    fc.property(neighbours, ([lower, upper]) => {
      const threshold = thresholdBetween(lower, upper);
      expect(lower).toBeLessThanOrEqual(threshold);
      expect(upper).toBeGreaterThan(threshold);
    }),
  );
});

test('between float32 scores it still does so once stored as float32', () => {
  const float = fc.float({ noNaN: true, noDefaultInfinity: true });
  fc.assert(
    fc.property(float, float, (a, b) => {
      fc.pre(a !== b);
      const threshold = thresholdBetween(Math.min(a, b), Math.max(a, b));
      expect(Math.fround(threshold)).toBe(threshold);
    }),
  );
});

test('it lies midway, clear of both scores', () => {
  expect(thresholdBetween(1, 2)).toBe(1.5);
});

test('scores with no number between them are still told apart', () => {
  const above = 1 + Number.EPSILON;
  expect(thresholdBetween(1, above)).toBe(1);
  expect(thresholdBetween(0, Number.MIN_VALUE)).toBe(0);
});

test('with nothing below it flags all, and stays finite for the manifest', () => {
  fc.assert(
    fc.property(double, (score) => {
      const threshold = thresholdBetween(-Infinity, score);
      expect(threshold).toBeLessThan(score);
      expect(Number.isFinite(threshold)).toBe(true);
    }),
  );
});

test('with nothing above it flags none', () => {
  expect(thresholdBetween(3, Infinity)).toBe(3);
});
