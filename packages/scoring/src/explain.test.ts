import { createMemory } from '@memae/core';
import {
  ndarray,
  createRandom,
  defineProgram,
  div,
  input,
  cast,
  mul,
  reshape,
  square,
  sub,
  sum,
  mean,
  type Tensor,
  type NdArray,
} from '@memae/graph';
import { arrayDataset } from '@memae/datasets';
import { type ManifestFields, encodeOnnx } from '@memae/onnx';
import { decode } from 'fast-png';
import { expect, test } from 'vitest';
import { collectExamples } from './collect-examples.ts';
import { explain } from './explain.ts';
import { heatPixels, heatScale } from './pictures.ts';
import { openScorer } from './scorer.ts';
import { rowOf } from './views.ts';

const random = createRandom(1);

function scorerOf(
  outputs: Readonly<Record<'score', Tensor>> & Readonly<Record<string, Tensor>>,
  more: Pick<ManifestFields, 'input'> & Partial<ManifestFields>,
) {
  return openScorer(
    {
      model: encodeOnnx(defineProgram(outputs)),
      manifest: {
        ...{ format: 2, library: '0.1.0', createdBy: 'a test', method: 'a-test', seed: 1 },
        data: { name: 'none', fingerprint: '0'.repeat(64), samples: 0 },
        outputs: Object.fromEntries(
          Object.entries(outputs).map(([name, { dtype, dims }]) => [name, { dtype, dims }]),
        ),
        ...{ options: {}, threshold: null, normaliser: null, modelSha256: '0'.repeat(64) },
        ...more,
      },
    },
    { threads: 1 },
  );
}

/** Pictures of 4 × 4 bytes, read from a memory of 5 items: whole, or each of their rows on its own. */
function pictureScorer(query: 'sample' | 'position') {
  const samples = input('samples', ['batch', 1, 4, 4], 'uint8');
  const x = div(cast(samples, 'float32'), 255);
  const width = query === 'sample' ? 16 : 4;
  const memory = createMemory(
    { name: '', random: random.fork(query) },
    { slots: 5, width, shrinkage: null },
  );
  const read = memory.read(reshape(x, query === 'sample' ? ['batch', 16] : ['batch', 4, 1, 4]));
  const reconstruction = reshape(read.output, ['batch', 1, 4, 4]);
  const errorMap = square(sub(x, reconstruction));
  return scorerOf(
    { score: sum(errorMap, { axes: [1, 2, 3] }), reconstruction, errorMap, weights: read.weights },
    { input: { name: 'samples', dtype: 'uint8', dims: ['batch', 1, 4, 4] } },
  );
}

const pictures = ndarray(
  Uint8Array.from({ length: 20 * 16 }, () => random.integer(256)),
  [20, 1, 4, 4],
);
const keys = Array.from({ length: 20 }, (_, i) => `p/${i}`);

function pixels(png: Uint8Array | undefined): number[] {
  return Array.from(decode(png ?? new Uint8Array()).data);
}

test('an error map is the engine’s, to the scale, and a picture shows what the model gave', async () => {
  const scorer = await pictureScorer('sample');
  const { errorMap, reconstruction, score } = await scorer.answerBatch(
    { samples: pictures, keys },
    ['errorMap', 'reconstruction', 'score'],
  );
  const explained = await explain(scorer, { samples: pictures, keys }, { scale: 0.7 });
  explained.forEach((explanation, i) => {
    expect(explanation).toMatchObject({ key: keys[i], score: score?.data[i] });
    const errors = rowOf(errorMap as NdArray, i);
    expect(pixels(explanation.pictures?.errors)).toEqual(
      Array.from(heatPixels(errors, heatScale(0.7)).data),
    );
    const made = Array.from(rowOf(reconstruction as NdArray, i).data, (value) =>
      Math.min(255, Math.max(0, Math.round(value * 255))),
    );
    expect(pixels(explanation.pictures?.reconstruction)).toEqual(made);
    expect(pixels(explanation.pictures?.sample)).toEqual(
      Array.from(pictures.data.subarray(16 * i, 16 * i + 16)),
    );
  });
  // Without a scale, the largest error of all is the lightest.
  const own = await explain(scorer, { samples: pictures, keys });
  const lightest = heatScale(1)(1);
  expect(
    own.some(({ pictures: each }) => {
      const data = pixels(each?.errors);
      return Array.from({ length: 16 }, (_, i) => data.slice(3 * i, 3 * i + 3)).some(
        (colour) => colour.join() === lightest.join(),
      );
    }),
  ).toBe(true);
  await scorer[Symbol.asyncDispose]();
});

test.each(['sample', 'position'] as const)(
  'memory weights are those of the addressing, the highest first: queries of a %s',
  async (query) => {
    const scorer = await pictureScorer(query);
    const { weights } = await scorer.answerBatch({ samples: pictures, keys }, ['weights']);
    const explained = await explain(scorer, { samples: pictures, keys }, { items: 3 });
    explained.forEach(({ memory = [] }, i) => {
      const row = Array.from(rowOf(weights as NdArray, i).data);
      const positions = row.length / 5;
      const mean = [0, 1, 2, 3, 4].map(
        (item) => row.filter((_, j) => j % 5 === item).reduce((a, b) => a + b, 0) / positions,
      );
      expect(memory).toHaveLength(3);
      memory.forEach(({ item, weight }) => {
        expect(weight).toBeCloseTo(mean[item] ?? NaN, 6);
      });
      const highest = mean.toSorted((a, b) => b - a).slice(0, 3);
      highest.forEach((weight, j) => {
        expect(memory[j]?.weight).toBeCloseTo(weight, 6);
      });
    });
    await scorer[Symbol.asyncDispose]();
  },
);

test.each(['sample', 'position'] as const)(
  'the training samples nearest to an item are those that read it most: queries of a %s',
  async (query) => {
    const scorer = await pictureScorer(query);
    const { weights } = await scorer.answerBatch({ samples: pictures, keys }, ['weights']);
    const dataset = arrayDataset({ name: 'p', modality: 'image', samples: pictures, keys });
    const found = await collectExamples(scorer, {
      train: dataset,
      validation: dataset,
      random,
      ...(query === 'sample' && {
        decodedItems: ndarray(new Float32Array(80).fill(0.5), [5, 1, 4, 4]),
      }),
    });
    const most = (item: number, sample: number): number =>
      Math.max(
        ...Array.from(rowOf(weights as NdArray, sample).data).filter((_, i) => i % 5 === item),
      );
    expect(found.items.map(({ item }) => item).toSorted()).toEqual([0, 1, 2, 3, 4]);
    for (const { item, nearest, decoded } of found.items) {
      const expected = keys.toSorted(
        (a, b) => most(item, keys.indexOf(b)) - most(item, keys.indexOf(a)),
      );
      expect(nearest.map((place) => found.training[place]?.key)).toEqual(expected.slice(0, 3));
      expect(decoded === undefined).toBe(query === 'position');
    }
    expect(found.typicalError).toBeGreaterThan(0);
    // Held-out samples are whole: their scores are those of the data.
    expect(found.samples).toHaveLength(6);
    for (const { key, pictures: [png = ''] = [] } of found.samples) {
      const i = keys.indexOf(key);
      expect(pixels(Buffer.from(png, 'base64'))).toEqual(
        Array.from(pictures.data.subarray(16 * i, 16 * i + 16)),
      );
    }
    await scorer[Symbol.asyncDispose]();
  },
);

const columns = [
  { name: 'amount', kind: 'number', fill: 0, flagged: true, shift: 10, scale: 4 },
  { name: 'city', kind: 'category', fill: 'Rome', flagged: false, categories: ['Rome', 'Oslo'] },
  { name: 'shop', kind: 'hashed', fill: '', flagged: false, buckets: 2, seed: 1 },
  { name: 'day', kind: 'date', fill: 0, flagged: false, from: 0, to: 864_000, parts: ['epoch'] },
] as const;

test.each(['sum', 'mean'] as const)(
  'shares of original columns come to the score, a %s of errors',
  async (reduction) => {
    const samples = input('samples', ['batch', 8]);
    const reconstruction = mul(samples, 0.5);
    const errorMap = square(sub(samples, reconstruction));
    const reduce = reduction === 'sum' ? sum : mean;
    const scorer = await scorerOf(
      { score: reduce(errorMap, { axes: [1] }), reconstruction, errorMap },
      {
        input: { name: 'samples', dtype: 'float32', dims: ['batch', 8] },
        preparation: { kind: 'table', columns },
        options: { 'loss.reduction': reduction },
      },
    );
    const rows = ndarray([2, 0, 0, 1, 0, 0, 1, 0.5, 0, 1, 0, 0, 1, 1, 0, 1], [2, 8]);
    const [first, second] = await explain(scorer, { samples: rows, keys: ['a', 'b'] });
    for (const explanation of [first, second]) {
      const { score = NaN, columns: shares = [] } = explanation ?? {};
      expect(shares.reduce((all, { error }) => all + error, 0)).toBeCloseTo(score, 6);
      expect(shares.reduce((all, { share }) => all + share, 0)).toBeCloseTo(1, 6);
      expect(shares.map(({ name }) => name).toSorted()).toEqual(['amount', 'city', 'day', 'shop']);
      expect(shares.map(({ error }) => error)).toEqual(
        shares.map(({ error }) => error).toSorted((a, b) => b - a),
      );
    }
    expect(first?.columns?.[0]).toMatchObject({ name: 'amount', value: 18, expected: 14 });
    expect(first?.columns?.[0]?.share).toBeCloseTo(4 / 6.25, 6);
    const named = new Map(second?.columns?.map((column) => [column.name, column.value]));
    expect(Object.fromEntries(named)).toEqual({
      ...{ amount: null, city: '(other)', shop: null, day: '1970-01-11' },
    });
    expect(named.has('city=Oslo')).toBe(false);
    await scorer[Symbol.asyncDispose]();
  },
);
