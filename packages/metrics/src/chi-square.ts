// Whether two samples have the same shares of categories (Pearson 1900):
//
//   χ² = Σ (observed − expected)² / expected        p = Q(k / 2, χ² / 2),   k = categories − 1
//
// with Q the upper regularised incomplete gamma function. Categories of which fewer than five are expected in either sample
// are counted as one, as the approximation needs.

import { metricError } from './errors.ts';
import type { TwoSampleTest } from './kolmogorov-smirnov.ts';

export interface ChiSquareTest extends TwoSampleTest {
  /** Degrees of freedom; 0 where nothing is left to compare. */
  readonly degrees: number;
}

/** What is expected of a category in the smaller sample, at least. */
const enough = 5;

/**
 * The test of homogeneity (`scipy.stats.chi2_contingency`, without a correction).
 * @param first how many of each category in the one sample
 * @param second in the other, in the same order
 * @throws `METRIC_LENGTH_MISMATCH`, `METRIC_EMPTY` for a sample of nothing
 */
export function chiSquareTest(first: readonly number[], second: readonly number[]): ChiSquareTest {
  if (first.length !== second.length) {
    throw metricError(
      'METRIC_LENGTH_MISMATCH',
      `Both samples need a count for each category, but ${first.length} and ${second.length} came.`,
    );
  }
  const totals = [total(first), total(second)] as const;
  if (totals.includes(0)) {
    throw metricError('METRIC_EMPTY', 'Both samples need at least one value, but one has none.');
  }
  const smaller = Math.min(...totals) / (totals[0] + totals[1]);
  const pairs = first.map((count, i) => [count, second[i] ?? 0] as const);
  const isCommon = ([a, b]: readonly [number, number]): boolean => (a + b) * smaller >= enough;
  const rare = pairs.filter((pair) => !isCommon(pair));
  const pooled = [total(rare.map(([a]) => a)), total(rare.map(([, b]) => b))] as const;
  const compared = [...pairs.filter(isCommon), ...(isCommon(pooled) ? [pooled] : [])];
  const degrees = compared.length - 1;
  if (degrees < 1) return { statistic: 0, degrees: 0, pValue: 1 };
  // Of the categories that are compared, so that a rest too small to be one does not count.
  const sums = [total(compared.map(([a]) => a)), total(compared.map(([, b]) => b))] as const;
  const statistic = total(
    compared.flatMap((pair) =>
      pair.map((count, side) => {
        const expected = ((pair[0] + pair[1]) * (sums[side] ?? 0)) / (sums[0] + sums[1]);
        return (count - expected) ** 2 / expected;
      }),
    ),
  );
  return { statistic, degrees, pValue: upperGamma(degrees / 2, statistic / 2) };
}

function total(counts: readonly number[]): number {
  return counts.reduce((sum, count) => sum + count, 0);
}

/** Q(a, x) of a whole or half a: from Q(1, x) = e^−x or Q(½, x), by Q(a + 1, x) = Q(a, x) + x^a e^−x / Γ(a + 1). */
function upperGamma(a: number, x: number): number {
  let at = a % 1 === 0 ? 1 : 0.5;
  let [q, logTerm] =
    at === 1
      ? [Math.exp(-x), Math.log(x) - x]
      : [upperNormal(Math.sqrt(2 * x)), 0.5 * Math.log(x) - x - Math.log(Math.sqrt(Math.PI) / 2)];
  for (; at < a; at += 1) {
    q += Math.exp(logTerm);
    logTerm += Math.log(x) - Math.log(at + 1);
  }
  return Math.min(1, q);
}

/** P(|Z| > z) of a standard normal Z: by its series for small z, by Lentz's continued fraction above. */
function upperNormal(z: number): number {
  const density = Math.exp((-z * z) / 2) * Math.sqrt(2 / Math.PI);
  if (z < 3) {
    let [term, sum] = [z, z];
    for (let k = 3; term > 1e-17 * sum; k += 2) {
      term *= (z * z) / k;
      sum += term;
    }
    return 1 - density * sum;
  }
  let fraction = z;
  for (let k = 60; k >= 1; k -= 1) fraction = z + k / fraction;
  return density / fraction;
}
