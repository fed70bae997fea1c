import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openOnnx } from '@memae/backend/ort';
import { arrayDataset } from '@memae/datasets';
import { defineProgram, input, mean, ndarray, square } from '@memae/graph';
import { type Artifact, type ManifestFields, encodeOnnx, writeArtifact } from '@memae/onnx';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { judge, judgementOf } from './judgement.ts';
import { openScorer } from './scorer.ts';

const samples = input('samples', ['batch', 2]);
const model = encodeOnnx(defineProgram({ score: mean(square(samples), { axes: [1] }) }));
const fields: ManifestFields = {
  library: '0.1.0',
  createdBy: 'a test',
  method: 'squares',
  options: {},
  seed: 1,
  data: { name: 'none', fingerprint: '0'.repeat(64), samples: 0 },
  input: { name: 'samples', dtype: 'float32', dims: ['batch', 2] },
  outputs: { score: { dtype: 'float32', dims: ['batch'] } },
  threshold: { rule: 'given', value: 4 },
  normaliser: { kind: 'logistic', center: 4, scale: 1 },
};
const batch = { samples: ndarray([0, 1, 3, 4], [2, 2]), keys: ['low', 'high'] };

let folder: string;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'memae-scoring-'));
  await writeArtifact(folder, { manifest: fields, model });
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

test('a batch in memory and a data set are scored alike', async () => {
  const scorer = await openScorer(folder, { threads: 1 });
  const expected = { ...batch, scores: Float32Array.of(0.5, 12.5) };
  expect(await scorer.scoreBatch(batch)).toEqual(expected);
  const dataset = arrayDataset({ name: 'rows', modality: 'tabular', ...batch });
  for await (const scored of scorer.score(dataset)) expect(scored).toEqual(expected);
  await scorer[Symbol.asyncDispose]();
});

test('another engine takes its place, and is let go', async () => {
  const artifact: Artifact = { manifest: { ...fields, format: 2, modelSha256: '' }, model };
  const calls: string[] = [];
  const scorer = await openScorer(artifact, {
    open: async (bytes) => {
      const inner = await openOnnx(bytes, { threads: 1 });
      return {
        run: (feeds, outputs) => {
          calls.push(String(outputs));
          return inner.run(feeds, outputs);
        },
        [Symbol.asyncDispose]: () => {
          calls.push('disposed');
          return inner[Symbol.asyncDispose]();
        },
      };
    },
  });
  await scorer.scoreBatch(batch);
  await scorer[Symbol.asyncDispose]();
  expect(calls).toEqual(['score', 'disposed']);
});

test('samples that do not fit, or have no finite score, are refused', async () => {
  const scorer = await openScorer(folder, { threads: 1 });
  for (const wrong of [ndarray([1, 2, 3], [1, 3]), ndarray(Uint8Array.of(1, 2), [1, 2])]) {
    await expect(scorer.scoreBatch({ samples: wrong, keys: ['odd'] })).rejects.toMatchObject({
      code: 'SCORING_SHAPE_MISMATCH',
    });
  }
  const extreme = { samples: ndarray([0, 0, 3e38, 1], [2, 2]), keys: ['low', 'far'] };
  await expect(scorer.scoreBatch(extreme)).rejects.toMatchObject({
    code: 'SCORING_NOT_FINITE',
    message: expect.stringContaining('far') as string,
  });
  await scorer[Symbol.asyncDispose]();
});

test('it stops between batches', async () => {
  const scorer = await openScorer(folder, { threads: 1, signal: AbortSignal.abort() });
  await expect(scorer.scoreBatch(batch)).rejects.toThrow(/abort/);
  await scorer[Symbol.asyncDispose]();
});

test('the sensitivity moves the line, and a rate needs scores that were kept', async () => {
  const scorer = await openScorer(folder, { threads: 1 });
  const scored = await scorer.scoreBatch(batch);
  expect(judge(scored, judgementOf(scorer.manifest))).toEqual(scored);
  const keen = judgementOf(scorer.manifest, { sensitivity: 0.99 });
  expect(keen.decision?.threshold).toBeLessThan(4);
  expect(judge(scored, keen).labels).toEqual(Uint8Array.of(1, 1));
  expect(() => judgementOf(scorer.manifest, { falseAlarms: 0.1 })).toThrow(/keeps no scores/);
  await scorer[Symbol.asyncDispose]();
});
