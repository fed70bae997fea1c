import fc from 'fast-check';
import { expect, test } from 'vitest';

import { labelledScores } from './arbitraries.ts';
import { confusionAt } from './confusion.ts';

test('a score at the threshold passes, one above it is flagged', () => {
  expect(confusionAt(2, [1, 2, 3, 2, 4], [0, 1, 1, 0, 0])).toEqual({
    truePositives: 1,
    falsePositives: 1,
    trueNegatives: 2,
    falseNegatives: 1,
    precision: 0.5,
    recall: 0.5,
    f1: 0.5,
  });
});

test('ratios without a case are 0', () => {
  expect(confusionAt(9, [1, 2], [0, 1])).toMatchObject({ precision: 0, recall: 0, f1: 0 });
  expect(confusionAt(1, [0, 1], [0, 0])).toMatchObject({ trueNegatives: 2, recall: 0, f1: 0 });
});

test('flagging all or none by an infinite threshold is allowed', () => {
  expect(confusionAt(-Infinity, [1, 2], [0, 1])).toMatchObject({ recall: 1, precision: 0.5 });
  expect(confusionAt(Infinity, [1, 2], [0, 1])).toMatchObject({ trueNegatives: 1, recall: 0 });
});

test('counts add up, and F1 is the harmonic mean of precision and recall', () => {
  fc.assert(
    fc.property(
      labelledScores,
      fc.integer({ min: -5, max: 5 }),
      ({ scores, labels }, threshold) => {
        const c = confusionAt(threshold, scores, labels);
        expect(c.truePositives + c.falseNegatives).toBe(
          labels.filter((label) => label === 1).length,
        );
        expect(c.falsePositives + c.trueNegatives).toBe(
          labels.filter((label) => label === 0).length,
        );
        const harmonic =
          c.truePositives === 0 ? 0 : (2 * c.precision * c.recall) / (c.precision + c.recall);
        expect(c.f1).toBeCloseTo(harmonic, 14);
      },
    ),
  );
});

test('a higher threshold never flags more', () => {
  fc.assert(
    fc.property(
      labelledScores,
      fc.integer({ min: -5, max: 5 }),
      ({ scores, labels }, threshold) => {
        const lower = confusionAt(threshold, scores, labels);
        const higher = confusionAt(threshold + 1, scores, labels);
        expect(higher.truePositives).toBeLessThanOrEqual(lower.truePositives);
        expect(higher.falsePositives).toBeLessThanOrEqual(lower.falsePositives);
      },
    ),
  );
});
