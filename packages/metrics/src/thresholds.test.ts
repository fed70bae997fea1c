import fc from 'fast-check';
import { expect, test } from 'vitest';

import { someScores } from './arbitraries.ts';
import { thresholdForFraction, thresholdFromNormal } from './thresholds.ts';

const flagged = (scores: ArrayLike<number>, threshold: number): number =>
  Array.from(scores).filter((score) => score > threshold).length;

test('a quantile between two scores is taken on the straight line', () => {
  expect(thresholdFromNormal([40, 10, 30, 20], { quantile: 0.5 })).toBe(25);
  expect(thresholdFromNormal(Float32Array.of(0, 1, 2, 3, 4), { quantile: 0.9 })).toBeCloseTo(3.6);
});

test('quantile 1 is the highest normal score, 0 the lowest', () => {
  fc.assert(
    fc.property(someScores, (scores) => {
      // Of −0 and 0 either will do.
      expect(thresholdFromNormal(scores, { quantile: 0 }) === Math.min(...scores)).toBe(true);
      expect(thresholdFromNormal(scores, { quantile: 1 }) === Math.max(...scores)).toBe(true);
    }),
  );
});

test('at most the rest of the quantile is flagged', () => {
  const quantiles = fc.constantFrom(0.5, 0.75, 0.875);
  fc.assert(
    fc.property(fc.array(fc.integer(), { minLength: 1 }), quantiles, (scores, quantile) => {
      const threshold = thresholdFromNormal(scores, { quantile });
      expect(flagged(scores, threshold)).toBeLessThanOrEqual(
        Math.ceil((scores.length - 1) * (1 - quantile)),
      );
    }),
  );
});

test('the highest fraction is flagged, to the nearest sample', () => {
  const scores = Float32Array.of(0.5, 0.1, 0.9, 0.3, 0.7, 0.2, 0.8, 0.4, 0.6, 1);
  expect(flagged(scores, thresholdForFraction(scores, 0.3))).toBe(3);
  expect(flagged(scores, thresholdForFraction(scores, 0.34))).toBe(3);
  expect(flagged(scores, thresholdForFraction(scores, 0.36))).toBe(4);
});

test('equal scores are not parted: fewer are flagged', () => {
  expect(flagged([1, 2, 2, 3], thresholdForFraction([1, 2, 2, 3], 0.5))).toBe(1);
  expect(flagged([7, 7, 7], thresholdForFraction([7, 7, 7], 0.4))).toBe(0);
});

test('what is flagged is the top, all of it at 1 and nothing at 0', () => {
  fc.assert(
    fc.property(someScores, fc.double({ min: 0, max: 1, noNaN: true }), (scores, fraction) => {
      const asked = Math.round(fraction * scores.length);
      const threshold = thresholdForFraction(scores, fraction);
      const found = flagged(scores, threshold);
      expect(found).toBeLessThanOrEqual(asked);
      // Fewer than asked only because all scores at the edge are equal.
      const lowestAsked = scores.toSorted((a, b) => b - a)[asked - 1];
      if (found < asked) expect(lowestAsked).toBeLessThanOrEqual(threshold);
      expect(flagged(scores, thresholdForFraction(scores, 1))).toBe(scores.length);
      expect(flagged(scores, thresholdForFraction(scores, 0))).toBe(0);
    }),
  );
});
