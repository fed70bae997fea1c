// The tests of two samples: beside scipy's figures, and by the law that what does not differ gives uniform p-values. Needs
// a Python with tools/oracles/requirements.txt for the first; name it in MEMAE_PYTHON.

import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

import { type Random, createRandom } from '@memae/graph';
import fc from 'fast-check';
import { type TestContext, describe, expect, it, test } from 'vitest';

import { someScores } from './arbitraries.ts';
import {
  calibrate,
  chiSquareTest,
  compareShares,
  holm,
  keepEvenly,
  kolmogorovSmirnov,
  rankedEvenly,
  rankedScores,
  shareInterval,
} from './index.ts';

const normals = (random: Random, count: number, mean = 0): number[] =>
  Array.from({ length: count }, () => random.normal() + mean);
const whole = (values: readonly number[]) => rankedEvenly(keepEvenly(values, values.length));

interface Answer {
  readonly statistic: number;
  readonly pValue: number;
  readonly chiSquare: number;
  readonly chiP: number;
  readonly degrees: number;
  readonly fisher: number;
  readonly interval: readonly [number, number];
}

test('scipy agrees', { timeout: 300_000 }, (context: TestContext) => {
  const python = process.env['MEMAE_PYTHON'];
  if (python === undefined || python === '') {
    context.skip('MEMAE_PYTHON is unset; it names a Python with tools/oracles/requirements.txt.');
  }
  const random = createRandom(3);
  const count = (): number => 5 + random.integer(400);
  const cases = Array.from({ length: 60 }, (_, i) => {
    const categories = 2 + random.integer(12);
    const [m, n] = [count(), count()];
    // The last are of many, for which p is its limit.
    const [first, second] = i < 55 ? [count(), count()] : [11_000, 9_000];
    return {
      first: normals(random, first),
      second: normals(random, second, random.uniform(0, i < 55 ? 0.5 : 0.03)),
      method: i < 55 ? 'exact' : 'asymp',
      counts: [0, 1].map(() => Array.from({ length: categories }, () => 12 + random.integer(90))),
      shares: [
        [random.integer(m + 1), m],
        [random.integer(n + 1), n],
      ] as const,
    };
  });
  const oracle = fileURLToPath(
    new URL('../../../tools/oracles/two_samples_oracle.py', import.meta.url),
  );
  const answers = JSON.parse(
    execFileSync(python, [oracle], { input: JSON.stringify(cases), encoding: 'utf8' }),
  ) as Answer[];
  expect(answers).toHaveLength(cases.length);
  cases.forEach(({ first, second, method, counts, shares }, i) => {
    const theirs = answers[i];
    if (theirs === undefined) throw new Error('an answer is missing');
    const ours = kolmogorovSmirnov(first, whole(second));
    expect(ours.statistic).toBeCloseTo(theirs.statistic, 12);
    if (method === 'exact') expect(ours.pValue).toBeCloseTo(theirs.pValue, 9);
    else expect(Math.abs(Math.log(ours.pValue / theirs.pValue))).toBeLessThan(0.02);
    const chi = chiSquareTest(counts[0] ?? [], counts[1] ?? []);
    expect(chi.degrees).toBe(theirs.degrees);
    expect(chi.statistic / theirs.chiSquare).toBeCloseTo(1, 9);
    expect(chi.pValue / theirs.chiP).toBeCloseTo(1, 7);
    const [a, b] = shares.map(([flagged, samples]) => ({ count: flagged, samples }));
    if (a === undefined || b === undefined) throw new Error('a share is missing');
    expect(compareShares(a, b) / theirs.fisher).toBeCloseTo(1, 6);
    shareInterval(a).forEach((end, side) => {
      expect(end).toBeCloseTo(theirs.interval[side] ?? NaN, 12);
    });
  });
});

/** Shares of p-values at or below some levels, of 400 pairs of samples. */
function sharesBelow(draw: (random: Random) => number): Record<string, number> {
  const random = createRandom(11);
  const found = Array.from({ length: 400 }, () => draw(random));
  return Object.fromEntries(
    [0.05, 0.25, 0.5, 0.75].map((level) => [
      level,
      found.filter((p) => p <= level).length / found.length,
    ]),
  );
}

describe('of samples that do not differ, p-values are uniform', () => {
  const uniform = (shares: Record<string, number>, slack: number): void => {
    for (const [level, share] of Object.entries(shares)) {
      const spread = 3.5 * Math.sqrt((Number(level) * (1 - Number(level))) / 400);
      expect(share).toBeLessThan(Number(level) + spread);
      expect(share).toBeGreaterThan(Number(level) - spread - slack);
    }
  };
  it('by Kolmogorov and Smirnov', () => {
    uniform(
      sharesBelow(
        (random) => kolmogorovSmirnov(normals(random, 150), whole(normals(random, 231))).pValue,
      ),
      0.02,
    );
  });
  it('where the reference is thinned, they are no smaller', () => {
    uniform(
      sharesBelow((random) => {
        const kept = keepEvenly(normals(random, 1500), 128);
        return kolmogorovSmirnov(normals(random, 400), rankedEvenly(kept)).pValue;
      }),
      0.15,
    );
    uniform(
      sharesBelow((random) => {
        const kept = calibrate(normals(random, 6000));
        return kolmogorovSmirnov(normals(random, 200), rankedScores(kept)).pValue;
      }),
      0.05,
    );
  });
  it('by χ²', () => {
    const counts = (random: Random): number[] => {
      const found = [0, 0, 0, 0, 0];
      for (let i = 0; i < 300; i += 1) {
        const category = Math.min(4, Math.floor(Math.abs(random.normal()) * 2));
        found[category] = (found[category] ?? 0) + 1;
      }
      return found;
    };
    uniform(
      sharesBelow((random) => chiSquareTest(counts(random), counts(random)).pValue),
      0.02,
    );
  });
  it('and corrected, hardly any of twenty is below the level', () => {
    const any = sharesBelow((random) => {
      const p = Array.from({ length: 20 }, () => random.uniform());
      return Math.min(...holm(p));
    });
    expect(any['0.05']).toBeLessThan(0.09);
  });
  it('and by alarms above a line that the one sample chose, they are no smaller', () => {
    const shares = sharesBelow((random) => {
      const [held, now] = [normals(random, 200), normals(random, 300)];
      const line = held.sort((a, b) => a - b)[189] ?? NaN;
      const above = (scores: readonly number[]) => ({
        count: scores.filter((score) => score > line).length,
        samples: scores.length,
      });
      return compareShares(above(now), above(held));
    });
    for (const [level, share] of Object.entries(shares)) {
      expect(share).toBeLessThan(Number(level) + 0.05);
    }
  });
});

describe('samples that differ', () => {
  it('give small p-values', () => {
    const random = createRandom(5);
    const values = normals(random, 500);
    const shifted = values.map((value) => value + 0.5);
    expect(kolmogorovSmirnov(shifted, whole(values)).pValue).toBeLessThan(1e-9);
    expect(chiSquareTest([50, 50], [80, 20]).pValue).toBeLessThan(1e-4);
    expect(compareShares({ count: 30, samples: 100 }, { count: 10, samples: 200 })).toBeLessThan(
      1e-6,
    );
  });
});

describe('laws', () => {
  it('a sample is at no distance of itself, however it is kept', () => {
    fc.assert(
      fc.property(someScores, fc.integer({ min: 2, max: 50 }), (values, limit) => {
        const { statistic, pValue } = kolmogorovSmirnov(
          values,
          rankedEvenly(keepEvenly(values, limit)),
        );
        expect(statistic).toBeCloseTo(0, 12);
        expect(pValue).toBeCloseTo(1, 9);
      }),
    );
  });
  it('thinning never enlarges the distance, which no rising map changes', () => {
    fc.assert(
      fc.property(someScores, someScores, fc.integer({ min: 2, max: 20 }), (a, b, limit) => {
        const full = kolmogorovSmirnov(a, whole(b)).statistic;
        const thinned = kolmogorovSmirnov(a, rankedEvenly(keepEvenly(b, limit))).statistic;
        expect(thinned).toBeLessThanOrEqual(full + 1e-12);
        const [c, d] = [a, b].map((values) => values.map((value) => 2 * value));
        expect(kolmogorovSmirnov(c ?? [], whole(d ?? [])).statistic).toBe(full);
        expect(kolmogorovSmirnov(b, whole(a)).statistic).toBeCloseTo(full, 12);
      }),
    );
  });
  it('rare categories are counted as one, and categories of nothing not at all', () => {
    expect(chiSquareTest([92, 3, 3, 2, 0], [82, 6, 6, 6, 0])).toMatchObject({ degrees: 1 });
    expect(chiSquareTest([90, 0], [80, 1])).toEqual({ statistic: 0, degrees: 0, pValue: 1 });
  });
  it('Holm’s correction keeps the order, and of one does nothing', () => {
    expect(holm([0.03])).toEqual([0.03]);
    expect(holm([])).toEqual([]);
    expect(holm([0.04, 0.01, 0.03])).toEqual([0.06, 0.03, 0.06]);
  });
  it('what cannot be counted is refused', () => {
    expect(() => shareInterval({ count: 3, samples: 2 })).toThrow('3 of 2');
    expect(() => compareShares({ count: 0, samples: 0 }, { count: 1, samples: 2 })).toThrow(
      '0 of 0',
    );
    expect(() => chiSquareTest([1], [1, 2])).toThrow('1 and 2');
    expect(() => chiSquareTest([0], [1])).toThrow('none');
    expect(() => kolmogorovSmirnov([], whole([1]))).toThrow('none');
  });
});
