import { expect, test } from 'vitest';
import { nabScore } from './nab-score.ts';

const windows = [[10, 19]] as const;
const detected = (...steps: number[]) => ({
  scores: Float64Array.from({ length: 100 }, (_, i) => (steps.includes(i) ? 1 : 0)),
  from: 5,
  windows,
});
const sigmoid = (place: number): number => 2 / (1 + Math.exp(5 * place)) - 1;
/** A window that is missed is -1, one that is found at once 1. */
const asScore = (raw: number): number => 50 * (raw + 1);

test('an early detection earns most, a later one less; the first of a window counts', () => {
  // y = -(19 - 10 + 1) / 10 = -1 at the first step of the window, -0.1 at its last.
  expect(nabScore([detected(10)])).toBe(100);
  expect(nabScore([detected(19)])).toBeCloseTo(asScore(sigmoid(-0.1) / sigmoid(-1)), 10);
  expect(nabScore([detected(10, 19)])).toBe(100);
});

test('a false detection costs 0.11 before the first window and far behind one, less close by', () => {
  expect(nabScore([detected(10, 7)])).toBeCloseTo(asScore(1 - 0.11), 10);
  expect(nabScore([detected(10, 90)])).toBeCloseTo(asScore(1 - 0.11), 10);
  // y = (20 - 19) / (19 - 10)
  expect(nabScore([detected(10, 20)])).toBeCloseTo(asScore(1 + 0.11 * sigmoid(1 / 9)), 10);
  expect(nabScore([detected(10, 3)])).toBe(100);
});

test('the threshold is the best one for all series; that of a detector that says nothing is 0', () => {
  const silent = { ...detected(), scores: new Float64Array(100) };
  expect(nabScore([silent])).toBe(0);
  expect(nabScore([detected(10), detected(10)])).toBe(100);
  // What tells one series' window apart is all false in the other.
  const low = { ...detected(), scores: detected(10).scores.map((x) => x / 2) };
  const high = { ...detected(), scores: detected(10).scores.map((x) => 1 - x / 2) };
  expect(nabScore([low, high])).toBeLessThan(60);
});
