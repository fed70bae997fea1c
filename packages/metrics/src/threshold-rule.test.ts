import { createRandom } from '@memae/graph';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { someScores } from './arbitraries.ts';
import { calibrate, calibrateLabelled, rankAt } from './calibration.ts';
import { conformalPValues } from './conformal.ts';
import { expectedFalseAlarms, smallestFalseAlarms } from './expected-rate.ts';
import { type NormalRule, chooseThreshold, normalRules } from './threshold-rule.ts';

const random = createRandom(11);
const exponential = (count: number): number[] =>
  Array.from({ length: count }, () => -Math.log(1 - random.uniform()));
/** With the density of a generalised Pareto distribution, of values that are exponential. */
const bent = (shape: number, x: number): number =>
  shape === 0 ? x : Math.expm1(shape * x) / shape;
const upTo = (count: number): number[] => Array.from({ length: count }, (_, i) => i + 1);
const choose = (rule: NormalRule, scores: readonly number[], falseAlarms: number): number =>
  chooseThreshold(calibrate(scores), { rule, falseAlarms });
const pOf = (score: number, others: readonly number[]): number =>
  conformalPValues([score], calibrate(others))[0] ?? NaN;
const shareAbove = (scores: readonly number[], threshold: number): number =>
  scores.filter((score) => score > threshold).length / scores.length;

describe('a calibration', () => {
  test('keeps all scores up to 4096, in order', () => {
    fc.assert(
      fc.property(someScores, (scores) => {
        expect(calibrate(scores)).toEqual({
          samples: scores.length,
          normal: [...Float64Array.from(scores).sort()],
        });
      }),
    );
  });

  test.each([4097, 5000, 100_003])('keeps 4096 of %i, among them the highest half', (count) => {
    const calibration = calibrate(upTo(count));
    expect(calibration.samples).toBe(count);
    expect(calibration.normal).toHaveLength(4096);
    expect(calibration.normal.slice(-2048)).toEqual(upTo(count).slice(-2048));
    // Each score here is its own rank.
    expect(calibration.normal.map((_, i) => rankAt(calibration, i))).toEqual(calibration.normal);
    expect(new Set(calibration.normal).size).toBe(4096);
    expect(calibration.normal[0]).toBe(1);
  });

  test('keeps labelled scores in their proportion', () => {
    const scores = upTo(20_000);
    const labels = scores.map((score) => (score > 19_000 ? 1 : 0));
    const kept = calibrateLabelled(scores, labels);
    expect([kept.samples, kept.normal.length, kept.anomalous.length]).toEqual([20_000, 3891, 205]);
    expect(kept.anomalous[0]).toBeGreaterThan(19_000);
    expect(calibrateLabelled([3, 1, 2], [1, 0, 0])).toEqual({
      samples: 3,
      normal: [1, 2],
      anomalous: [3],
    });
  });
});

describe('every rule on normal scores', () => {
  test.each(normalRules)('%s flags no more where fewer false alarms are asked for', (rule) => {
    const drawn = exponential(500);
    const rate = fc.double({ min: 0.002, max: 0.9, noNaN: true });
    const shape = fc.double({ min: -0.4, max: 0.8, noNaN: true });
    fc.assert(
      fc.property(rate, rate, shape, (one, other, gamma) => {
        const scores = drawn.map((x) => bent(gamma, x));
        const [few, many] = [Math.min(one, other), Math.max(one, other)];
        expect(choose(rule, scores, few)).toBeGreaterThanOrEqual(choose(rule, scores, many));
      }),
      { numRuns: 50 },
    );
  });

  test.each(normalRules)('%s moves with the scale of the scores', (rule) => {
    const scores = exponential(300);
    const moved = choose(
      rule,
      scores.map((score) => 1e-6 * score - 2e-6),
      0.01,
    );
    expect(moved).toBeCloseTo(1e-6 * choose(rule, scores, 0.01) - 2e-6, 12);
  });

  // 4000 draws of a calibration and one sample: the deviation of the rate is 0.0047 at most.
  test.each<[NormalRule, number]>([
    ['quantile', 0.1],
    ['conformal', 0.1],
    ['conformal', 0.03],
    ['tail', 0.02],
  ])('%s keeps the rate %f over calibrations of 120 samples', (rule, falseAlarms) => {
    const rates = Array.from({ length: 400 }, () =>
      shareAbove(exponential(50), choose(rule, exponential(120), falseAlarms)),
    );
    const rate = rates.reduce((a, b) => a + b) / rates.length;
    expect(rate).toBeLessThanOrEqual(falseAlarms + 0.006);
    expect(rate).toBeGreaterThanOrEqual(falseAlarms - 0.012);
  });

  test.each(normalRules)('%s keeps the rate where not all scores were kept', (rule) => {
    const scores = exponential(30_000);
    for (const falseAlarms of [0.3, 0.1, 0.01, 0.001]) {
      const found = shareAbove(scores, choose(rule, scores, falseAlarms));
      expect(Math.abs(found - falseAlarms)).toBeLessThanOrEqual(0.1 * falseAlarms + 0.0004);
    }
  });

  test.each([
    ['quantile', 1],
    ['conformal', 100],
  ] as const)('%s of equal scores is that score, and flags none of them', (rule, count) => {
    const scores = upTo(count).map(() => 7);
    expect(choose(rule, scores, 0.05)).toBe(7);
  });

  test('refuses rates that are none', () => {
    for (const rule of normalRules) {
      for (const falseAlarms of [0, 1, -0.1, 5, NaN]) {
        expect(() => choose(rule, upTo(100), falseAlarms)).toThrow(/between 0 and 1, but it is/);
      }
      expect(() => chooseThreshold({ samples: 0, normal: [] }, { rule, falseAlarms: 0.1 })).toThrow(
        /at least one score/,
      );
    }
  });
});

describe('quantile', () => {
  test('is the (n + 1)(1 − α)-th score, and never above the highest', () => {
    expect(choose('quantile', upTo(99), 0.05)).toBeCloseTo(95, 9);
    expect(choose('quantile', upTo(9), 0.25)).toBeCloseTo(7.5, 9);
    expect(choose('quantile', upTo(9), 0.01)).toBe(9);
    expect(choose('quantile', upTo(9), 0.99)).toBe(1);
    expect(choose('quantile', [4], 0.5)).toBe(4);
  });
});

describe('conformal', () => {
  test('p counts the calibration scores that are no lower', () => {
    const calibration = calibrate([1, 2, 2, 3]);
    expect([...conformalPValues([0, 1, 1.5, 2, 3, 4], calibration)]).toEqual([
      1, 1, 0.8, 0.8, 0.4, 0.2,
    ]);
  });

  test('a sample is above the threshold when its p-value is at most the rate', () => {
    const rate = fc.double({ min: 0.05, max: 0.95, noNaN: true });
    const scores = fc.array(fc.integer({ min: 0, max: 30 }), { minLength: 20, maxLength: 60 });
    fc.assert(
      fc.property(scores, rate, (values, falseAlarms) => {
        const calibration = calibrate(values);
        const threshold = chooseThreshold(calibration, { rule: 'conformal', falseAlarms });
        const asked = upTo(32).map((score) => score - 1.5);
        conformalPValues([...values, ...asked], calibration).forEach((p, i) => {
          expect(([...values, ...asked][i] ?? NaN) > threshold).toBe(p <= falseAlarms + 1e-9);
        });
      }),
    );
  });

  test('p falls as the score rises', () => {
    fc.assert(
      fc.property(someScores, someScores, (values, asked) => {
        const sorted = asked.toSorted((a, b) => a - b);
        const found = conformalPValues(sorted, calibrate(values));
        expect([...found]).toEqual([...found].sort((a, b) => b - a));
      }),
    );
  });

  test('p is uniform on exchangeable scores: each of n + 1 values as often, whichever was held out', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.integer(), { minLength: 2, maxLength: 40 }),
        (values: number[]) => {
          const found = values.map((value, i) => {
            const others = values.filter((_, j) => j !== i);
            return pOf(value, others) * values.length;
          });
          expect(found.map(Math.round).sort((a, b) => a - b)).toEqual(upTo(values.length));
        },
      ),
    );
  });

  test('P(p ≤ α) ≤ α with ties, too', () => {
    const few = fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 2, maxLength: 40 });
    fc.assert(
      fc.property(few, fc.double({ min: 0, max: 1, noNaN: true }), (values, level) => {
        const small = values.filter((value, i) => {
          const others = values.filter((_, j) => j !== i);
          return pOf(value, others) <= level;
        });
        expect(small.length / values.length).toBeLessThanOrEqual(level);
      }),
    );
  });

  test('p only grows where not all scores were kept, and not among the highest', () => {
    const scores = exponential(9000);
    const calibration = calibrate(scores);
    const asked = exponential(300);
    const exact = asked.map(
      (score) => (1 + scores.filter((other) => other >= score).length) / (scores.length + 1),
    );
    conformalPValues(asked, calibration).forEach((p, i) => {
      const other = exact[i] ?? NaN;
      expect(p).toBeGreaterThanOrEqual(other);
      expect(p - other).toBeLessThan(other < 2048 / 9001 ? 1e-12 : 4 / 9001);
    });
  });

  test('refuses a rate that so few samples cannot promise, saying which they can', () => {
    expect(smallestFalseAlarms(19)).toBe(0.05);
    expect(choose('conformal', upTo(19), 0.05)).toBe(19);
    expect(choose('conformal', upTo(99), 0.29)).toBe(71);
    expect(() => choose('conformal', upTo(18), 0.05)).toThrow(
      /below 0\.0526\d+ can be promised by 18 .* 0\.05 was asked for.* at least 19 samples/,
    );
  });
});

describe('the rate expected above a threshold', () => {
  test.each([19, 4096, 20_000])('is what the threshold of %i was chosen for', (count) => {
    const calibration = calibrate(upTo(count).map((i) => Math.sqrt(i)));
    for (const falseAlarms of [0.06, 0.1, 0.31, 0.5, 0.9]) {
      const threshold = chooseThreshold(calibration, { rule: 'quantile', falseAlarms });
      expect(expectedFalseAlarms(calibration, threshold)).toBeCloseTo(falseAlarms, 10);
    }
  });

  test('never rises with the threshold, and promises no more than the scores can tell', () => {
    fc.assert(
      fc.property(someScores, someScores, (scores, thresholds) => {
        const calibration = calibrate(scores);
        const rates = [...Float64Array.from(thresholds).sort()].map((threshold) =>
          expectedFalseAlarms(calibration, threshold),
        );
        expect(rates).toEqual([...Float64Array.from(rates).sort()].reverse());
      }),
    );
    const four = calibrate(upTo(4));
    const asked = [0, 1, 2.5, 4, 9];
    const rates = [1, 0.8, 0.5, 0.2, 0.2];
    asked.forEach((threshold, i) => {
      expect(expectedFalseAlarms(four, threshold)).toBeCloseTo(rates[i] ?? NaN, 12);
    });
    expect(() => expectedFalseAlarms({ samples: 0, normal: [] }, 1)).toThrow(/at least one score/);
  });
});

describe('tail', () => {
  // The 1 − α quantile of the distribution that the scores come from; n α ranges from 100 down to 1.
  test.each([0, 0.3, -0.3])('finds the far quantiles of a distribution with shape %f', (shape) => {
    const scores = exponential(4000).map((x) => bent(shape, x));
    for (const falseAlarms of [0.05, 0.01, 0.001]) {
      const truth = bent(shape, -Math.log(falseAlarms));
      expect(Math.abs(choose('tail', scores, falseAlarms) / truth - 1)).toBeLessThan(0.2);
    }
  });

  test('counts the peaks right where not all scores are kept', () => {
    // Evenly by rank, so that the rate of what is asked for is known: e^−t.
    const samples = 1_000_000;
    const scores = Array.from({ length: samples }, (_, i) => -Math.log((i + 0.5) / samples));
    for (const falseAlarms of [1e-5, 1e-6, 1e-7]) {
      const rate = Math.exp(-choose('tail', scores, falseAlarms));
      expect(Math.abs(rate / falseAlarms - 1)).toBeLessThan(0.1);
    }
  });

  test('reaches beyond the highest score where fewer alarms are asked for than one sample', () => {
    const scores = exponential(100);
    expect(choose('tail', scores, 1e-5)).toBeGreaterThan(Math.max(...scores));
  });

  test('is the quantile where the rate is that of the peaks', () => {
    const scores = exponential(200);
    expect(choose('tail', scores, 0.2)).toBe(choose('quantile', scores, 0.2));
  });

  test('refuses what has no tail', () => {
    expect(() => choose('tail', upTo(79), 0.01)).toThrow(/at least 80 calibration samples/);
    expect(() => choose('tail', new Array<number>(200).fill(3), 0.01)).toThrow(/All 200 .* are 3:/);
    const tied = [...upTo(10), ...new Array<number>(190).fill(11)];
    expect(() => choose('tail', tied, 0.01)).toThrow(/Only 0 of 200 .* above 11/);
    const heavy = upTo(100).map((rank) => 1e290 * (1 - (rank - 0.5) / 100) ** -3);
    expect(() => choose('tail', heavy, 1e-9)).toThrow(/so heavy/);
    const within = heavy.map((score) => score / 1e252);
    expect(() => choose('tail', within, 1e-9)).toThrow(/so heavy/);
  });
});

describe('f1', () => {
  const with_ = (normal: readonly number[], anomalous: readonly number[]): number =>
    chooseThreshold({ ...calibrate([1]), labelled: { samples: 1, normal, anomalous } }, {
      rule: 'f1',
    } as const);

  test('parts labelled scores midway', () => {
    expect(with_([1, 2], [4, 5])).toBe(3);
  });

  test('refuses to flag everything: without anomalies, or where they are not told apart', () => {
    expect(() => chooseThreshold(calibrate([1, 2]), { rule: 'f1' })).toThrow(
      /normal samples alone\. Calibrate with labels/,
    );
    expect(() => with_([3, 4, 5, 6], [1, 2])).toThrow(/best F1 flags 4 of 4 normal ones/);
    expect(() => calibrateLabelled([1, 2], [0, 0])).toThrow(/needs both/);
  });
});
