import fc from 'fast-check';
import { expect, test } from 'vitest';

import { labelledScores } from './arbitraries.ts';
import { averagePrecision } from './average-precision.ts';
import { confusionAt } from './confusion.ts';

test('a worked example', () => {
  // Anomalies at ranks 1 and 3 of 4: ½ · 1/1 + ½ · 2/3.
  expect(averagePrecision([4, 3, 2, 1], [1, 0, 1, 0])).toBeCloseTo(5 / 6, 15);
});

test('a perfect order gives 1, one score for all the share of anomalies', () => {
  expect(averagePrecision([1, 2, 3], [0, 1, 1])).toBe(1);
  expect(averagePrecision([5, 5, 5, 5], [0, 0, 1, 0])).toBe(0.25);
});

test('it is the mean, over anomalies, of the precision where each is just flagged', () => {
  fc.assert(
    fc.property(labelledScores, ({ scores, labels }) => {
      const precisions = scores
        .filter((_, i) => labels[i] === 1)
        .map((score) => confusionAt(score - 0.5, scores, labels).precision);
      const mean = precisions.reduce((sum, precision) => sum + precision, 0) / precisions.length;
      expect(averagePrecision(scores, labels)).toBeCloseTo(mean, 13);
    }),
  );
});

test('a strictly monotone map of the scores changes nothing', () => {
  fc.assert(
    fc.property(labelledScores, ({ scores, labels }) => {
      expect(averagePrecision(scores.map(Math.exp), labels)).toBe(averagePrecision(scores, labels));
    }),
  );
});
