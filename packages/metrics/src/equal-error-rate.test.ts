import fc from 'fast-check';
import { expect, test } from 'vitest';

import { labelledScores } from './arbitraries.ts';
import { confusionAt } from './confusion.ts';
import { equalErrorRate } from './equal-error-rate.ts';

test('a perfect order gives 0, the reverse 1, one score for all ½', () => {
  expect(equalErrorRate([1, 2, 3, 4], [0, 0, 1, 1])).toEqual({ value: 0, threshold: 2.5 });
  expect(equalErrorRate([4, 3, 2, 1], [0, 0, 1, 1]).value).toBe(1);
  expect(equalErrorRate([7, 7, 7], [0, 1, 1]).value).toBe(0.5);
});

test('where a threshold makes both rates equal, it is that rate and that threshold', () => {
  // Above 4.5: one of four normal samples is flagged, one of four anomalies missed.
  const scores = [1, 2, 3, 6, 4, 5, 7, 8];
  const labels = [0, 0, 0, 0, 1, 1, 1, 1];
  expect(equalErrorRate(scores, labels)).toEqual({ value: 0.25, threshold: 4.5 });
});

test('between two corners it lies on the line', () => {
  // The curve runs from (0, 0) over (½, 1): 1 − 2x = x.
  expect(equalErrorRate([2, 2, 1], [1, 0, 0]).value).toBeCloseTo(1 / 3, 15);
});

test('it lies between the two rates at its threshold', () => {
  fc.assert(
    fc.property(labelledScores, ({ scores, labels }) => {
      const { value, threshold } = equalErrorRate(scores, labels);
      const at = confusionAt(threshold, scores, labels);
      const flagged = at.falsePositives / (at.falsePositives + at.trueNegatives);
      const rates = [flagged, 1 - at.recall];
      expect(value).toBeGreaterThanOrEqual(Math.min(...rates) - 1e-12);
      expect(value).toBeLessThanOrEqual(Math.max(...rates) + 1e-12);
    }),
  );
});

test('turning scores and labels round together changes nothing', () => {
  fc.assert(
    fc.property(labelledScores, ({ scores, labels }) => {
      const turned = equalErrorRate(
        scores.map((score) => -score),
        labels.map((label) => 1 - label),
      );
      expect(turned.value).toBeCloseTo(equalErrorRate(scores, labels).value, 12);
    }),
  );
});
