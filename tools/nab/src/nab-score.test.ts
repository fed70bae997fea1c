import { expect, test } from 'vitest';
import { nabScore, rawScore } from './nab-score.ts';

const windows = [[10, 19]] as const;
const detected = (...steps: number[]) => ({
  scores: Float64Array.from({ length: 100 }, (_, i) => (steps.includes(i) ? 1 : 0)),
  from: 5,
  windows,
});

test('an early detection earns a point, a later one less, none costs one', () => {
  expect(rawScore(detected(), 0.5)).toBe(-1);
  // y = -(19 - 10 + 1) / 10 = -1 at the first step of the window.
  expect(rawScore(detected(10), 0.5)).toBe(1);
  const late = rawScore(detected(19), 0.5);
  expect(late).toBeCloseTo((2 / (1 + Math.exp(-0.5)) - 1) / (2 / (1 + Math.exp(-5)) - 1), 12);
  expect(rawScore(detected(10, 19), 0.5)).toBe(1);
});

test('a false detection costs 0.11 before the first window and far behind one, less close by', () => {
  expect(rawScore(detected(10, 7), 0.5)).toBeCloseTo(1 - 0.11, 12);
  expect(rawScore(detected(10, 90), 0.5)).toBeCloseTo(1 - 0.11, 12);
  // y = (20 - 19) / (19 - 10)
  const near = 0.11 * (2 / (1 + Math.exp(5 / 9)) - 1);
  expect(rawScore(detected(10, 20), 0.5)).toBeCloseTo(1 + near, 12);
  expect(rawScore(detected(10, 3), 0.5)).toBe(1);
});

test('the score is 100 where all is found at once and 0 for a detector that says nothing', () => {
  expect(nabScore([detected(10), detected(10)])).toBe(100);
  expect(nabScore([{ ...detected(), scores: new Float64Array(100) }])).toBe(0);
});
