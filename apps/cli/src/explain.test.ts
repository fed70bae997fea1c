// `memae score --explain`: what a folder of explanations holds, for pictures, rows and frames, and by older artifacts.

import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { cp } from 'node:fs/promises';
import { drawStrokes } from '@memae/datasets';
import { createRandom } from '@memae/graph';
import { readArtifact } from '@memae/onnx';
import { encodePng, pixelsOf, sampleOf } from '@memae/scoring';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createWorld } from './testing/world.ts';

const world = createWorld();
const { run, path } = world;

interface Line {
  readonly key: string;
  readonly score: number;
  readonly label: number;
  readonly overlay?: string;
  readonly columns?: readonly { readonly name: string; readonly error: number }[];
  readonly memory?: readonly { readonly item: number; readonly nearest: readonly string[] }[];
}

function linesOf(folder: string): Line[] {
  const text = readFileSync(path(`${folder}/explanations.jsonl`), 'utf8');
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Line);
}

beforeAll(async () => {
  const { images } = drawStrokes({ count: 12, random: createRandom(3), classes: [3, 5] });
  mkdirSync(path('pictures'));
  for (let i = 0; i < 12; i += 1) {
    writeFileSync(path(`pictures/${i}.png`), encodePng(pixelsOf(sampleOf(images, i))));
  }
  const trained = await run(
    'train --data strokes --normal 5 --limit 200 --epochs 1 --batch 64 --set memory.shrinkage=0.1 --out run',
  );
  expect(trained.status).toBe(0);
});
afterAll(world.clear);

test('the highest scores come with pictures, lines and a page that opens offline', async () => {
  const scored = await run('score run pictures --explain why/here --top 4 --json');
  expect(scored.status).toBe(0);
  const document = JSON.parse(scored.stdout) as {
    readonly explained: number;
    readonly explanations: readonly Line[];
    readonly scores: readonly Line[];
  };
  const highest = document.scores.toSorted((a, b) => b.score - a.score).slice(0, 4);
  const lines = linesOf('why/here');
  expect(lines.map(({ key, score, label }) => ({ key, score, label }))).toEqual(
    highest.map(({ key, score, label }) => ({ key, score, label })),
  );
  expect(document).toMatchObject({
    explained: 4,
    explanations: [{ key: highest[0]?.key }, {}, {}, {}],
  });

  const { examples } = await readArtifact(path('run'));
  for (const { overlay = '', memory = [] } of lines) {
    expect(readFileSync(path(`why/here/${overlay}`)).toString('latin1', 1, 4)).toBe('PNG');
    expect(memory.length).toBeGreaterThan(0);
    for (const { item, nearest } of memory) {
      const kept = examples?.items.find((each) => each.item === item);
      expect(nearest).toEqual(kept?.nearest.map((place) => examples?.training[place]?.key) ?? []);
    }
  }
  const page = readFileSync(path('why/here/explanations.html'), 'utf8');
  expect(page).toContain('Errors over it');
  expect(page).not.toMatch(/<script|src="(?!data:)|href="(?!data:)/);
  expect(readdirSync(path('why/here'))).toHaveLength(4 * 3 + 2);
});

test('all are explained as they come', async () => {
  const { stdout } = await run('score run pictures --explain every --top all --out scores.csv');
  expect(stdout).toMatch(/every\/explanations\.html: 12 of 12 samples explained\n$/);
  expect(linesOf('every')).toHaveLength(12);
});

test('an artifact of an earlier version is explained by what the model answers', async () => {
  await cp(path('run'), path('old'), { recursive: true });
  const manifest = JSON.parse(readFileSync(path('old/manifest.json'), 'utf8')) as object;
  writeFileSync(
    path('old/manifest.json'),
    JSON.stringify({ ...manifest, examplesSha256: undefined }),
  );
  expect((await run('score old pictures --explain why-old')).status).toBe(0);
  const [line] = linesOf('why-old');
  expect(line?.memory?.[0]).toMatchObject({ nearest: [] });
  expect(line?.overlay).toBe('0001-overlay.png');
});

test('examples that were changed are refused', async () => {
  await cp(path('run'), path('changed'), { recursive: true });
  const text = readFileSync(path('changed/examples.json'), 'utf8');
  writeFileSync(path('changed/examples.json'), text.replace('strokes/', 'strikes/'));
  const { status, stderr } = await run('score changed pictures');
  expect(status).toBe(1);
  expect(stderr).toMatch(/ARTIFACT_CORRUPT: .*examples\.json: its SHA-256/);
});

test('rows are explained by their columns, whose errors come to the score', async () => {
  await run('train --data flows --limit 2000 --epochs 1 --batch 64 --out rows');
  expect((await run('score rows flows --explain columns --top 5 --out rows.csv')).status).toBe(0);
  const lines = linesOf('columns');
  expect(lines).toHaveLength(5);
  for (const { score, columns = [] } of lines) {
    const total = columns.reduce((sum, { error }) => sum + error, 0);
    expect(total / score).toBeCloseTo(1, 4);
    expect(columns.map(({ name }) => name)).toContain('service');
  }
  const { examples } = await readArtifact(path('rows'));
  expect(Object.fromEntries(examples?.items[0]?.decoded?.values ?? [])).toHaveProperty('service');
});

test('what cannot be is refused', async () => {
  const odd = await run('score run pictures --explain why --top none');
  expect(odd).toMatchObject({ status: 2, stderr: expect.stringContaining('or all') as string });
  writeFileSync(path('file'), '');
  const file = await run('score run pictures --explain file/why');
  expect(file.stderr).toMatch(/CLI_UNWRITABLE: .*file\/why/);
});
