import { readFileSync } from 'node:fs';

import { MemaeError } from '@memae/graph';
import { describe, expect, test } from 'vitest';

import { type MetricErrorCode, metricErrorCodes } from './errors.ts';
import * as metrics from './index.ts';

const labelled = {
  rocAuc: metrics.rocAuc,
  rocCurve: metrics.rocCurve,
  averagePrecision: metrics.averagePrecision,
  f1Max: metrics.f1Max,
  thresholdFromLabels: metrics.thresholdFromLabels,
};
const unlabelled = {
  thresholdFromNormal: (values: ArrayLike<number>) =>
    metrics.thresholdFromNormal(values, { quantile: 0.9 }),
  thresholdForFraction: (values: ArrayLike<number>) => metrics.thresholdForFraction(values, 0.1),
  summarize: metrics.summarize,
  histogram: (values: ArrayLike<number>) => metrics.histogram(values, { bins: 3 }),
};
const confusion = (scores: ArrayLike<number>, labels: ArrayLike<number>): unknown =>
  metrics.confusionAt(0, scores, labels);

function refusal(work: () => unknown): MemaeError {
  try {
    work();
  } catch (error) {
    expect(error).toBeInstanceOf(MemaeError);
    return error as MemaeError;
  }
  throw new Error('It was accepted.');
}

describe.each(Object.entries({ ...labelled, confusionAt: confusion }))(
  '%s refuses',
  (_, measure) => {
    test.each<[string, number[], number[], MetricErrorCode, RegExp]>([
      ['unequal lengths', [1, 2, 3], [0, 1], 'METRIC_LENGTH_MISMATCH', /3 scores and 2 labels/],
      ['nothing', [], [], 'METRIC_EMPTY', /none came/],
      ['NaN', [1, NaN, 3], [0, 1, 0], 'METRIC_NOT_FINITE', /index 1 is NaN/],
      ['Infinity', [1, 2, -Infinity], [0, 1, 0], 'METRIC_NOT_FINITE', /index 2 is -Infinity/],
      ['a label of 2', [1, 2, 3], [0, 1, 2], 'METRIC_BAD_LABEL', /index 2 is 2/],
      ['a label of NaN', [1, 2], [NaN, 1], 'METRIC_BAD_LABEL', /index 0 is NaN/],
    ])('%s', (_case, scores, labels, code, message) => {
      const error = refusal(() => measure(scores, labels));
      expect(error.code).toBe(code);
      expect(error.message).toMatch(message);
    });
  },
);

test.each(Object.entries(labelled))('%s refuses a single class', (_, measure) => {
  expect(refusal(() => measure([1, 2], [0, 0]))).toMatchObject({
    code: 'METRIC_SINGLE_CLASS',
    message: expect.stringContaining('all 2 labels are 0 (normal)') as string,
  });
  expect(refusal(() => measure([1, 2], [1, 1])).message).toContain('1 (anomaly)');
});

test.each(Object.entries(unlabelled))('%s refuses nothing and what is not finite', (_, measure) => {
  expect(refusal(() => measure([])).code).toBe('METRIC_EMPTY');
  const error = refusal(() => measure(Float32Array.of(0, Infinity)));
  expect(error.code).toBe('METRIC_NOT_FINITE');
  expect(error.message).toContain('index 1 is Infinity');
});

test.each<[string, () => unknown]>([
  ['a NaN threshold', () => metrics.confusionAt(NaN, [1], [1])],
  ['a quantile in percent', () => metrics.thresholdFromNormal([1], { quantile: 95 })],
  ['a NaN fraction', () => metrics.thresholdForFraction([1], NaN)],
  ['no bins', () => metrics.histogram([1], { bins: 0 })],
  ['half a bin', () => metrics.histogram([1], { bins: 2.5 })],
  ['bounds out of order', () => metrics.histogram([1], { bins: 2, low: 1, high: 0 })],
  ['an infinite bound', () => metrics.histogram([1], { bins: 2, high: Infinity })],
])('%s is refused', (_, work) => {
  expect(refusal(work).code).toBe('METRIC_BAD_OPTION');
});

test('input is never reordered', () => {
  const scores = Float64Array.of(3, 1, 2);
  const labels = Uint8Array.of(1, 0, 1);
  for (const measure of Object.values(labelled)) measure(scores, labels);
  for (const measure of Object.values(unlabelled)) measure(scores);
  expect([...scores]).toEqual([3, 1, 2]);
  expect([...labels]).toEqual([1, 0, 1]);
});

test('the README explains every code, and no other', () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  const explained = [...readme.matchAll(/`(METRIC_\w+)` +\|/g)].map(([, code]) => code);
  expect(explained.sort()).toEqual([...metricErrorCodes].sort());
});
