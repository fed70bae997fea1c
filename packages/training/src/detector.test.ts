import { referenceBackend } from '@memae/backend/reference';
import { labelledDataset } from '@memae/datasets';
import { cast, defineProgram, input, mul, ndarray, parameter, sum } from '@memae/graph';
import { describe, expect, it } from 'vitest';
import { fitted, scoreDataset } from './detector.ts';
import { refusal } from './testing/small-problem.ts';

// More samples than are scored at once, and not a multiple of it.
const count = 600;
const images = ndarray(
  Uint8Array.from({ length: count * 3 }, (_, i) => i % 251),
  [count, 3],
);
const expected = Float32Array.from(
  { length: count },
  (_, i) => 2 * images.data.subarray(3 * i, 3 * i + 3).reduce((a, b) => a + b),
);

async function detector() {
  const samples = input('samples', ['batch', 3], 'uint8');
  const weighted = mul(cast(samples, 'float32'), parameter('weight', ndarray([2], [])));
  const program = defineProgram({ score: sum(weighted, { axes: [1] }), weighted });
  return fitted(program, { backend: await referenceBackend.open(), history: [] });
}

describe('a fitted detector', () => {
  it('gives one score a sample, however many come', async () => {
    const made = await detector();
    expect(await made.score(images)).toEqual(expected);
    expect(await made.score(ndarray(new Uint8Array(), [0, 3]))).toEqual(new Float32Array());
  });

  it('keeps its whole program, not only the score', async () => {
    const { program } = await detector();
    expect(Object.keys(program.outputs)).toEqual(['score', 'weighted']);
  });

  it('names samples that do not fit', async () => {
    const made = await detector();
    const error = await refusal(made.score(ndarray(new Uint8Array(8), [2, 4])));
    expect(error.message).toContain('feed "samples" must be uint8 batch×3, but uint8 2×4 came');
  });

  it('is of no use after its disposal', async () => {
    const made = await detector();
    await made[Symbol.asyncDispose]();
    expect((await refusal(made.score(images))).code).toBe('BACKEND_DISPOSED');
  });
});

it('scoreDataset keeps scores beside labels and names', async () => {
  const labels = Uint8Array.from({ length: count }, (_, i) => (i % 7 === 0 ? 1 : 0));
  const dataset = labelledDataset({ name: 'd', modality: 'tabular', samples: images, labels });
  const scored = await scoreDataset(await detector(), dataset);
  expect(scored.scores).toEqual(expected);
  expect(scored.labels).toEqual(labels);
  expect(scored.keys).toHaveLength(count);
  expect(scored.keys[599]).toBe('d/599');
});
