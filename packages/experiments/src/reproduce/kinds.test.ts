// Every kind of data through `reproduce`, with the simplest method there is: what is measured and drawn.

import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { memae } from '@memae/architectures';
import { type Backend, openBackend } from '@memae/backend';
import { ortBackend } from '@memae/backend/ort';
import { createRegistry } from '@memae/training';
import { parseHTML } from 'linkedom';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasBrowser, openOffline } from '../testing/browser.ts';
import { reachesOut, unclosed } from '../testing/markup.ts';
import { meanDetector } from '../testing/mean-detector.ts';
import { readRows } from '../trials/rows.ts';
import { readScores } from '../trials/scores.ts';
import type { Request } from './plan.ts';
import { reproduce } from './reproduce.ts';

let folder: string;
let backend: Backend;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'memae-kinds-'));
  backend = await openBackend([ortBackend()]);
});
afterAll(async () => {
  await backend[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

async function run(experiment: string, request: Request) {
  const out = join(folder, `${experiment} ${request.methods?.join() ?? ''}`);
  const { files, findings } = await reproduce({
    experiment,
    out,
    request: { methods: ['mean'], ...request },
    registry: createRegistry([meanDetector, memae]),
    backend,
    clock: () => 0,
    about: { hardware: 'abacus', versions: {}, command: 'memae' },
  });
  const { rows } = await readRows(join(out, 'trials.jsonl'));
  return { out, findings, rows, page: await readFile(files.html, 'utf8') };
}

describe('videos', () => {
  it('are measured frame by frame and pixel by pixel, and drawn along their length', async () => {
    const reading = { size: [32, 32], stride: 8, testStride: 2 } as const;
    const { rows, page, out, findings } = await run('table2', { data: ['moving-shapes'], reading });
    const [row] = rows;
    expect(Object.keys(row?.figures ?? {}).sort()).toEqual(
      ['eer', 'macro', 'micro', 'microNormalised', 'pixelAuroc', 'pro'].sort(),
    );
    for (const value of Object.values(row?.figures ?? {})) {
      expect(value).toBeGreaterThanOrEqual(0);
      expect(value).toBeLessThanOrEqual(1);
    }
    const scored = await readScores(join(out, 'trials', row?.id ?? ''));
    expect(scored?.keys).toHaveLength(row?.data.test ?? NaN);
    const videos = new Set(scored?.keys.map((key) => key.split('/')[1]));
    const { document } = parseHTML(page);
    const headings = [...document.querySelectorAll('figure h3')].map((h3) => h3.textContent);
    expect(headings).toEqual([...videos]);
    expect(document.querySelector('.examples thead')?.textContent).toContain('Input and mask');
    expect(unclosed(page)).toEqual([]);
    expect(reachesOut(page)).toEqual([]);
    expect(findings.parts[0]?.cuts.join()).toContain('a test clip every 2 frames');
  });
});

describe('tables', () => {
  it('are measured at the true ratio and at the top 20 %, by either protocol', async () => {
    const { rows, page } = await run('table3', {
      ...{ data: ['flows'], cases: ['A', 'B'], seeds: 2 },
      reading: { limit: 2000, scaling: 'standard' },
    });
    expect(rows.map(({ trial }) => trial.case).sort()).toEqual(['A', 'A', 'B', 'B']);
    for (const { figures, data } of rows) {
      // As many flagged as there are anomalies: what is missed is what is wrongly flagged.
      expect(figures['precisionAtRatio']).toBeCloseTo(figures['recallAtRatio'] ?? NaN, 1);
      expect(figures['f1AtTop20']).toBeGreaterThan(0);
      expect(data.protocol).toMatch(/protocol [AB]/);
    }
    expect(new Set(rows.map(({ data }) => data.protocol)).size).toBe(2);
    const headings = [...parseHTML(page).document.querySelectorAll('h2')].map(
      (h2) => h2.textContent,
    );
    expect(headings).toEqual(['flows, protocol A', 'flows, protocol B', 'How to repeat this']);
    expect(unclosed(page)).toEqual([]);
  });

  it('tell what a memory would find alone, and how it is read, all within the page', async () => {
    const { rows, page } = await run('table3', {
      ...{ data: ['flows'], methods: ['mean', 'memae'], reading: { limit: 2000 } },
      ...{ cases: ['A', 'B'], seeds: 2 },
      options: { 'training.epochs': 1, 'memory.slots': 9, 'memory.shrinkage': 0 },
    });
    const row = rows.find(({ trial }) => trial.method === 'memae');
    for (const name of ['byDistance', 'byEntropy', 'bySum', 'auroc']) {
      expect(row?.figures[name]).toBeGreaterThan(0);
    }
    expect(row?.options['network.backbone']).toBe('tabular');
    const { document } = parseHTML(page);
    const weights = [...document.querySelectorAll('svg[aria-label^="A normal sample"]')];
    expect(weights[0]?.getAttribute('aria-label')).toMatch(/reads \d of 9 items/);
    // Each protocol shows its own.
    expect(new Set(weights.map(({ innerHTML }) => innerHTML)).size).toBe(2);
    const [results, memory] = Array.from(document.querySelectorAll('.merit'), ({ textContent }) =>
      textContent.replace(/\s+/g, ' '),
    );
    expect(results).toMatch(/mean \.\d.* MemAE \.\d/);
    expect(memory).toMatch(/items in use.*AUROC by sum MemAE \d/);
    if (hasBrowser) expect(await openOffline(page, [1100])).toMatchObject([{ tablesCut: 0 }]);
  });
});
