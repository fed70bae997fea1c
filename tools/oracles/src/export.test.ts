// What we export, judged by Python: a valid model, and onnxruntime's scores within 1e-5 of the trainer's.
// MEMAE_PYTHON names a Python with tools/oracles/requirements.txt; without it these tests are skipped.

import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { architectures } from '@memae/architectures';
import { ortBackend } from '@memae/backend/ort';
import { arrayDataset, drawStrokes } from '@memae/datasets';
import { createRandom } from '@memae/graph';
import { encodeOnnx } from '@memae/onnx';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const python = process.env['MEMAE_PYTHON'];
const { images } = drawStrokes({ count: 200, random: createRandom(11) });
const folder = mkdtempSync(join(tmpdir(), 'memae-export-'));
const at = (name: string) => join(folder, name);

beforeAll(() => {
  const [count = 0, , height = 0, width = 0] = images.shape;
  const header = Buffer.alloc(16);
  [0x803, count, height, width].forEach((value, i) => header.writeUInt32BE(value, 4 * i));
  writeFileSync(at('samples-idx3-ubyte'), Buffer.concat([header, Buffer.from(images.data)]));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

function judge(model: string, scores: string): { samples: number; worst: number } {
  const oracle = join(import.meta.dirname, '../export_oracle.py');
  const words = [oracle, at(model), at('samples-idx3-ubyte'), at(scores)];
  const answer = execFileSync(python ?? '', words, { encoding: 'utf8' });
  return JSON.parse(answer) as { samples: number; worst: number };
}

describe.skipIf(python === undefined)(
  'onnx and onnxruntime agree (set MEMAE_PYTHON to run)',
  () => {
    it.each(architectures)('with the library: $id', { timeout: 300_000 }, async (method) => {
      const backend = await ortBackend().open();
      const data = arrayDataset({ name: 'drawn', modality: 'image', samples: images });
      const quick = method.createFrom({ 'training.epochs': 2 });
      const detector = await quick.fit(data, { backend, random: createRandom(1) });
      writeFileSync(at('model.onnx'), encodeOnnx(detector.program));
      writeFileSync(at('scores.json'), JSON.stringify([...(await detector.score(images))]));
      await detector[Symbol.asyncDispose]();
      await backend[Symbol.asyncDispose]();

      const { samples, worst } = judge('model.onnx', 'scores.json');
      expect(samples).toBe(200);
      expect(worst).toBeLessThanOrEqual(1e-5);
    });

    it('with the command line', { timeout: 300_000 }, () => {
      const start = join(import.meta.dirname, '../../../apps/cli/memae.ts');
      const memae = (...words: string[]) =>
        execFileSync(process.execPath, ['--conditions=@memae/source', start, ...words], {
          encoding: 'utf8',
          env: { ...process.env, INIT_CWD: folder },
        });
      memae('train', '--data', 'strokes', '--normal', '3', '--epochs', '1', '--out', 'run');
      memae('export', 'run', '--out', 'run.onnx');
      writeFileSync(at('run.json'), memae('score', 'run', 'samples-idx3-ubyte', '--json'));

      const { samples, worst } = judge('run.onnx', 'run.json');
      expect(samples).toBe(200);
      expect(worst).toBeLessThanOrEqual(1e-5);
    });
  },
);
