// Refuses bad scores and labels before any work starts, so that the measures can trust them.

import { metricError } from './errors.ts';

/**
 * Copies numbers for the caller to reorder.
 * @param where goes before the message, as `Video 3: `
 * @throws `METRIC_EMPTY`, `METRIC_NOT_FINITE`
 */
export function finiteNumbers(
  values: ArrayLike<number>,
  noun: 'score' | 'value',
  where = '',
): Float64Array {
  if (values.length === 0) {
    throw metricError('METRIC_EMPTY', `${where}At least one ${noun} is needed, but none came.`);
  }
  const numbers = new Float64Array(values);
  const bad = numbers.findIndex((number) => !Number.isFinite(number));
  if (bad >= 0) {
    throw metricError(
      'METRIC_NOT_FINITE',
      `${where}Every ${noun} must be a finite number, but the ${noun} at index ${bad} is ` +
        `${String(values[bad])}. Look for the sample or the training step that produced it.`,
    );
  }
  return numbers;
}

/**
 * Separates the scores of anomalies (label 1) from those of normal samples (label 0).
 * @param where goes before the message, as `Video 3: `
 * @throws `METRIC_LENGTH_MISMATCH`, `METRIC_EMPTY`, `METRIC_NOT_FINITE`, `METRIC_BAD_LABEL`
 */
export function splitByLabel(
  scores: ArrayLike<number>,
  labels: ArrayLike<number>,
  where = '',
): { readonly anomalous: Float64Array; readonly normal: Float64Array } {
  if (scores.length !== labels.length) {
    throw metricError(
      'METRIC_LENGTH_MISMATCH',
      `${where}Each score needs one label, but ${scores.length} scores and ${labels.length} labels came.`,
    );
  }
  const numbers = finiteNumbers(scores, 'score', where);
  for (let i = 0; i < labels.length; i += 1) {
    if (labels[i] !== 0 && labels[i] !== 1) {
      throw metricError(
        'METRIC_BAD_LABEL',
        `${where}A label must be 0 (normal) or 1 (anomaly), but the label at index ${i} is ` +
          `${String(labels[i])}. Map other classes to 0 and 1 first.`,
      );
    }
  }
  return {
    anomalous: numbers.filter((_, i) => labels[i] === 1),
    normal: numbers.filter((_, i) => labels[i] === 0),
  };
}

/**
 * The same where there must be some of each kind.
 * @throws `METRIC_SINGLE_CLASS`, and as `splitByLabel`
 */
export function bothByLabel(
  scores: ArrayLike<number>,
  labels: ArrayLike<number>,
): ReturnType<typeof splitByLabel> {
  const split = splitByLabel(scores, labels);
  if (split.anomalous.length > 0 && split.normal.length > 0) return split;
  throw metricError(
    'METRIC_SINGLE_CLASS',
    `Telling anomalies from normal samples needs both, but all ${scores.length} labels are ` +
      `${split.anomalous.length === 0 ? '0 (normal)' : '1 (anomaly)'}.`,
  );
}

/** @throws `METRIC_BAD_OPTION` where the count is none of so many samples. */
export function requireCount({
  count,
  samples,
}: {
  readonly count: number;
  readonly samples: number;
}): void {
  const whole = Number.isInteger(count) && Number.isInteger(samples);
  if (whole && samples > 0 && count >= 0 && count <= samples) return;
  throw metricError(
    'METRIC_BAD_OPTION',
    `A count of samples was expected, as 3 of 10, but ${count} of ${samples} came.`,
  );
}
