import { once } from 'node:events';
import { connect, constants } from 'node:http2';
import { setTimeout as after } from 'node:timers/promises';
import { type MessageInitShape, create, toBinary } from '@bufbuild/protobuf';
import { Code, type ConnectError } from '@connectrpc/connect';
import { createRandom } from '@memae/graph';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { authorizeBy, parseTokens } from '../operation/tokens.ts';
import { createFolder, trainModel } from '../testing/models.ts';
import { type ServedGrpc, envelope, serveGrpc } from '../testing/serve-grpc.ts';
import { type Served, serveModels } from '../testing/serve.ts';
import { HealthCheckResponse_ServingStatus as Status } from './generated/health_pb.js';
import {
  type ModelInferRequest,
  ModelInferRequestSchema,
  type ModelInferResponse,
} from './generated/inference_pb.js';

let folder: Awaited<ReturnType<typeof createFolder>>;
let rest: Served;
let grpc: ServedGrpc;
beforeAll(async () => {
  folder = await createFolder();
  await trainModel(folder.path('flows', '1'), { data: 'flows' });
  await trainModel(folder.path('flows', '2'), { data: 'flows', seed: 2 });
  rest = await serveModels([folder.path('flows')]);
  grpc = await serveGrpc(rest.repository);
});
afterAll(async () => {
  await grpc.close();
  await rest.close();
  await folder.clear();
});

/** As it is written, not as it is read. */
type Request = Exclude<MessageInitShape<typeof ModelInferRequestSchema>, ModelInferRequest>;

const width = 20;
const rows = (count: number): Float32Array =>
  Float32Array.from({ length: count * width }, (_, i) => Math.sin(i + 1));
const bytesOf = (elements: Float32Array): Uint8Array => new Uint8Array(elements.buffer);
const raw = (count: number, more: Partial<Request> = {}): Request => ({
  modelName: 'flows',
  inputs: [{ name: 'samples', datatype: 'FP32', shape: [BigInt(count), BigInt(width)] }],
  rawInputContents: [bytesOf(rows(count))],
  ...more,
});
/** One row in typed contents. */
const typed = (datatype: string, contents: object, shape = [1n, BigInt(width)]): Request => ({
  modelName: 'flows',
  inputs: [{ name: 'samples', datatype, shape, contents }],
});
const scoresOf = ({ outputs, rawOutputContents }: ModelInferResponse): number[] => {
  const place = outputs.findIndex(({ name }) => name === 'score');
  const bytes = rawOutputContents[place];
  if (bytes === undefined) return outputs[place]?.contents?.fp32Contents ?? [];
  return [...new Float32Array(Uint8Array.from(bytes).buffer)];
};
const refusal = async (call: Promise<unknown>): Promise<[string | undefined, string]> =>
  call.then(
    () => [undefined, ''],
    (error: unknown) => [Code[(error as ConnectError).code], (error as ConnectError).rawMessage],
  );

describe('inference', () => {
  test('gives the scores that HTTP gives, bit for bit, by bytes and by lists', async () => {
    for (const version of ['1', '2']) {
      const inputs = [{ name: 'samples', shape: [3, width], datatype: 'FP32', data: [...rows(3)] }];
      const { json } = await rest.ask(`/v2/models/flows/versions/${version}/infer`, { inputs });
      const outputs = json['outputs'] as { name: string; shape: number[]; data: number[] }[];
      const byBytes = await grpc.client.modelInfer(raw(3, { modelVersion: version, id: 'seven' }));
      const byLists = await grpc.client.modelInfer({
        ...typed('FP32', { fp32Contents: [...rows(3)] }, [3n, 20n]),
        modelVersion: version,
      });
      expect(byBytes).toMatchObject({ modelName: 'flows', modelVersion: version, id: 'seven' });
      expect(byBytes.outputs.map(({ name, shape }) => [name, shape.map(Number)])).toEqual(
        outputs.map(({ name, shape }) => [name, shape]),
      );
      const scores = outputs.find(({ name }) => name === 'score')?.data;
      expect(scoresOf(byBytes)).toEqual(scores);
      expect(scoresOf(byLists)).toEqual(scores);
      outputs.forEach(({ data }, i) => {
        const { fp32Contents, intContents, uintContents } = byLists.outputs[i]?.contents ?? {};
        const lists = [fp32Contents, intContents, uintContents].map((list = []) => list);
        expect(lists.flat()).toEqual(data);
      });
    }
  });

  test('takes every datatype that loses nothing, and gives the outputs that are asked for', async () => {
    const whole = Array.from({ length: width }, (_, i) => i % 2);
    const floats = Float32Array.from(whole);
    const expected = scoresOf(
      await grpc.client.modelInfer({ ...raw(1), rawInputContents: [bytesOf(floats)] }),
    );
    for (const [datatype, contents] of [
      ['BOOL', { boolContents: whole.map((value) => value === 1) }],
      ...['INT8', 'INT16', 'INT32'].map((name) => [name, { intContents: whole }] as const),
      ['INT64', { int64Contents: whole.map(BigInt) }],
      ...['UINT8', 'UINT16', 'UINT32'].map((name) => [name, { uintContents: whole }] as const),
      ['UINT64', { uint64Contents: whole.map(BigInt) }],
      ['FP64', { fp64Contents: whole }],
    ] as const) {
      const outputs = [{ name: 'score' }];
      const answer = await grpc.client.modelInfer({ ...typed(datatype, contents), outputs });
      expect(answer.outputs.map(({ name }) => name)).toEqual(['score']);
      expect(scoresOf(answer), datatype).toEqual(expected);
    }
  });

  test('of a stream answers each request in turn, and one that fails does not end it', async () => {
    const asked = [
      raw(1, { id: 'a' }),
      raw(2, { id: 'b', modelName: 'nobody' }),
      raw(2, { id: 'c' }),
    ];
    const answers: unknown[] = [];
    const stream = grpc.client.modelStreamInfer(
      (async function* () {
        for (const request of asked) {
          await after(10);
          yield create(ModelInferRequestSchema, request);
        }
      })(),
    );
    for await (const { inferResponse, errorMessage } of stream) {
      const count = inferResponse && scoresOf(inferResponse).length;
      answers.push([inferResponse?.id, count, errorMessage.slice(0, 27)]);
    }
    expect(answers).toEqual([
      ['a', 1, ''],
      ['b', 0, 'There is no model "nobody".'],
      ['c', 2, ''],
    ]);
  });
});

const parameter = (name: string, value: bigint | string | boolean) => ({
  parameters: {
    [name]: {
      parameterChoice:
        typeof value === 'bigint'
          ? { case: 'int64Param' as const, value }
          : typeof value === 'string'
            ? { case: 'stringParam' as const, value }
            : { case: 'boolParam' as const, value },
    },
  },
});

describe('what is wrong is refused by its code', () => {
  const two = [...rows(2)];
  test.each<[keyof typeof Code, RegExp, Request]>([
    ['NotFound', /no model "nobody"/, raw(1, { modelName: 'nobody' })],
    ['NotFound', /no version 9/, raw(1, { modelVersion: '9' })],
    ['InvalidArgument', /1 raw_input_contents came for 0 inputs/, raw(1, { inputs: [] })],
    [
      'InvalidArgument',
      /20 elements in fp32_contents, .* 0 came/,
      raw(1, { rawInputContents: [] }),
    ],
    ['InvalidArgument', /81 bytes/, raw(1, { rawInputContents: [new Uint8Array(81)] })],
    ['InvalidArgument', /21 elements/, raw(1, { rawInputContents: [new Uint8Array(84)] })],
    ['InvalidArgument', /no output "mood"/, raw(1, { outputs: [{ name: 'mood' }] })],
    [
      'InvalidArgument',
      /contents beside raw_input_contents/,
      { ...typed('FP32', { fp32Contents: two }), rawInputContents: [bytesOf(rows(1))] },
    ],
    [
      'InvalidArgument',
      /in fp32_contents.*fp64_contents came/,
      typed('FP32', { fp64Contents: two }),
    ],
    ['InvalidArgument', /20 elements .* 40 came/, typed('FP32', { fp32Contents: two })],
    [
      'InvalidArgument',
      /300, which is no INT8/,
      typed('INT8', { intContents: Array(20).fill(300) }),
    ],
    [
      'InvalidArgument',
      /element 0/,
      typed('UINT64', { uint64Contents: Array(20).fill(2n ** 63n + 1n) }),
    ],
    ['InvalidArgument', /NaN; finite/, typed('FP32', { fp32Contents: Array(20).fill(NaN) })],
    ['InvalidArgument', /FP16, of which there are no contents/, typed('FP16', {})],
    ['InvalidArgument', /takes numbers/, typed('BYTES', { bytesContents: [new Uint8Array(1)] })],
    ['InvalidArgument', /no datatype "FP8"/, typed('FP8', {})],
    ['InvalidArgument', /shape/, typed('FP32', { fp32Contents: [] }, [-1n, 20n])],
    ['InvalidArgument', /shape/, typed('FP32', { fp32Contents: [] }, [2n ** 62n, 20n])],
    ['ResourceExhausted', /65 samples .* takes 64/, raw(65)],
    ['InvalidArgument', /"sequence_id" is of an extension/, raw(1, parameter('sequence_id', 3n))],
    ['InvalidArgument', /"sequence_id" is of an extension/, raw(1, parameter('sequence_id', 'a'))],
    ['InvalidArgument', /"priority" is of an extension/, raw(1, parameter('priority', 3n))],
    ['InvalidArgument', /"timeout" must be a whole number/, raw(1, parameter('timeout', -1n))],
    [
      'InvalidArgument',
      /of the decoupled extension/,
      raw(1, parameter('triton_enable_empty_final_response', true)),
    ],
    [
      'InvalidArgument',
      /"classification"/,
      raw(1, { outputs: [{ name: 'score', ...parameter('classification', 2n) }] }),
    ],
    [
      'InvalidArgument',
      /"shared_memory_region"/,
      raw(1, {
        inputs: [{ name: 'samples', ...parameter('shared_memory_region', 'x') }],
      }),
    ],
  ])('%s: %s', async (code, message, request) => {
    expect(await refusal(grpc.client.modelInfer(request))).toEqual([
      code,
      expect.stringMatching(message),
    ]);
  });

  test('of the repository, too', async () => {
    const load = (modelName: string, more = {}) =>
      refusal(grpc.client.repositoryModelLoad({ modelName, ...more }));
    const config = { parameterChoice: { case: 'stringParam' as const, value: '{}' } };
    expect((await load('nobody'))[0]).toBe('NotFound');
    expect(await load('flows', { parameters: { config } })).toEqual([
      'InvalidArgument',
      expect.stringMatching(/"config" is not taken/),
    ]);
    expect((await refusal(grpc.client.modelStatistics({ name: 'x' })))[0]).toBe('NotFound');
    expect((await refusal(grpc.client.modelMetadata({ name: 'x' })))[0]).toBe('NotFound');
    expect(await grpc.client.modelReady({ name: 'x' })).toMatchObject({ ready: false });
  });

  test('methods of other extensions by their names, and what is no gRPC', async () => {
    for (const method of ['SystemSharedMemoryStatus', 'CudaSharedMemoryRegister', 'ModelConfig']) {
      const { status, message } = await grpc.raw(envelope(new Uint8Array(0)), { method });
      expect([status, message]).toEqual(['UNIMPLEMENTED', expect.stringContaining(method)]);
    }
    const other = { 'content-type': 'application/json' };
    expect((await grpc.raw(Buffer.from('{}'), { headers: other })).headers[':status']).toBe(415);
    const gzip = { 'grpc-encoding': 'gzip' };
    expect((await grpc.raw(envelope(new Uint8Array(0)), { headers: gzip })).status).toBe(
      'UNIMPLEMENTED',
    );
  });
});

describe('a message', () => {
  const message = toBinary(ModelInferRequestSchema, create(ModelInferRequestSchema, raw(2)));

  test('that is none is refused, whatever its bytes', async () => {
    const random = createRandom(7);
    const whole = (below: number): number => Math.floor(random.uniform() * below);
    const statuses = new Set<string | undefined>();
    for (let i = 0; i < 120; i += 1) {
      const broken = Uint8Array.from(message);
      for (let edits = 1 + whole(4); edits > 0; edits -= 1) broken[whole(60)] = whole(256);
      const { status } = await grpc.raw(envelope(i % 3 ? broken : broken.subarray(0, whole(200))));
      statuses.add(status);
    }
    statuses.delete('OK');
    expect(statuses).toContain('INVALID_ARGUMENT');
    for (const status of statuses) {
      expect(['INVALID_ARGUMENT', 'NOT_FOUND', 'RESOURCE_EXHAUSTED', 'OUT_OF_RANGE']).toContain(
        status,
      );
    }
    expect(await grpc.raw(envelope(Buffer.from('garbage')))).toMatchObject({
      status: 'INVALID_ARGUMENT',
      message: expect.stringMatching(/^The message is no inference.ModelInferRequest: /) as string,
    });
    expect((await grpc.raw(envelope(message))).status).toBe('OK');
  });

  test('may have as many bytes as a body, and be no more than that in memory', async () => {
    const big = envelope(Buffer.alloc(0), 2 ** 20 + 1);
    expect((await grpc.raw(big, { unfinished: true })).status).toBe('RESOURCE_EXHAUSTED');
    // Empty inputs, each an object: two bytes.
    const parts = Buffer.alloc(20_000, Buffer.from([0x2a, 0]));
    expect(await grpc.raw(envelope(parts))).toMatchObject({
      status: 'RESOURCE_EXHAUSTED',
      message: expect.stringMatching(/more than 4096 parts/) as string,
    });
    const shape = Array<bigint>(2 ** 19).fill(1n);
    expect(await refusal(grpc.client.modelInfer(typed('INT64', {}, shape)))).toEqual([
      'ResourceExhausted',
      expect.stringMatching(/bytes besides raw contents.*raw_input_contents/),
    ]);
  });

  test('must come in time', async () => {
    const hasty = await serveGrpc(rest.repository, { receiveTimeout: 200 });
    for (const method of ['ModelInfer', 'ModelStreamInfer']) {
      expect(
        await hasty.raw(envelope(message).subarray(0, 50), { method, unfinished: true }),
      ).toMatchObject({
        status: 'DEADLINE_EXCEEDED',
        message: 'The request did not come in time.',
      });
    }
    await hasty.close();
  });

  test('has an answer that is not kept for who does not read it', async () => {
    const hasty = await serveGrpc(rest.repository, { receiveTimeout: 300 });
    const session = connect(hasty.url, { settings: { initialWindowSize: 100 } });
    const stream = session.request({
      ':method': 'POST',
      ':path': '/inference.GRPCInferenceService/ModelInfer',
      'content-type': 'application/grpc',
    });
    stream.on('error', () => undefined);
    stream.end(envelope(message));
    await once(stream, 'close');
    expect(stream.rstCode).toBe(constants.NGHTTP2_CANCEL);
    session.destroy();
    await hasty.close();
  });

  test('from nowhere does no harm', async () => {
    const headers = { ':authority': '[' };
    expect((await grpc.raw(envelope(message), { headers })).status).not.toBe('OK');
    expect((await grpc.raw(envelope(message))).status).toBe('OK');
  });
});

describe('waiting', () => {
  /** Requests wait ten seconds for others, one at a time. */
  const patient = { maxQueueDelayMicroseconds: 10_000_000, maxQueueSize: 1 };
  let slow: Served;
  let slowGrpc: ServedGrpc;
  beforeAll(async () => {
    slow = await serveModels([folder.path('flows')], patient);
    slowGrpc = await serveGrpc(slow.repository);
  });
  afterAll(async () => {
    slowGrpc.cut();
    await slowGrpc.close();
    await slow.close();
  });
  const queued = () =>
    slow.repository.use({ name: 'flows' }, (model) => Promise.resolve(model.queued()));

  test('ends with the client’s deadline, or with the request’s own', async () => {
    const late = slowGrpc.client.modelInfer(raw(1), { timeoutMs: 100 });
    expect((await refusal(late))[0]).toBe('DeadlineExceeded');
    while ((await queued()) > 0) await after(5);
    const timeout = parameter('timeout', 50_000n);
    expect(await refusal(slowGrpc.client.modelInfer(raw(1, timeout)))).toEqual([
      'DeadlineExceeded',
      expect.stringMatching(/within 50 ms/),
    ]);
    const bytes = toBinary(ModelInferRequestSchema, create(ModelInferRequestSchema, raw(1)));
    const { status } = await slowGrpc.raw(envelope(bytes), { headers: { 'grpc-timeout': '80m' } });
    expect(status).toBe('DEADLINE_EXCEEDED');
  });

  test('ends when the client leaves, and a full queue says when to come again', async () => {
    const leaving = new AbortController();
    const gone = refusal(slowGrpc.client.modelInfer(raw(1), { signal: leaving.signal }));
    while ((await queued()) === 0) await after(5);
    const full = await slowGrpc.raw(
      envelope(toBinary(ModelInferRequestSchema, create(ModelInferRequestSchema, raw(1)))),
    );
    expect(full).toMatchObject({
      status: 'UNAVAILABLE',
      message: expect.stringMatching(/1 requests wait already/) as string,
      headers: { 'grpc-retry-pushback-ms': '1000' },
    });
    leaving.abort();
    expect((await gone)[0]).toBe('Canceled');
    while ((await queued()) > 0) await after(5);
  });
});

test('tokens are asked for, but for health', async () => {
  const token = 'a-token-of-enough-letters';
  const guarded = await serveGrpc(rest.repository, {
    authorize: authorizeBy(() => parseTokens(`me:${token}`)),
  });
  const headers = { authorization: `Bearer ${token}` };
  const wrong = { authorization: `Bearer ${token.toUpperCase()}` };
  const { client, health } = guarded;
  expect((await refusal(client.modelInfer(raw(1))))[0]).toBe('Unauthenticated');
  expect((await refusal(client.modelInfer(raw(1), { headers: wrong })))[0]).toBe('Unauthenticated');
  expect((await refusal(client.serverMetadata({})))[0]).toBe('Unauthenticated');
  // Before the message is there.
  const { status, headers: answer } = await guarded.raw(envelope(Buffer.alloc(0), 1000), {
    unfinished: true,
    headers: { 'x-request-id': 'job-17' },
  });
  expect([status, answer['x-request-id']]).toEqual(['UNAUTHENTICATED', 'job-17']);
  expect(await refusal(client.modelInfer(raw(1), { headers }))).toEqual([undefined, '']);
  expect(await client.serverReady({})).toMatchObject({ ready: true });
  expect(await health.check({})).toMatchObject({ status: Status.SERVING });
  await guarded.close();
});

test('health is that of the server, and who watches is told its end', async () => {
  const own = await serveModels([folder.path('flows')]);
  const { health, client, close } = await serveGrpc(own.repository);
  const service = 'inference.GRPCInferenceService';
  expect(await health.check({ service })).toMatchObject({ status: Status.SERVING });
  expect((await refusal(health.check({ service: 'other' })))[0]).toBe('NotFound');
  const told: Status[] = [];
  const watching = (async () => {
    for await (const { status } of health.watch({})) told.push(status);
  })();
  while (told.length === 0) await after(5);
  own.repository.stop();
  expect(await client.serverReady({})).toMatchObject({ ready: false });
  while (told.length === 1) await after(5);
  await close();
  await watching;
  expect(told).toEqual([Status.SERVING, Status.NOT_SERVING]);
  await own.close();
});
