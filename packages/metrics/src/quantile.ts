// The quantile of sorted numbers, between two of them by a straight line (numpy's method `linear`).

import { metricError } from './errors.ts';

/** @param sorted ascending, at least one. @param share in [0, 1]: ½ gives the median. */
export function quantileOfSorted(sorted: ArrayLike<number>, share: number): number {
  const position = (sorted.length - 1) * share;
  const below = Math.floor(position);
  const from = sorted[below] ?? NaN;
  const to = sorted[below + 1] ?? from;
  const part = position - below;
  // Measured from the nearer end, as numpy does, so that rounding never carries past it.
  return part < 0.5 ? from + (to - from) * part : to - (to - from) * (1 - part);
}

/** @throws `METRIC_BAD_OPTION` for a share outside [0, 1]. */
export function requireShare(name: string, value: number): void {
  if (!(value >= 0 && value <= 1)) {
    throw metricError('METRIC_BAD_OPTION', `The ${name} must lie in [0, 1], but it is ${value}.`);
  }
}
