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
  equalErrorRate: metrics.equalErrorRate,
  frameAuroc: (scores: ArrayLike<number>, labels: ArrayLike<number>) =>
    metrics.frameAuroc([{ name: 'a', scores, labels }]),
  thresholdFromLabels: metrics.thresholdFromLabels,
  calibrateLabelled: metrics.calibrateLabelled,
};
const unlabelled = {
  thresholdFromNormal: (values: ArrayLike<number>) =>
    metrics.thresholdFromNormal(values, { quantile: 0.9 }),
  thresholdForFraction: (values: ArrayLike<number>) => metrics.thresholdForFraction(values, 0.1),
  calibrate: metrics.calibrate,
  conformalPValues: (values: ArrayLike<number>) =>
    metrics.conformalPValues(values, { samples: 1, normal: [0] }),
  normaliseScores: (values: ArrayLike<number>) =>
    metrics.normaliseScores(values, { threshold: 0, scale: 1 }),
  summarize: metrics.summarize,
  normaliseStream: metrics.normaliseStream,
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
  ['no calibration', () => metrics.startNormaliser({ calibration: 0 })],
  ['quantiles out of order', () => metrics.startNormaliser({ low: 0.9, high: 0.1 })],
  ['a quantile above 1', () => metrics.startNormaliser({ high: 95 })],
])('%s is refused', (_, work) => {
  expect(refusal(work).code).toBe('METRIC_BAD_OPTION');
});

const pixel = { scores: [1, 2], mask: [0, 1], width: 2 };
test.each<[string, Partial<metrics.PixelMap>[], number, MetricErrorCode, RegExp]>([
  ['no map', [], 0.3, 'METRIC_SINGLE_CLASS', /0 pixels in 0 masks/],
  ['an empty map', [{ scores: [], mask: [] }], 0.3, 'METRIC_EMPTY', /Map 0: /],
  [
    'no anomalous pixel',
    [{ mask: [0, 0] }],
    0.3,
    'METRIC_SINGLE_CLASS',
    /of 2 pixels in 1 masks 0/,
  ],
  ['no normal pixel', [{ mask: [1, 1] }], 0.3, 'METRIC_SINGLE_CLASS', /2 are anomalous/],
  ['a mask of another size', [{}, { mask: [1] }], 0.3, 'METRIC_LENGTH_MISMATCH', /Map 1: .*1 mask/],
  ['half a row', [{ width: 4 }], 0.3, 'METRIC_LENGTH_MISMATCH', /rows of 4/],
  ['a mask of 255', [{}, { mask: [0, 255] }], 0.3, 'METRIC_BAD_LABEL', /Map 1: .*pixel 1 is 255/],
  ['NaN', [{ scores: [1, NaN] }], 0.3, 'METRIC_NOT_FINITE', /Map 0: .*index 1 is NaN/],
  ['a limit of 0', [{}], 0, 'METRIC_BAD_OPTION', /limit/],
  ['a limit in percent', [{}], 30, 'METRIC_BAD_OPTION', /limit/],
])('measurePixels refuses %s', async (_, maps, limit, code, message) => {
  const measured = metrics.measurePixels(
    maps.map((map) => ({ ...pixel, ...map })),
    { limit },
  );
  await expect(measured).rejects.toMatchObject({
    code,
    message: expect.stringMatching(message) as string,
  });
});

test('videos are refused by name, frames without one by number', () => {
  const good = { name: 'good', scores: [1, 2], labels: [0, 1] };
  const cut = { name: 'cut', scores: [1, 2, 3], labels: [0, 1] };
  expect(refusal(() => metrics.frameAuroc([good, cut]))).toMatchObject({
    code: 'METRIC_LENGTH_MISMATCH',
    message: expect.stringMatching(/^Video cut: .*3 scores and 2 labels/) as string,
  });
  expect(refusal(() => metrics.frameAuroc([])).code).toBe('METRIC_EMPTY');
  const lost = refusal(() => metrics.groupByVideo(['a'], { scores: [1, 2], labels: [0, 1] }));
  expect(lost.message).toMatch(/1 names, 2 scores and 2 labels/);
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
