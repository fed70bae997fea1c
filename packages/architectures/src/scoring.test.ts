// The memory as a detector: what each score is made of, in the exported graph as in the library.

import type { Backend } from '@memae/backend';
import { openOnnx, ortBackend } from '@memae/backend/ort';
import type { Samples } from '@memae/datasets';
import { defineProgram } from '@memae/graph';
import { summarize } from '@memae/metrics';
import { encodeOnnx } from '@memae/onnx';
import type { FittedDetector } from '@memae/training';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { memae, memaeNonSpar } from './index.ts';
import { fitter } from './testing/fit.ts';
import { type Kind, kinds } from './testing/kinds.ts';
import { drawn, drawnDataset, quick } from './testing/strokes.ts';

let backend: Backend;
beforeAll(async () => {
  backend = await ortBackend({ threads: 1 }).open();
});
afterAll(() => backend[Symbol.asyncDispose]());
const fit = fitter(() => backend);

const parts = ['reconstructionError', 'memoryDistance', 'addressingEntropy'] as const;
type Scores = Readonly<Record<'score' | (typeof parts)[number], number[]>>;

/** The score of each sample beside what it may be made of. */
async function scoresOf({ program }: FittedDetector, samples: Samples): Promise<Scores> {
  const executable = await backend.compile(program);
  const found = await executable.run({ samples });
  const list = (name: string): number[] => [...(found[name]?.data ?? [])];
  return {
    score: list('score'),
    reconstructionError: list('reconstructionError'),
    memoryDistance: list('memoryDistance'),
    addressingEntropy: list('addressingEntropy'),
  };
}

describe.each(kinds.map((kind): [string, Kind] => [kind.dataset.modality, kind]))(
  'a score of %s data',
  (_, { dataset, samples, options }) => {
    it.each([
      ['error', 'reconstructionError'],
      ['distance', 'memoryDistance'],
      ['entropy', 'addressingEntropy'],
    ] as const)('from %s is that of the memory’s measures', async (from, part) => {
      const detector = await fit(memae, { ...options, 'score.from': from }, { dataset });
      const found = await scoresOf(detector, samples);
      expect(found.score).toEqual(found[part]);
      expect(found.score.every((value) => Number.isFinite(value) && value > -1e-6)).toBe(true);
      expect(new Set(found.score).size).toBeGreaterThan(1);
    });

    it('from their sum standardises each by the samples held out', async () => {
      const chosen = { ...options, 'score.from': 'sum' };
      const detector = await fit(memae, chosen, { dataset, validation: dataset });
      const whole = (await dataset.batches({ size: dataset.length })[Symbol.asyncIterator]().next())
        .value as { readonly samples: Samples };
      const normal = await scoresOf(detector, whole.samples);
      const expected = await scoresOf(detector, samples);
      const standard = parts.map((part) => {
        const { mean, deviation } = summarize(normal[part]);
        return expected[part].map((value) => (value - mean) / (deviation || 1));
      });
      expected.score.forEach((score, i) => {
        const sum = standard.reduce((total, values) => total + (values[i] ?? NaN), 0);
        expect(Math.abs(score - sum)).toBeLessThan(2e-2 * (1 + Math.abs(sum)));
      });
      expect(Math.abs(summarize(normal.score).mean)).toBeLessThan(1e-2);
    });
  },
);

it('from their sum leaves out what differs by rounding alone', async () => {
  const dataset = drawnDataset([1], { count: 60 });
  const even = { 'memory.similarity': 'cosine', 'memory.temperature': 0.001 };
  const options = { ...quick, ...even, 'score.from': 'sum' };
  const detector = await fit(memaeNonSpar, options, { dataset, validation: dataset });
  const found = await scoresOf(detector, drawn([1], { count: 60 }));
  const { deviation } = summarize(found.addressingEntropy);
  expect(deviation).toBeGreaterThan(0);
  expect(deviation).toBeLessThan(1e-5);
  const standard = [found.reconstructionError, found.memoryDistance].map((values) => {
    const { mean, deviation } = summarize(values);
    return values.map((value) => (value - mean) / deviation);
  });
  found.score.forEach((score, i) => {
    const sum = standard.reduce((total, values) => total + (values[i] ?? NaN), 0);
    expect(Math.abs(score - sum)).toBeLessThan(0.02);
  });
});

it('is exported with all that it needs', async () => {
  const detector = await fit(memae, { ...quick, 'score.from': 'sum' });
  const samples = drawn([1, 2], { count: 6 });
  const scores = await detector.score(samples);
  const model = await openOnnx(encodeOnnx(detector.program), { threads: 1 });
  const { score } = await model.run({ samples }, ['score']);
  await model[Symbol.asyncDispose]();
  scores.forEach((value, i) => {
    expect(score?.data[i]).toBeCloseTo(value, 3);
  });
});

it('by the memory alone tells other digits from the one it has learned', async () => {
  const dataset = drawnDataset([1], { count: 200 });
  const [normal, others] = [
    drawn([1], { count: 50, seed: 2 }),
    drawn([0, 2, 3, 4, 5, 6, 7, 8, 9], { count: 90, seed: 3 }),
  ];
  const { program } = await fit(memae, quick, { dataset });
  const { memoryDistance } = program.outputs;
  if (memoryDistance === undefined) return expect.fail('no distance');
  const executable = await backend.compile(defineProgram({ memoryDistance }));
  const average = async (samples: Samples) =>
    summarize([...(await executable.run({ samples })).memoryDistance.data]).mean;
  expect(await average(others)).toBeGreaterThan(1.05 * (await average(normal)));
});
