// Whether two samples come of one distribution (Kolmogorov 1933, Smirnov 1939): by the largest distance of their
// empirical distribution functions,
//
//   D = sup |F(x) − G(x)|          p = P(D as large, were they of one distribution)
//
// exactly, by counting lattice paths (Schröer and Trenkler 1995, as R's psmirnov), or for large samples by the limit
//   p ≈ 2 Σ (−1)^(k−1) e^(−2 k² λ²),   λ = (√e + 0.12 + 0.11 / √e) D,   e = m n / (m + n)        (Stephens 1970)
//
// The reference may be thinned: between two values that are kept, its F is only known to lie between their ranks, and D is
// measured from the nearer end. So p is never too small for what is not kept.

import { type Calibration, rankAt } from './calibration.ts';
import { finiteNumbers } from './checks.ts';

/** Some values of a sample, ascending, and the rank, from 1 to `samples`, that each has. */
export interface RankedValues {
  readonly samples: number;
  readonly values: readonly number[];
  readonly ranks: readonly number[];
}

/** Values of a sample, ascending: its lowest, its highest, and others evenly by rank between them. */
export interface KeptValues {
  /** How many came. */
  readonly samples: number;
  readonly values: readonly number[];
}

/**
 * Keeps at most `limit` values of a sample, evenly by rank.
 * @param limit 2 or more
 * @throws `METRIC_EMPTY`, `METRIC_NOT_FINITE`
 */
export function keepEvenly(values: ArrayLike<number>, limit: number): KeptValues {
  const sorted = finiteNumbers(values, 'value').sort();
  const kept = { samples: sorted.length, length: Math.min(sorted.length, limit) };
  return {
    samples: sorted.length,
    values: Array.from({ length: kept.length }, (_, i) => sorted[evenRank(kept, i) - 1] ?? NaN),
  };
}

/** The ranks of values that `keepEvenly` kept. */
export function rankedEvenly({ samples, values }: KeptValues): RankedValues {
  const { length } = values;
  return { samples, values, ranks: values.map((_, i) => evenRank({ samples, length }, i)) };
}

/** The scores of normal samples that a calibration keeps. */
export function rankedScores(calibration: Calibration): RankedValues {
  const { samples, normal } = calibration;
  return { samples, values: normal, ranks: normal.map((_, i) => rankAt(calibration, i)) };
}

function evenRank(
  { samples, length }: { readonly samples: number; readonly length: number },
  index: number,
): number {
  return length < 2 ? samples : 1 + Math.round((index * (samples - 1)) / (length - 1));
}

export interface TwoSampleTest {
  readonly statistic: number;
  readonly pValue: number;
}

/**
 * The two-sample test, of both sides (`scipy.stats.ks_2samp`). With equal values p is an upper bound.
 * @param values of the sample to be compared, in any order
 * @throws `METRIC_EMPTY`, `METRIC_NOT_FINITE`
 */
export function kolmogorovSmirnov(
  values: ArrayLike<number>,
  reference: RankedValues,
): TwoSampleTest {
  const sorted = finiteNumbers(values, 'value').sort();
  const statistic = largestDistance(sorted, reference);
  return {
    statistic,
    pValue: smirnovPValue(statistic, { m: sorted.length, n: reference.samples }),
  };
}

/** Between two distinct values of the reference, its F lies in [low, high]; that of the sample grows from `from` to `to`. */
function largestDistance(sorted: Float64Array, { samples, values, ranks }: RankedValues): number {
  let [largest, from, low, next] = [0, 0, 0, 0];
  for (let i = 0; i <= values.length; i += 1) {
    const value = values[i] ?? Infinity;
    if (i > 0 && value === values[i - 1]) {
      low = ranks[i] ?? samples;
      continue;
    }
    const high = ((ranks[i] ?? samples + 1) - 1) / samples;
    while ((sorted[next] ?? Infinity) < value) next += 1;
    largest = Math.max(largest, next / sorted.length - high, low / samples - from);
    low = ranks[i] ?? samples;
    while ((sorted[next] ?? Infinity) <= value && next < sorted.length) next += 1;
    from = next / sorted.length;
  }
  return largest;
}

/** P(D ≥ statistic) of samples of m and n from one continuous distribution. */
function smirnovPValue(
  statistic: number,
  { m, n }: { readonly m: number; readonly n: number },
): number {
  const root = Math.sqrt((m * n) / (m + n));
  // Beyond 3.5 what is counted would be lost beside 1; of many the count takes too long, and the limit is near.
  return root * statistic < 3.5 && m * n * (m + n) < 1e12
    ? countedPValue(statistic, { m, n })
    : limitPValue((root + 0.12 + 0.11 / root) * statistic);
}

function countedPValue(
  statistic: number,
  { m, n }: { readonly m: number; readonly n: number },
): number {
  // Paths from (0, 0) to (m, n) that stay nearer than the statistic, as a share of all.
  const bound = (0.5 + Math.floor(statistic * m * n - 1e-7)) / (m * n);
  const within = Float64Array.from({ length: n + 1 }, (_, j) => (j / n > bound ? 0 : 1));
  for (let i = 1; i <= m; i += 1) {
    const weight = i / (i + n);
    const first = Math.max(0, Math.ceil(n * (i / m - bound)));
    const last = Math.min(n, Math.floor(n * (i / m + bound)));
    let before = 0;
    for (let j = first; j <= last; j += 1) {
      before += weight * (within[j] ?? 0);
      within[j] = before;
    }
    if (first > 0) within[first - 1] = 0;
  }
  return Math.min(1, Math.max(0, 1 - (within[n] ?? 0)));
}

function limitPValue(lambda: number): number {
  if (lambda < 0.2) return 1;
  let sum = 0;
  for (let k = 1; k <= 100; k += 1) {
    const term = Math.exp(-2 * k * k * lambda * lambda);
    sum += k % 2 === 1 ? term : -term;
    if (term < 1e-17) break;
  }
  return Math.min(1, Math.max(0, 2 * sum));
}
