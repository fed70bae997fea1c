// The protocol over gRPC as its own clients for Python understand it: Triton's and KServe's.

import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createFolder, trainModel } from '../testing/models.ts';
import { type ServedGrpc, serveGrpc } from '../testing/serve-grpc.ts';
import { type Served, serveModels } from '../testing/serve.ts';

const python = process.env['MEMAE_PYTHON'];
const run = promisify(execFile);
const hasClients =
  python !== undefined &&
  (await run(python, [
    '-c',
    'import tritonclient.grpc, importlib.metadata as m; m.version("kserve")',
  ]).then(
    () => true,
    () => false,
  ));

let folder: Awaited<ReturnType<typeof createFolder>>;
let rest: Served;
let grpc: ServedGrpc;
/** What HTTP says of the same rows, alone in their batch. */
let expected: readonly number[];
let outputs: readonly string[];
beforeAll(async () => {
  folder = await createFolder();
  await trainModel(folder.path('flows'), { data: 'flows' });
  rest = await serveModels([folder.path('flows')]);
  grpc = await serveGrpc(rest.repository);
  const rows = [0, 1, 2].map((row) =>
    Array.from({ length: 20 }, (_, i) => Math.fround(Math.sin(row + i))),
  );
  await writeFile(folder.path('rows.json'), JSON.stringify(rows));
  const { json } = await rest.ask('/v2/models/flows/infer', {
    inputs: [{ name: 'samples', shape: [3, 20], datatype: 'FP32', data: rows }],
  });
  const got = json['outputs'] as { readonly name: string; readonly data: number[] }[];
  expected = got.find(({ name }) => name === 'score')?.data ?? [];
  outputs = got.map(({ name }) => name);
});
afterAll(async () => {
  await grpc.close();
  await rest.close();
  await folder.clear();
});

const ask = async (script: string): Promise<Record<string, unknown>> => {
  const { host } = new URL(grpc.url);
  const path = join(import.meta.dirname, script);
  const { stdout } = await run(python ?? '', [path, host, 'flows', folder.path('rows.json')]);
  return JSON.parse(stdout) as Record<string, unknown>;
};

test.skipIf(!hasClients)(
  'tritonclient gets the scores that HTTP gives (needs a MEMAE_PYTHON that has it)',
  async () => {
    const got = await ask('client_triton.py');
    expect(expected).toHaveLength(3);
    for (const way of ['raw', 'contents', 'stream']) expect(got[way], way).toEqual(expected);
    const together = got['together'] as number[][];
    expect(together).toHaveLength(8);
    for (const scores of together) {
      scores.forEach((value, i) => {
        expect(value / (expected[i] ?? NaN)).toBeCloseTo(1, 6);
      });
    }
    expect(got['outputs']).toEqual(outputs);
    const matching = (pattern: RegExp) => expect.stringMatching(pattern) as string;
    expect(got).toMatchObject({
      server: { name: 'memae', extensions: ['model_repository', 'statistics'] },
      model: { name: 'flows', versions: ['1'], inputs: [{ shape: ['-1', '20'] }] },
      index: [{ name: 'flows', version: '1', state: 'READY' }],
      'stream error': matching(/There is no model "nobody"/),
      unknown: matching(/^\[StatusCode.NOT_FOUND\] There is no model "nobody"/),
      classes: matching(/^\[StatusCode.INVALID_ARGUMENT\] .*"classification"/),
      sequence: matching(/^\[StatusCode.INVALID_ARGUMENT\] .*"sequence_id"/),
      'shared memory': matching(/^\[StatusCode.UNIMPLEMENTED\] .*SystemSharedMemoryStatus/),
      compressed: matching(/^\[StatusCode.UNIMPLEMENTED\] .*gzip/),
      statistics: { name: 'flows', version: '1' },
    });
    expect(
      Number((got['statistics'] as Record<string, string>)['inference_count']),
    ).toBeGreaterThan(40);
  },
);

test.skipIf(!hasClients)(
  'kserve gets the scores that HTTP gives (needs a MEMAE_PYTHON that has it)',
  async () => {
    expect(await ask('client_kserve.py')).toEqual({
      ...{ contents: expected, raw: expected, unknown: 'NOT_FOUND' },
    });
  },
);
