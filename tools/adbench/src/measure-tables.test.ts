// The whole tool on a small table. Python's methods need a Python that has requirements.txt, named by MEMAE_PYTHON.

import { spawnSync } from 'node:child_process';
import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Backend } from '@memae/backend';
import { ortBackend } from '@memae/backend/ort';
import { createRandom } from '@memae/graph';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { drawRows } from './draw-rows.ts';
import { resultsMarkdown } from './markdown.ts';
import { type MeasureOptions, measureTables } from './measure-tables.ts';
import { pythonOf } from './python.ts';
import { readAdbench } from './read-adbench.ts';
import { writeTable } from './testing/write-table.ts';

const command = process.env['MEMAE_PYTHON'] ?? 'python3';
const hasPackages = spawnSync(command, ['-c', 'import pyod, sklearn, torch, tqdm']).status === 0;
const folder = mkdtempSync(join(tmpdir(), 'memae-adbench-'));
const at = (name: string): string => join(folder, name);
const python = pythonOf(command);
let backend: Backend;

beforeAll(async () => {
  writeTable(folder, 'small');
  backend = await ortBackend({ threads: 1 }).open();
});
afterAll(async () => {
  python.close();
  await backend[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
});

async function measure(file: string, some: Partial<MeasureOptions>) {
  const measured: string[] = [];
  const results = await measureTables(at(file), {
    ...{ folder, tables: ['small'], methods: ['memae', 'ae'], seeds: 2, limit: 1000 },
    ...{ options: {}, backend, python, clock: () => performance.now() },
    onResult: ({ method, seed }) => measured.push(`${method} ${seed}`),
    ...some,
  });
  return { results, measured };
}

it('measures ours on a table, and what a file holds not again', async () => {
  const options = { 'training.rate': 0.003 };
  const { results } = await measure('ours.jsonl', { options });
  expect(results.map(({ method, seed }) => `${method} ${seed}`)).toEqual([
    ...['memae 1', 'ae 1', 'memae 2', 'ae 2'],
  ]);
  for (const result of results) {
    expect(result.rows).toEqual({ train: 40, normal: 40, anomalous: 10 });
    expect(result.auroc).toBeGreaterThan(0.9);
    expect(result.aupr).toBeGreaterThan(0.7);
  }

  appendFileSync(at('ours.jsonl'), '{"table":"small","meth');
  expect((await measure('ours.jsonl', { options })).measured).toEqual([]);
  const markdown = resultsMarkdown(results, { heldTo: ['small'] });
  expect(markdown).toMatch(/\| small +\| 40, 40, 10 +\| (1|\.9\d)/);
});

it('does not take other settings for the same', async () => {
  const methods = ['ae'];
  await measure('settings.jsonl', { methods, seeds: 1, options: { 'training.steps': 1 } });
  const { measured } = await measure('settings.jsonl', {
    methods,
    options: { 'training.steps': 2 },
  });
  expect(measured).toEqual(['ae 1', 'ae 2']);
  expect(readFileSync(at('settings.jsonl'), 'utf8').split('\n')).toHaveLength(4);
});

it('refuses a method that is not there', async () => {
  await expect(measure('none.jsonl', { methods: ['knn'] })).rejects.toThrow(/no method knn.*memae/);
});

it('draws rows that are each learned from or scored', async () => {
  const table = await readAdbench(folder, 'small');
  const { train, normal, anomalous } = drawRows(table, { random: createRandom(1), limit: 61 });
  expect([train.length, normal.length, anomalous.length]).toEqual([30, 31, 10]);
  expect(new Set([...train, ...normal, ...anomalous]).size).toBe(71);
});

it.skipIf(!hasPackages)(
  'measures Python’s on the same rows (MEMAE_PYTHON with tools/adbench/requirements.txt)',
  { timeout: 300_000 },
  async () => {
    const methods = ['isolation-forest', 'pyod-autoencoder'];
    const { results } = await measure('python.jsonl', { methods, seeds: 1 });
    expect(results.map(({ rows }) => rows)).toEqual(
      methods.map(() => ({ train: 40, normal: 40, anomalous: 10 })),
    );
    // PyOD's learns little from two batches of rows.
    const [forest, network] = results.map(({ auroc }) => auroc);
    expect(forest).toBeGreaterThan(0.8);
    expect(network).toBeGreaterThan(0.5);
  },
);
