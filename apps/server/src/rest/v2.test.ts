import { Validator } from '@seriousme/openapi-schema-validator';
import { openOnnx } from '@memae/backend/ort';
import { type AnyNdArray, ndarray } from '@memae/graph';
import { readArtifact } from '@memae/onnx';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createFolder, trainModel } from '../testing/models.ts';
import { type Served, serveModels } from '../testing/serve.ts';

let folder: Awaited<ReturnType<typeof createFolder>>;
let server: Served;
/** Scores without a server. */
let inProcess: (samples: AnyNdArray) => Promise<Float32Array>;

beforeAll(async () => {
  folder = await createFolder();
  await trainModel(folder.path('flows', '1'), { data: 'flows' });
  await trainModel(folder.path('flows', '2'), { data: 'flows', seed: 2 });
  await trainModel(folder.path('three'), { data: 'strokes' });
  server = await serveModels([folder.path('flows'), `digits=${folder.path('three')}`]);
  const { model, manifest } = await readArtifact(folder.path('flows', '2'));
  const executable = await openOnnx(model, { threads: 1 });
  inProcess = async (samples) =>
    Float32Array.from(
      (await executable.run({ [manifest.input.name]: samples }))['score']?.data ?? [],
    );
});
afterAll(async () => {
  await server.close();
  await folder.clear();
});

const width = 20;
const rows = (count: number): number[] =>
  Array.from({ length: count * width }, (_, i) => Math.fround(Math.sin(i + 1)));
const flowsInput = (count: number, more: object = {}) => ({
  name: 'samples',
  shape: [count, width],
  datatype: 'FP32',
  data: rows(count),
  ...more,
});
const scoreOf = (json: Readonly<Record<string, unknown>>): unknown =>
  (json['outputs'] as { name: string; data: unknown }[]).find(({ name }) => name === 'score')?.data;

describe('what the server says of itself', () => {
  test('metadata, health and readiness', async () => {
    expect((await server.ask('/v2')).json).toEqual({
      name: 'memae',
      version: '0.0.0',
      extensions: ['binary_tensor_data', 'model_repository', 'statistics'],
    });
    expect((await server.ask('/v2/health/live')).json).toEqual({ live: true });
    expect((await server.ask('/v2/health/ready')).json).toEqual({ live: true, ready: true });
    expect((await server.ask('/v2/models/flows/ready')).json).toEqual({
      name: 'flows',
      ready: true,
    });
    expect(await server.ask('/v2/models/digits')).toMatchObject({
      status: 200,
      json: {
        name: 'digits',
        versions: ['1'],
        platform: 'onnxruntime_onnx',
        inputs: [{ name: 'samples', datatype: 'UINT8', shape: [-1, 1, 28, 28] }],
        outputs: expect.arrayContaining([
          { name: 'score', datatype: 'FP32', shape: [-1] },
        ]) as unknown,
      },
    });
    expect((await server.ask('/v2/models/flows')).json['versions']).toEqual(['1', '2']);
  });

  test('what is not there is named', async () => {
    for (const [path, error] of [
      ['/v2/models/nine', /no model "nine". Known: flows, digits/],
      ['/v2/models/flows/versions/3/ready', /no version 3. It has 1, 2/],
      ['/v2/nothing', /openapi.json/],
    ] as const) {
      expect(await server.ask(path)).toMatchObject({
        status: 404,
        json: { error: expect.stringMatching(error) as string },
      });
    }
  });
});

describe('inference', () => {
  test('scores are those of the model, bit for bit, flat or nested, by the newest version', async () => {
    const data = rows(3);
    const expected = [...(await inProcess(ndarray(Float32Array.from(data), [3, width])))];
    const nested = [0, 1, 2].map((row) => data.slice(row * width, (row + 1) * width));
    for (const input of [flowsInput(3), flowsInput(3, { data: nested })]) {
      const answer = await server.ask('/v2/models/flows/infer', { id: 'seven', inputs: [input] });
      expect(answer.json).toMatchObject({ id: 'seven', model_name: 'flows', model_version: '2' });
      expect(scoreOf(answer.json)).toEqual(expected);
    }
    const first = await server.ask('/v2/models/flows/versions/1/infer', {
      inputs: [flowsInput(3)],
    });
    expect(first.json['model_version']).toBe('1');
    expect(first.json).not.toHaveProperty('id');
    expect(scoreOf(first.json)).not.toEqual(expected);
  });

  test('outputs come as they are asked for, and in that order', async () => {
    const outputs = [{ name: 'label' }, { name: 'score' }];
    const { json } = await server.ask('/v2/models/flows/infer', {
      inputs: [flowsInput(2)],
      outputs,
    });
    expect(json['outputs']).toMatchObject([
      { name: 'label', datatype: 'UINT8', shape: [2] },
      { name: 'score', datatype: 'FP32', shape: [2] },
    ]);
  });

  test('of an element that is a list it is told that it is one, however deep', async () => {
    const data = [0, 'deep', ...Array<number>(18).fill(0)];
    const deep = '['.repeat(50_000) + ']'.repeat(50_000);
    const body = JSON.stringify({ inputs: [flowsInput(1, { data })] }).replace('"deep"', deep);
    expect(await server.ask('/v2/models/flows/infer', body)).toMatchObject({
      status: 400,
      json: { error: 'Input "samples": element 1 is a list, which is no FP32.' },
    });
  });

  test.each(
    (
      [
        ['{"inputs":', /no JSON/],
        ['[]', /body must be object/],
        [{ inputs: [] }, /takes the one input "samples", FP32 batch×20, but there came none/],
        [{ inputs: [flowsInput(1), flowsInput(1)] }, /there came "samples", "samples"/],
        [{ inputs: [flowsInput(1, { name: 'x' })] }, /there came "x"/],
        [{ inputs: [flowsInput(1, { shape: [1, 21] })] }, /holds 21 elements, but 20 came/],
        [{ inputs: [flowsInput(1, { shape: [20] })] }, /its shape came as 20/],
        [{ inputs: [flowsInput(0)] }, /its shape came as 0×20/],
        [{ inputs: [flowsInput(1, { shape: [1, -20] })] }, /shape\/1 must be >= 0/],
        [{ inputs: [flowsInput(1, { shape: Array(17).fill(1) })] }, /more than 16/],
        [{ inputs: [flowsInput(1, { data: [rows(1), rows(1)] })] }, /lists in lists/],
        [
          { inputs: [flowsInput(1, { data: Array(20).fill('1') })] },
          /element 0 is "1", which is no FP32/,
        ],
        [{ inputs: [flowsInput(1, { data: Array(20).fill(1e39) })] }, /1e\+39, which is no FP32/],
        [{ inputs: [flowsInput(1, { data: undefined })] }, /neither "data" nor|has neither/],
        [
          { inputs: [flowsInput(1, { datatype: 'FP64', data: Array(20).fill(0.1) })] },
          /0.1, is no FP32/,
        ],
        [
          { inputs: [flowsInput(1, { datatype: 'INT64', data: Array(20).fill(16777217) })] },
          /16777217, is no FP32/,
        ],
        [
          { inputs: [flowsInput(1, { datatype: 'INT64', data: Array(20).fill(2 ** 53) })] },
          /no INT64/,
        ],
        [
          { inputs: [flowsInput(1, { datatype: 'BYTES', data: Array(20).fill('a') })] },
          /BYTES came: it takes numbers/,
        ],
        [{ inputs: [flowsInput(1, { datatype: 'FP16' })] }, /JSON has no FP16/],
        [
          { inputs: [flowsInput(1, { datatype: 'FP8' })] },
          /no datatype "FP8" in the protocol. Known: BOOL/,
        ],
        [{ inputs: [flowsInput(1)], outputs: [{ name: 'x' }] }, /no output "x". It has score/],
        [{ inputs: [flowsInput(1)], outputs: [{ name: 'score' }, { name: 'score' }] }, /twice/],
        [
          {
            inputs: [flowsInput(1)],
            outputs: [{ name: 'score', parameters: { classification: 2 } }],
          },
          /parameter "classification" is of an extension/,
        ],
        [{ inputs: [flowsInput(1)], parameters: { sequence_id: 1 } }, /"sequence_id"/],
        [{ inputs: [flowsInput(1)], parameters: { timeout: -1 } }, /whole number/],
        [{ inputs: [flowsInput(1)], parameters: { binary_data_output: 'yes' } }, /true or false/],
      ] as [unknown, RegExp][]
    ).map(([body, error]) => ({ body, error })),
  )('$error, with 400', async ({ body, error }) => {
    expect(await server.ask('/v2/models/flows/infer', body)).toMatchObject({
      status: 400,
      json: { error: expect.stringMatching(error) as string },
    });
  });

  test('other datatypes are taken where nothing is lost', async () => {
    const whole = Array.from({ length: width }, (_, i) => i % 2);
    const [expected] = await inProcess(ndarray(whole, [1, width]));
    for (const datatype of [
      'UINT8',
      'INT8',
      'UINT16',
      'INT16',
      'UINT32',
      'INT32',
      'UINT64',
      'INT64',
      'FP64',
    ]) {
      const input = flowsInput(1, { datatype, data: whole });
      const { json } = await server.ask('/v2/models/flows/infer', { inputs: [input] });
      expect(scoreOf(json), datatype).toEqual([expected]);
    }
    const input = flowsInput(1, { datatype: 'BOOL', data: whole.map((value) => value === 1) });
    expect(scoreOf((await server.ask('/v2/models/flows/infer', { inputs: [input] })).json)).toEqual(
      [expected],
    );
  });

  test('what is beyond a limit is refused with 413', async () => {
    expect(await server.ask('/v2/models/flows/infer', { inputs: [flowsInput(65)] })).toMatchObject({
      status: 413,
      json: { error: expect.stringMatching(/65 samples .* takes 64/) as string },
    });
    expect(await server.ask('/v2/models/flows/infer', 'x'.repeat(2 ** 22 + 1))).toMatchObject({
      status: 413,
    });
  });
});

test('the repository lists, unloads and loads', async () => {
  const index = async (body: object) => (await server.ask('/v2/repository/index', body)).json;
  expect(await index({})).toHaveLength(3);
  await server.ask('/v2/repository/models/digits/unload', {});
  expect(await index({})).toContainEqual({
    name: 'digits',
    version: '',
    state: 'UNAVAILABLE',
    reason: 'unloaded',
  });
  expect(await index({ ready: true })).toHaveLength(2);
  expect(await server.ask('/v2/models/digits/ready')).toMatchObject({ status: 404 });
  expect(await server.ask('/v2/repository/models/digits/load', {})).toMatchObject({ status: 200 });
  expect(await server.ask('/v2/models/digits/ready')).toMatchObject({ status: 200 });
  expect(
    await server.ask('/v2/repository/models/digits/load', { parameters: { config: '{}' } }),
  ).toMatchObject({ status: 400, json: { error: expect.stringContaining('"config"') as string } });
  expect(await server.ask('/v2/repository/models/../load', {})).toMatchObject({ status: 404 });
});

test('statistics count requests, samples and batches', async () => {
  const stats = async () => {
    const { json } = await server.ask('/v2/models/flows/versions/1/stats');
    return (json['model_stats'] as [Record<string, number>])[0];
  };
  const before = await stats();
  await server.ask('/v2/models/flows/versions/1/infer', { inputs: [flowsInput(5)] });
  const after = await stats();
  expect(Number(after['inference_count']) - Number(before['inference_count'])).toBe(5);
  expect(Number(after['execution_count']) - Number(before['execution_count'])).toBe(1);
  expect(after).toMatchObject({ name: 'flows', version: '1' });
});

test('the OpenAPI page tells every route, by the schemas that validate', async () => {
  const { json } = await server.ask('/openapi.json');
  const paths = json['paths'] as Record<string, Record<string, object>>;
  for (const path of [
    ...['/v2', '/v2/health/live', '/v2/health/ready', '/v2/models/stats', '/v2/repository/index'],
    ...['', '/ready', '/stats', '/infer'].flatMap((end) => [
      `/v2/models/{model}${end}`,
      `/v2/models/{model}/versions/{version}${end}`,
    ]),
    ...['load', 'unload'].map((verb) => `/v2/repository/models/{model}/${verb}`),
    '/models/{model}/score',
  ]) {
    expect(paths, path).toHaveProperty([path]);
  }
  const checked = await new Validator().validate(json);
  expect(checked, JSON.stringify(checked.errors)).toMatchObject({ valid: true });
  const { post } = paths['/v2/models/{model}/infer'] ?? {};
  expect(post).toMatchObject({
    requestBody: {
      content: { 'application/octet-stream': { schema: { required: ['inputs'] } } },
    },
    responses: { '4XX': { content: { 'application/json': { schema: { required: ['error'] } } } } },
  });
});
