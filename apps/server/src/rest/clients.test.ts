// The protocol as its own clients for Python understand it: Triton's and KServe's.

import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { openOnnx } from '@memae/backend/ort';
import { ndarray } from '@memae/graph';
import { readArtifact } from '@memae/onnx';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createFolder, trainModel } from '../testing/models.ts';
import { type Served, serveModels } from '../testing/serve.ts';

const python = process.env['MEMAE_PYTHON'];
const run = promisify(execFile);
const hasClients =
  python !== undefined &&
  (await run(python, ['-c', 'import tritonclient.http, kserve']).then(
    () => true,
    () => false,
  ));

let folder: Awaited<ReturnType<typeof createFolder>>;
let server: Served;
beforeAll(async () => {
  folder = await createFolder();
  await trainModel(folder.path('flows'), { data: 'flows' });
  server = await serveModels([folder.path('flows')]);
});
afterAll(async () => {
  await server.close();
  await folder.clear();
});

test.skipIf(!hasClients)(
  'tritonclient and kserve get the scores of the model (needs a MEMAE_PYTHON that has both)',
  async () => {
    const rows = [0, 1, 2].map((row) =>
      Array.from({ length: 20 }, (_, i) => Math.fround(Math.sin(row + i))),
    );
    await writeFile(folder.path('rows.json'), JSON.stringify(rows));
    const script = join(import.meta.dirname, 'clients.py');
    const { stdout } = await run(python ?? '', [
      script,
      server.url,
      'flows',
      folder.path('rows.json'),
    ]);
    const got = JSON.parse(stdout) as Record<string, unknown> & { readonly together: number[][] };

    const { model, manifest } = await readArtifact(folder.path('flows'));
    const executable = await openOnnx(model, { threads: 1 });
    const { score } = await executable.run({ samples: ndarray(rows.flat(), [3, 20]) });
    const expected = [...(score?.data ?? [])];
    for (const way of ['triton json', 'triton binary', 'kserve json', 'kserve binary']) {
      expect(got[way], way).toEqual(expected);
    }
    expect(got.together).toHaveLength(8);
    for (const scores of got.together) {
      scores.forEach((value, i) => {
        expect(value / (expected[i] ?? NaN)).toBeCloseTo(1, 6);
      });
    }
    expect(got['outputs']).toEqual(Object.keys(manifest.outputs));
    expect(got).toMatchObject({
      server: {
        name: 'memae',
        extensions: ['binary_tensor_data', 'model_repository', 'statistics'],
      },
      model: { name: 'flows', versions: ['1'], inputs: [{ shape: [-1, 20] }] },
      index: [{ name: 'flows', version: '1', state: 'READY' }],
      unknown: expect.stringMatching(/^\[404\] There is no model "nobody"/) as string,
      classes: expect.stringMatching(/^\[400\] .*"classification"/) as string,
      statistics: { name: 'flows' },
    });
    await executable[Symbol.asyncDispose]();
  },
);
