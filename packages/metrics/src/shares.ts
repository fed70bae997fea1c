// How often something came, of so many: what its true share may be, and whether two samples differ in it.

import { requireCount } from './checks.ts';

/** So many of so many. */
export interface Share {
  readonly count: number;
  readonly samples: number;
}

/**
 * The interval in which the true share lies, by Wilson's score (1927), with 95 % confidence.
 * @throws `METRIC_BAD_OPTION` where the count is none of so many samples
 */
export function shareInterval({ count, samples }: Share): readonly [low: number, high: number] {
  requireCount({ count, samples });
  const z = 1.959963984540054;
  const share = count / samples;
  const center = share + (z * z) / (2 * samples);
  const reach = z * Math.sqrt((share * (1 - share)) / samples + (z / (2 * samples)) ** 2);
  const unit = 1 + (z * z) / samples;
  return [
    count === 0 ? 0 : (center - reach) / unit,
    count === samples ? 1 : (center + reach) / unit,
  ];
}

/**
 * Whether two samples differ in a share, by Fisher's exact test: twice the smaller tail of the hypergeometric distribution.
 * Where the one sample chose the line above which both are counted, p is still no smaller than it should be.
 * @throws as `shareInterval`
 */
export function compareShares(first: Share, second: Share): number {
  requireCount(first);
  requireCount(second);
  const least = Math.max(0, first.count + second.count - second.samples);
  const most = Math.min(first.samples, first.count + second.count);
  // Weights of each way to divide the count, as ratios of the one before; logarithms, for they may be tiny.
  const logs: number[] = [0];
  for (let a = least; a < most; a += 1) {
    const b = first.count + second.count - a;
    const ratio = ((first.samples - a) * b) / ((a + 1) * (second.samples - b + 1));
    logs.push((logs.at(-1) ?? 0) + Math.log(ratio));
  }
  const highest = logs.reduce((a, b) => Math.max(a, b));
  const weights = logs.map((log) => Math.exp(log - highest));
  const sum = (some: readonly number[]): number => some.reduce((a, b) => a + b, 0);
  const at = first.count - least;
  const tail = Math.min(sum(weights.slice(0, at + 1)), sum(weights.slice(at)));
  return Math.min(1, (2 * tail) / sum(weights));
}
