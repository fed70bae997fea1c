import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Backend, openBackend } from '@memae/backend';
import { openOnnx, ortBackend } from '@memae/backend/ort';
import { mnistFiles } from '@memae/datasets';
import { readArtifact, readTrainingLog } from '@memae/onnx';
import { parseHTML } from 'linkedom';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type StartOptions, type StartOutcome, start } from './start.ts';

let folder: string;
let backend: Backend;
const lines: string[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'memae-start-'));
  backend = await openBackend([ortBackend()]);
});
afterAll(async () => {
  await backend[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

const run = (options: Partial<StartOptions> = {}): Promise<StartOutcome> =>
  start({ out: join(folder, "it's"), backend, clock: () => 0, epochs: 1, ...options });

describe('start', () => {
  let outcome: StartOutcome;
  beforeAll(async () => {
    outcome = await run({ print: (line) => lines.push(line), program: 'memae' });
  }, 60_000);

  it('takes drawn digits where there is no MNIST, and says so', () => {
    expect(lines[0]).toMatch(/MNIST is not to be had here/);
    expect(lines[1]).toMatch(/no cache folder/);
    expect(outcome.comparison.data).toMatchObject({ name: 'strokes', normal: '5', train: 900 });
  });

  it('tells the figures it found', () => {
    for (const { label, auroc } of outcome.comparison.methods) {
      expect(lines.join('\n')).toContain(`${label}: AUROC ${auroc.toFixed(3)}`);
    }
    expect(lines.at(-1)).toContain(outcome.report);
  });

  it('writes artifacts that can be read back and scored with', async () => {
    expect(Object.keys(outcome.artifacts)).toEqual(['ae', 'memae']);
    for (const { id, threshold } of outcome.comparison.methods) {
      const path = outcome.artifacts[id] ?? '';
      const { manifest, model } = await readArtifact(path);
      expect(manifest).toMatchObject({ method: id, seed: 1, threshold });
      expect(manifest.data.fingerprint).toBe(outcome.comparison.data.fingerprint);
      expect(await readTrainingLog(path)).toHaveLength(1);
      const executable = await openOnnx(model);
      expect(executable.outputs).toContain('label');
      await executable[Symbol.asyncDispose]();
    }
  });

  it('writes the report, with commands that a shell takes', async () => {
    const page = await readFile(outcome.report, 'utf8');
    const lines = [...parseHTML(page).document.querySelectorAll('pre')].map((p) => p.textContent);
    const quoted = `'${folder}/it'\\''s'`;
    expect(lines[0]).toBe(
      `memae start --data strokes --normal 5 --epochs 1 --seed 1 --out ${quoted}`,
    );
    expect(lines).toContain(`memae export ${quoted}/memae --out model.onnx`);
  });
});

describe('start refuses', () => {
  it('a folder that cannot be written, before any work', async () => {
    const file = join(folder, 'file');
    await writeFile(file, '');
    const lines: string[] = [];
    const running = run({ out: join(file, 'x'), print: (line) => lines.push(line) });
    await expect(running).rejects.toMatchObject({ code: 'EXPERIMENT_UNWRITABLE' });
    expect(lines).toEqual([]);
  });

  it('MNIST that is there but broken, in place of drawing digits in silence', async () => {
    await mkdir(join(folder, 'mnist'));
    await writeFile(join(folder, 'mnist', mnistFiles[0]?.file ?? ''), 'no gzip');
    await expect(run({ root: folder })).rejects.toMatchObject({ code: 'DATASET_CORRUPT' });
  });

  it('data that is not there, where it was asked for', async () => {
    await expect(run({ data: join(folder, 'nowhere') })).rejects.toMatchObject({
      code: 'DATASET_NOT_FOUND',
    });
  });
});
