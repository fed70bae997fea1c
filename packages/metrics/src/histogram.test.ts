import fc from 'fast-check';
import { expect, test } from 'vitest';

import { someScores } from './arbitraries.ts';
import { histogram } from './histogram.ts';

test('a value on an edge belongs to the bin above, the highest to the last', () => {
  expect(histogram([0, 1, 1, 2, 3, 4], { bins: 2 })).toEqual([
    { low: 0, high: 2, count: 3 },
    { low: 2, high: 4, count: 3 },
  ]);
});

test('values outside of the bounds are left out', () => {
  expect(histogram([-1, 0.5, 9], { bins: 1, low: 0, high: 1 })).toEqual([
    { low: 0, high: 1, count: 1 },
  ]);
  expect(histogram([5, 6], { bins: 2, low: 0, high: 1 }).map((bin) => bin.count)).toEqual([0, 0]);
});

test('equal values still show', () => {
  expect(histogram([3, 3], { bins: 1 })).toEqual([{ low: 2.5, high: 3.5, count: 2 }]);
});

test('bins join without gaps, cover the values and count each once', () => {
  fc.assert(
    fc.property(someScores, fc.integer({ min: 1, max: 20 }), (values, bins) => {
      const result = histogram(values, { bins });
      expect(result).toHaveLength(bins);
      expect(result.reduce((sum, bin) => sum + bin.count, 0)).toBe(values.length);
      result.slice(1).forEach((bin, i) => {
        expect(bin.low).toBe(result[i]?.high);
      });
    }),
  );
});
