// How scores are spread, for plotting: counts in bins of equal width, as numpy.histogram counts them.

import { finiteNumbers } from './checks.ts';
import { metricError } from './errors.ts';

/** Counts the values in [low, high); the last bin also holds its `high`. */
export interface Bin {
  readonly low: number;
  readonly high: number;
  readonly count: number;
}

/**
 * Counts values in equal bins. Values outside of [low, high] are left out; give two groups the same
 * bounds to draw them over each other.
 * @param options.low by default the lowest value
 * @param options.high by default the highest value
 * @throws `METRIC_EMPTY`, `METRIC_NOT_FINITE`; `METRIC_BAD_OPTION` for no bins or bounds out of order
 */
export function histogram(
  values: ArrayLike<number>,
  options: { readonly bins: number; readonly low?: number; readonly high?: number },
): Bin[] {
  const sorted = finiteNumbers(values, 'value').sort();
  const { bins, low = sorted[0] ?? NaN, high = sorted.at(-1) ?? NaN } = options;
  if (!(Number.isInteger(bins) && bins > 0)) {
    throw metricError('METRIC_BAD_OPTION', `Bins must be a whole number over 0, not ${bins}.`);
  }
  if (!(low <= high && Number.isFinite(high - low))) {
    throw metricError(
      'METRIC_BAD_OPTION',
      `The histogram's low must not be above its high, and both finite, but they are ${low} and ${high}.`,
    );
  }
  // A range of no width is widened to one unit, so that equal values still show.
  const [start, end] = low === high ? [low - 0.5, high + 0.5] : [low, high];
  const edge = (i: number): number => (i === bins ? end : start + i * ((end - start) / bins));

  const inside = sorted.filter((value) => value >= start && value <= end);
  let taken = 0;
  return Array.from({ length: bins }, (_, i) => {
    const bin = { low: edge(i), high: edge(i + 1) };
    const first = taken;
    while (i === bins - 1 ? taken < inside.length : (inside[taken] ?? Infinity) < bin.high) {
      taken += 1;
    }
    return { ...bin, count: taken - first };
  });
}
