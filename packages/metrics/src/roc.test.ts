import fc from 'fast-check';
import { expect, test } from 'vitest';

import { type LabelledScores, labelledScores } from './arbitraries.ts';
import { confusionAt } from './confusion.ts';
import { rocAuc, rocCurve } from './roc.ts';

/** The definition: the share of pairs in the right order, where a tie is half right. */
function pairShare({ scores, labels }: LabelledScores): number {
  let right = 0;
  let pairs = 0;
  scores.forEach((anomalous, i) => {
    if (labels[i] !== 1) return;
    scores.forEach((normal, j) => {
      if (labels[j] !== 0) return;
      pairs += 1;
      right += anomalous > normal ? 1 : anomalous === normal ? 0.5 : 0;
    });
  });
  return right / pairs;
}

test('a perfect order gives 1, the reverse 0, one score for all ½', () => {
  const labels = Uint8Array.of(0, 0, 1, 1);
  expect(rocAuc(Float32Array.of(1, 2, 3, 4), labels)).toBe(1);
  expect(rocAuc(Float32Array.of(4, 3, 2, 1), labels)).toBe(0);
  expect(rocAuc([7, 7, 7, 7], labels)).toBe(0.5);
});

test('zero and minus zero are one score', () => {
  expect(rocAuc([-0, 0], [0, 1])).toBe(0.5);
});

test('the area is the share of pairs in the right order, ties counted half', () => {
  fc.assert(
    fc.property(labelledScores, (data) => {
      expect(rocAuc(data.scores, data.labels)).toBe(pairShare(data));
    }),
  );
});

test('a strictly monotone map of the scores changes nothing', () => {
  fc.assert(
    fc.property(labelledScores, ({ scores, labels }) => {
      const area = rocAuc(scores, labels);
      expect(rocAuc(scores.map(Math.exp), labels)).toBe(area);
      expect(
        rocAuc(
          scores.map((score) => score ** 3 - 5),
          labels,
        ),
      ).toBe(area);
    }),
  );
});

test('turning the scores, or the labels, round turns the area round', () => {
  fc.assert(
    fc.property(labelledScores, ({ scores, labels }) => {
      const area = rocAuc(scores, labels);
      const negated = scores.map((score) => -score);
      const swapped = labels.map((label) => 1 - label);
      expect(rocAuc(negated, labels)).toBeCloseTo(1 - area, 14);
      expect(rocAuc(scores, swapped)).toBeCloseTo(1 - area, 14);
      expect(rocAuc(negated, swapped)).toBe(area);
    }),
  );
});

test('the order of the samples does not matter', () => {
  const samples = labelledScores.chain(({ scores, labels }) => {
    const rows = scores.map((score, i) => [score, labels[i] ?? 0] as const);
    return fc.tuple(
      fc.constant(rows),
      fc.shuffledSubarray(rows, { minLength: rows.length, maxLength: rows.length }),
    );
  });
  const area = (rows: readonly (readonly [number, number])[]): number =>
    rocAuc(
      rows.map(([score]) => score),
      rows.map(([, label]) => label),
    );
  fc.assert(
    fc.property(samples, ([rows, shuffled]) => {
      expect(area(shuffled)).toBe(area(rows));
    }),
  );
});

test('a million samples, half of them tied, take no pairwise work', () => {
  const scores = Float32Array.from({ length: 1_000_000 }, (_, i) => Math.max(i, 500_000));
  const labels = Uint8Array.from(scores, (_, i) => i % 2);
  // By hand: 250 000 · 500 001 of 500 000² pairs are in the right order, ties counted half.
  expect(rocAuc(scores, labels)).toBe(0.500001);
});

test('the curve of a worked example has its corners only', () => {
  // From the top: anomaly, anomaly, normal, anomaly and normal tied, normal.
  const curve = rocCurve([9, 8, 6, 4, 4, 1], [1, 1, 0, 1, 0, 0]);
  expect(curve).toEqual([
    { falsePositiveRate: 0, truePositiveRate: 0, threshold: 9 },
    { falsePositiveRate: 0, truePositiveRate: 2 / 3, threshold: 7 },
    { falsePositiveRate: 1 / 3, truePositiveRate: 2 / 3, threshold: 5 },
    { falsePositiveRate: 2 / 3, truePositiveRate: 1, threshold: 2.5 },
    { falsePositiveRate: 1, truePositiveRate: 1, threshold: -1 },
  ]);
});

test('the curve climbs from (0, 0) to (1, 1), and the area under it is rocAuc', () => {
  fc.assert(
    fc.property(labelledScores, ({ scores, labels }) => {
      const curve = rocCurve(scores, labels);
      expect(curve[0]).toMatchObject({ falsePositiveRate: 0, truePositiveRate: 0 });
      expect(curve.at(-1)).toMatchObject({ falsePositiveRate: 1, truePositiveRate: 1 });
      let area = 0;
      curve.slice(1).forEach((point, i) => {
        const before = curve[i] ?? point;
        expect(point.threshold).toBeLessThan(before.threshold);
        expect(point.falsePositiveRate).toBeGreaterThanOrEqual(before.falsePositiveRate);
        expect(point.truePositiveRate).toBeGreaterThanOrEqual(before.truePositiveRate);
        area +=
          (point.falsePositiveRate - before.falsePositiveRate) *
          ((point.truePositiveRate + before.truePositiveRate) / 2);
      });
      expect(area).toBeCloseTo(rocAuc(scores, labels), 12);
    }),
  );
});

test('each point holds at its own threshold', () => {
  fc.assert(
    fc.property(labelledScores, ({ scores, labels }) => {
      for (const point of rocCurve(scores, labels)) {
        const counts = confusionAt(point.threshold, scores, labels);
        expect(counts.recall).toBe(point.truePositiveRate);
        const normals = counts.falsePositives + counts.trueNegatives;
        expect(counts.falsePositives / normals).toBe(point.falsePositiveRate);
      }
    }),
  );
});
