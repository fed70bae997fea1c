import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readScores, writeScores } from './scores.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'memae-scores-'));
});
afterAll(() => rm(folder, { recursive: true }));

it('scores come back as they were written, whatever the keys', async () => {
  const scored = {
    keys: ['plain/1', 'with, comma/2', 'with "quotes"/3', 'with\r\nlines/4', '/1'],
    labels: Uint8Array.of(0, 1, 0, 1, 0),
    scores: Float32Array.of(0.1, 2e-9, 3, 1, 0),
  };
  for (const modality of ['image', 'video'] as const) {
    await writeScores(join(folder, modality), { modality, scored });
    expect(await readScores(join(folder, modality))).toEqual(scored);
  }
  const text = await readFile(join(folder, 'video', 'scores.csv'), 'utf8');
  expect(text.split('\n').slice(0, 2)).toEqual([
    'clip,frame,label,score',
    'plain,1,0,0.10000000149011612',
  ]);
  expect(await readScores(join(folder, 'none'))).toBeUndefined();
});
