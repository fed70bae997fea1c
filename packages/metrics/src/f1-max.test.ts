import fc from 'fast-check';
import { expect, test } from 'vitest';

import { labelledScores } from './arbitraries.ts';
import { confusionAt } from './confusion.ts';
import { f1Max } from './f1-max.ts';
import { thresholdFromLabels } from './thresholds.ts';

test('a perfect order gives 1, at a threshold between the classes', () => {
  expect(f1Max([1, 2, 4, 8], [0, 0, 1, 1])).toEqual({ value: 1, threshold: 3 });
});

test('when flagging all is best, the threshold lies below every score', () => {
  expect(f1Max([3, 2], [0, 1])).toEqual({ value: 2 / 3, threshold: -1 });
});

test('among equals it flags the fewest', () => {
  // Flagging the first alone and flagging the first four both give F1 = 2/3.
  expect(f1Max([5, 4, 3, 2, 1], [1, 0, 0, 1, 0])).toEqual({ value: 2 / 3, threshold: 4.5 });
});

test('it is reached at its threshold and at no threshold surpassed', () => {
  fc.assert(
    fc.property(labelledScores, ({ scores, labels }) => {
      const best = f1Max(scores, labels);
      expect(confusionAt(best.threshold, scores, labels).f1).toBe(best.value);
      for (let threshold = -5; threshold <= 4; threshold += 1) {
        expect(confusionAt(threshold, scores, labels).f1).toBeLessThanOrEqual(best.value);
      }
      expect(thresholdFromLabels(scores, labels)).toBe(best.threshold);
    }),
  );
});

test('the threshold means the same to float32 scores', () => {
  const scores = Float32Array.of(0.1, 0.2, 0.3, 0.4);
  const { threshold } = f1Max(scores, [0, 0, 1, 1]);
  expect(Math.fround(threshold)).toBe(threshold);
});
