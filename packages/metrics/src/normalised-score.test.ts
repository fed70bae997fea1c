import fc from 'fast-check';
import { expect, test } from 'vitest';

import { someScores } from './arbitraries.ts';
import { normaliseScores, withSensitivity } from './normalised-score.ts';

const decisions = fc.record({
  threshold: fc.double({ min: -1e6, max: 1e6, noNaN: true }),
  scale: fc.double({ min: 1e-6, max: 1e6, noNaN: true }),
});
const sensitivities = fc.double({ min: 0.001, max: 0.999, noNaN: true });

test('is ½ exactly at the threshold, in [0, 1], and never falls', () => {
  fc.assert(
    fc.property(someScores, decisions, (scores, decision) => {
      expect(normaliseScores([decision.threshold], decision)[0]).toBe(0.5);
      const found = normaliseScores(
        scores.toSorted((a, b) => a - b),
        decision,
      );
      expect([...found]).toEqual([...found].sort((a, b) => a - b));
      expect(Math.min(...found)).toBeGreaterThanOrEqual(0);
      expect(Math.max(...found)).toBeLessThanOrEqual(1);
    }),
  );
});

test('is the logistic curve', () => {
  const [low, high] = normaliseScores([1, 3], { threshold: 2, scale: 0.5 });
  expect(high).toBeCloseTo(1 / (1 + Math.exp(-2)), 15);
  expect((low ?? NaN) + (high ?? NaN)).toBeCloseTo(1, 15);
});

test('more sensitivity lowers the threshold, and ½ leaves it', () => {
  fc.assert(
    fc.property(decisions, sensitivities, sensitivities, (decision, one, other) => {
      const [less, more] = [Math.min(one, other), Math.max(one, other)];
      expect(withSensitivity(decision, more).threshold).toBeLessThanOrEqual(
        withSensitivity(decision, less).threshold,
      );
      expect(withSensitivity(decision, 0.5)).toEqual(decision);
    }),
  );
});

test('a sensitivity flags what was above one less it', () => {
  fc.assert(
    fc.property(sensitivities, (sensitivity) => {
      const decision = { threshold: 3, scale: 0.5 };
      const { threshold } = withSensitivity(decision, sensitivity);
      expect(normaliseScores([threshold], decision)[0]).toBeCloseTo(1 - sensitivity, 9);
    }),
  );
});

test.each([0, 1, -1, 2, NaN])('refuses the sensitivity %f', (sensitivity) => {
  expect(() => withSensitivity({ threshold: 0, scale: 1 }, sensitivity)).toThrow(
    /sensitivity must lie between 0 and 1/,
  );
});

test.each([
  { threshold: NaN, scale: 1 },
  { threshold: 0, scale: 0 },
  { threshold: 0, scale: Infinity },
])('refuses %o', (decision) => {
  expect(() => normaliseScores([1], decision)).toThrow(/finite threshold and a positive scale/);
});
