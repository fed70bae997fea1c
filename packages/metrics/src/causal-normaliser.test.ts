import fc from 'fast-check';
import { expect, test } from 'vitest';

import { someScores } from './arbitraries.ts';
import {
  type Normaliser,
  normaliseNext,
  normaliseStream,
  startNormaliser,
} from './causal-normaliser.ts';
import { thresholdFromNormal } from './thresholds.ts';

const options = fc.record({
  calibration: fc.integer({ min: 1, max: 20 }),
  low: fc.constantFrom(0, 0.1, 0.25),
  high: fc.constantFrom(0.5, 0.9, 1),
});

test('it never looks ahead: whatever comes later, earlier values stay', () => {
  fc.assert(
    fc.property(someScores, someScores, options, (past, future, settings) => {
      const before = normaliseStream(past, settings);
      const with_ = normaliseStream([...past, ...future], settings);
      expect(with_.subarray(0, past.length)).toEqual(before);
    }),
  );
});

test('after calibration the scale is that of its quantiles, and is fixed', () => {
  fc.assert(
    fc.property(someScores, options, fc.array(fc.integer()), (scores, { low, high }, later) => {
      const settings = { calibration: scores.length, low, high };
      const values = normaliseStream([...scores, ...later], settings);
      const zero = thresholdFromNormal(scores, { quantile: low });
      const one = thresholdFromNormal(scores, { quantile: high });
      later.forEach((score, i) => {
        expect(values[scores.length + i]).toBe((score - zero) / (one - zero || 1));
      });
    }),
  );
});

test('a stream by hand', () => {
  const settings = { calibration: 3, low: 0, high: 1 };
  // Alone, a score lies at its own zero; then between the lowest and the highest so far; then 1 … 3 is settled.
  expect([...normaliseStream([2, 3, 1, 5, 0, 2], settings)]).toEqual([0, 1, 0, 2, -0.5, 0.5]);
});

test('equal scores are 0, and another one its distance from them', () => {
  expect([...normaliseStream([4, 4, 4, 6.5], { calibration: 2 })]).toEqual([0, 0, 0, 2.5]);
});

test('a normaliser is never changed, is small once settled, and survives being saved', () => {
  const empty = startNormaliser({ calibration: 50 });
  let at: Normaliser = empty;
  for (let i = 0; i < 500; i += 1) {
    const frozen = JSON.stringify(at);
    const { normaliser } = normaliseNext(at, Math.sin(i));
    expect(JSON.stringify(at)).toBe(frozen);
    expect(normaliser.seen.length).toBeLessThan(50);
    at = normaliser;
  }
  expect(empty).toEqual({ calibration: 50, quantiles: [0.05, 0.95], seen: [], scale: null });
  expect(at.seen).toEqual([]);
  const read = JSON.parse(JSON.stringify(at)) as Normaliser;
  expect(normaliseNext(read, 3).value).toBe(normaliseNext(at, 3).value);
});
