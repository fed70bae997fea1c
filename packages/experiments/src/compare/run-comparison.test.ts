import { ae, memae, memaeNonSpar } from '@memae/architectures';
import { confusionAt, rocAuc } from '@memae/metrics';
import { beforeAll, describe, expect, it } from 'vitest';
import { smallComparison } from '../testing/small-comparison.ts';
import type { Comparison, ComparisonProgress } from './comparison.ts';
import { runExported } from './exported-model.ts';

describe('runComparison', () => {
  let comparison: Comparison;
  const progress: ComparisonProgress[] = [];
  beforeAll(async () => {
    comparison = await smallComparison({ onProgress: (event) => progress.push(event) });
  });

  it('cuts the data by the one-class protocol', () => {
    expect(comparison.data).toMatchObject({
      name: 'few-strokes',
      normal: '5',
      sampleShape: [1, 28, 28],
      train: 120,
      validation: 13,
      test: 67 + 29,
      anomalies: 29,
    });
    const { labels, classes, keys } = comparison.test;
    expect(classes.every((name, i) => (name === '5') === (labels[i] === 0))).toBe(true);
    expect(new Set(keys).size).toBe(96);
  });

  it('gives every method the same budget, and reports each epoch', () => {
    expect(comparison.methods.map(({ id }) => id)).toEqual(['ae', 'memae']);
    for (const { options, history } of comparison.methods) {
      expect(options['training.epochs']).toBe(2);
      expect(history.map(({ epoch }) => epoch)).toEqual([1, 2]);
      expect(history.every(({ values }) => Number.isFinite(values['validationLoss']))).toBe(true);
    }
    expect(comparison.methods[1]?.history[0]?.values).toMatchObject({
      emptyRows: expect.any(Number) as number,
      nonZeroWeights: expect.any(Number) as number,
      itemsInUse: expect.any(Number) as number,
    });
  });

  it('measures what the metrics say of the scores', () => {
    for (const { scores, auroc, threshold, confusion, roc } of comparison.methods) {
      expect(scores).toHaveLength(96);
      expect(auroc).toBe(rocAuc(scores, comparison.test.labels));
      expect(confusion).toEqual(confusionAt(threshold.value, scores, comparison.test.labels));
      expect(threshold).toMatchObject({ rule: 'quantile', falseAlarms: 0.05, samples: 13 });
      expect(roc.at(-1)).toMatchObject({ falsePositiveRate: 1, truePositiveRate: 1 });
    }
  });

  it('exports models that give the scores shown, and say what is flagged', async () => {
    for (const [place, { exported }] of comparison.methods.entries()) {
      expect(exported.largestDifference).toBeLessThanOrEqual(1e-5);
      expect(Object.keys(exported.outputs)).toEqual(
        expect.arrayContaining(['score', 'reconstruction', 'errorMap', 'normalisedScore', 'label']),
      );
      for (const { sample, views } of comparison.examples.slice(0, 3)) {
        const found = await runExported(exported.model, {
          samples: { ...sample, shape: [1, ...sample.shape] },
          outputs: ['score', 'label', 'errorMap'],
        });
        const view = views[place];
        expect(found['score']?.data[0]).toBeCloseTo(view?.score ?? NaN, 3);
        expect(found['label']?.data[0]).toBe(view?.flagged === true ? 1 : 0);
        const sum = found['errorMap']?.data.reduce((a, b) => a + b, 0);
        expect(sum).toBeCloseTo(view?.score ?? NaN, 2);
      }
    }
  });

  it('shows samples drawn at random, and the hardest of each method', () => {
    const { examples, methods, test } = comparison;
    const drawn = examples.filter(({ hardestFor }) => hardestFor === null);
    expect(drawn.map(({ label }) => label)).toEqual([0, 0, 0, 0, 0, 1, 1, 1, 1, 1]);
    for (const [place, { id, scores }] of methods.entries()) {
      const hardest = examples.filter(({ hardestFor }) => hardestFor === id);
      const normals = scores.filter((_, i) => test.labels[i] === 0).toSorted();
      const anomalies = scores.filter((_, i) => test.labels[i] === 1).toSorted();
      const shown = hardest.map(({ views }) => views[place]?.score ?? NaN);
      const expected = [...normals.toReversed().slice(0, 3), ...anomalies.slice(0, 3)];
      shown.forEach((score, i) => {
        expect(score).toBeCloseTo(expected[i] ?? NaN, 3);
      });
    }
  });

  it('decodes the memory, and says what is read', () => {
    const [baseline, studied] = comparison.methods;
    expect(baseline?.memory).toBeUndefined();
    expect(studied?.memory?.items.shape).toEqual([100, 1, 28, 28]);
    expect(studied?.memory?.use.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 4);
    for (const { views } of comparison.examples) {
      expect(views[0]?.reading).toBeUndefined();
      const weights = views[1]?.reading?.map(({ weight }) => weight) ?? [];
      expect(weights).toEqual(weights.toSorted((a, b) => b - a));
      expect(weights.length).toBeLessThanOrEqual(5);
    }
  });

  it('tells how far it is', () => {
    expect(progress[0]?.kind).toBe('data');
    const kinds = progress.filter(({ kind }) => kind === 'epoch' || kind === 'method');
    expect(kinds.map((event) => `${event.kind} ${'method' in event ? event.method : ''}`)).toEqual([
      'epoch ae',
      'epoch ae',
      'method ae',
      'epoch memae',
      'epoch memae',
      'method memae',
    ]);
  });

  it('gives the same again from the same seed', async () => {
    const again = await smallComparison({
      methods: [{ plugin: memae, options: { 'memory.shrinkage': 1 } }],
    });
    expect(again.methods[0]?.scores).toEqual(comparison.methods[1]?.scores);
    expect(again.data).toEqual(comparison.data);
  });
});

describe('runComparison refuses', () => {
  it('no methods, and one twice', async () => {
    await expect(smallComparison({ methods: [] })).rejects.toMatchObject({
      code: 'EXPERIMENT_BAD_OPTION',
    });
    await expect(smallComparison({ methods: [{ plugin: ae }, { plugin: ae }] })).rejects.toThrow(
      /each once, but ae, ae came/,
    );
  });

  it('a class that is not there, and an unknown option', async () => {
    await expect(smallComparison({ normal: 7 })).rejects.toMatchObject({ code: 'DATASET_EMPTY' });
    await expect(
      smallComparison({ methods: [{ plugin: ae, options: { 'memory.slots': 5 } }] }),
    ).rejects.toMatchObject({ code: 'DETECTOR_BAD_OPTION' });
  });

  it('to go on when the signal fires', async () => {
    const abort = new AbortController();
    const running = smallComparison({
      methods: [{ plugin: memaeNonSpar }],
      signal: abort.signal,
      onProgress: ({ kind }) => {
        if (kind === 'step') abort.abort();
      },
    });
    await expect(running).rejects.toMatchObject({ code: 'TRAIN_ABORTED' });
  });
});
