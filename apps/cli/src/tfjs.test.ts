// A whole line on TensorFlow.js: what it trains, ONNX Runtime scores.

import { readFileSync } from 'node:fs';
import { tfjsBackend } from '@memae/backend/tfjs';
import { readArtifact } from '@memae/onnx';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { start } from './testing/child.ts';
import { createWorld, writeDigits } from './testing/world.ts';

const world = createWorld();
const { run, path } = world;
beforeAll(async () => {
  await writeDigits(path('digits'));
});
afterAll(world.clear);

const reason = await tfjsBackend('tfjs').unavailable();
const quick = 'train --data digits --normal 3 --epochs 2 --batch 16';

describe.skipIf(reason !== null)(`--engine tfjs${reason === null ? '' : ` (${reason})`}`, () => {
  test('trains, says what it trained with, and comes to what ort comes to', async () => {
    expect(await run(`${quick} --engine tfjs --out runs/tfjs`)).toMatchObject({ status: 0 });
    expect(await run(`${quick} --out runs/ort`)).toMatchObject({ status: 0 });
    const { manifest } = await readArtifact(path('runs/tfjs'));
    expect(manifest.createdBy).toMatch(/TensorFlow \d/);
    expect(readFileSync(path('runs/tfjs/run.json'), 'utf8')).toContain('"engine": "tfjs"');
    const measures = async (name: string): Promise<Record<string, number>> =>
      JSON.parse((await run(`evaluate runs/${name} --json`)).stdout) as Record<string, number>;
    const [ours, theirs] = [await measures('tfjs'), await measures('ort')];
    expect(ours['auroc']).toBeCloseTo(theirs['auroc'] ?? NaN, 3);
    expect(ours['threshold']).toBeCloseTo(theirs['threshold'] ?? NaN, 3);
  });

  test('prints one JSON document on stdout, whatever TensorFlow has to say', async () => {
    const line = `${quick} --engine tfjs --out runs/child --json`;
    const { status, stdout } = await start(line, { cwd: world.folder }).ended;
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ out: 'runs/child' });
  });
});

test('--engine tfjs-wasm says which kernel it lacks to train pictures', async () => {
  const { status, stderr } = await run(`${quick} --engine tfjs-wasm --out runs/wasm`);
  expect(status).toBe(1);
  expect(stderr).toMatch(/BACKEND_UNSUPPORTED_OP: tfjs-wasm: .* Conv2DBackpropFilter/);
});

test('--engine tfjs-cpu trains where nothing native is at hand', async () => {
  expect(await run(`${quick} --limit 8 --engine tfjs-cpu --out runs/cpu`)).toMatchObject({
    status: 0,
  });
});
