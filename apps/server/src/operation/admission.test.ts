// How much may go on at a time: of all clients together, and of each, over both transports.

import { request as ask } from 'node:http';
import { setTimeout as after } from 'node:timers/promises';
import { create } from '@bufbuild/protobuf';
import { Code, type ConnectError } from '@connectrpc/connect';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ModelInferRequestSchema } from '../grpc/generated/inference_pb.js';
import { createFolder, trainModel } from '../testing/models.ts';
import { connectRaw, upgradeTo } from '../testing/raw.ts';
import { envelope, serveGrpc } from '../testing/serve-grpc.ts';
import { type Served, serveModels } from '../testing/serve.ts';
import { type Admission, createAdmission } from './admission.ts';
import { authorizeBy, parseTokens } from './tokens.ts';

const mebibyte = 2 ** 20;
/** Of 80 bytes a sample. */
const requestOf = (samples: number) =>
  create(ModelInferRequestSchema, {
    modelName: 'flows',
    inputs: [{ name: 'samples', shape: [BigInt(samples), 20n], datatype: 'FP32' }],
    rawInputContents: [new Uint8Array(80 * samples)],
  });
const codeOf = (call: Promise<unknown>): Promise<string> =>
  call.then(
    () => 'OK',
    (error: unknown) => Code[(error as ConnectError).code],
  );
const inputs = [
  { name: 'samples', shape: [1, 20], datatype: 'FP32', data: Array<number>(20).fill(1) },
];
const body = JSON.stringify({ inputs });

let folder: Awaited<ReturnType<typeof createFolder>>;
beforeAll(async () => {
  folder = await createFolder();
  await trainModel(folder.path('flows'), { data: 'flows' });
});
afterAll(() => folder.clear());

/** Begins a request whose body is not whole yet. */
async function begin({ url }: Served, headers: string, sent: Buffer | string = '') {
  const raw = await connectRaw(url);
  raw.socket.write(`POST /v2/models/flows/infer HTTP/1.1\r\nhost: x\r\n${headers}\r\n\r\n`);
  raw.socket.write(sent);
  return raw;
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await after(10);
}

describe('the bodies of all requests together', () => {
  const budget = 4 * mebibyte;
  let admit: Admission;
  let server: Served;
  const fits = (bytes: number): boolean => {
    const probe = admit();
    try {
      probe.hold(bytes);
      return true;
    } catch {
      return false;
    } finally {
      probe.end();
    }
  };
  beforeAll(async () => {
    admit = createAdmission({ bodyBudget: budget, maxRequestsPerClient: 0 });
    server = await serveModels([folder.path('flows')], {
      ...{ admit, bodyLimit: 3 * mebibyte, maxBatchSize: 2 ** 14 },
    });
  });
  afterAll(() => server.close());

  const infer = () => server.ask('/v2/models/flows/infer', body);
  /** Of a body that is sent whole. */
  const upload = (
    path: string,
    {
      headers,
      bytes,
    }: { readonly headers: Record<string, string | number>; readonly bytes: Buffer },
  ): Promise<{ status: number | undefined; retryAfter: string | undefined; text: string }> =>
    new Promise((resolve, reject) => {
      const sent = ask(`${server.url}${path}`, { method: 'POST', headers });
      sent.on('response', (answer) => {
        let text = '';
        answer.on('data', (chunk: Buffer) => (text += chunk.toString()));
        answer.on('end', () => {
          const { statusCode: status, headers: got } = answer;
          resolve({ status, retryAfter: got['retry-after'], text });
        });
      });
      sent.on('error', reject).end(bytes);
    });

  test('that are announced and do not come take no room', async () => {
    const announced = await Promise.all(
      Array.from({ length: 8 }, () => begin(server, `content-length: ${2 * mebibyte}`)),
    );
    expect((await infer()).status).toBe(200);
    for (const { socket } of announced) socket.destroy();
  });

  test.each([
    ['of a length that is told', { 'content-length': 2 * mebibyte }, '/v2/models/flows/infer'],
    ['in chunks', { 'transfer-encoding': 'chunked' }, '/v2/models/flows/infer'],
    ['as a table', { 'content-type': 'text/csv' }, '/models/flows/score'],
    ['as files', { 'content-type': 'multipart/form-data; boundary=x' }, '/models/flows/score'],
  ])('%s: what does not fit is 503, and fits once others have left', async (_, headers, path) => {
    const others = await Promise.all(
      [2, 1].map((count) =>
        begin(server, `content-length: ${3 * mebibyte}`, Buffer.alloc(count * mebibyte)),
      ),
    );
    await until(() => !fits(mebibyte + 1));
    const bytes = Buffer.alloc(2 * mebibyte, ' ');
    bytes.write('--x\r\ncontent-disposition: form-data; name="files"; filename="a"\r\n\r\n');
    bytes.write('\r\n--x--\r\n', bytes.length - 9);
    expect(await upload(path, { headers, bytes })).toMatchObject({
      status: 503,
      retryAfter: '1',
      text: expect.stringContaining('does not fit now') as string,
    });
    for (const { socket } of others) socket.destroy();
    await until(() => fits(budget));
    // Read, and found to be spaces.
    expect((await upload(path, { headers, bytes })).status).toBe(400);
    await until(() => fits(budget));
  });

  test('short ones count, too, and are let go when answered, refused or left', async () => {
    const room = admit();
    room.hold(budget - 100);
    expect(await infer()).toMatchObject({ status: 503, json: { error: /does not fit now/ } });
    room.end();
    expect((await infer()).status).toBe(200);
    expect((await server.ask('/v2/models/nobody/infer', body)).status).toBe(404);
    const left = await begin(server, 'content-length: 60000', 'x');
    await until(() => !fits(budget));
    left.socket.destroy();
    await until(() => fits(budget));
  });

  test('over gRPC: a call holds its message to its end, a stream one after another', async () => {
    const grpc = await serveGrpc(server.repository, { admit, bodyLimit: 3 * mebibyte });
    const room = admit();
    room.hold(budget - mebibyte);
    const large = codeOf(grpc.client.modelInfer(requestOf(2 ** 14)));
    expect(await large).toBe('Unavailable');
    const requests = async function* () {
      for (let sent = 0; sent < 8; sent += 1) yield await Promise.resolve(requestOf(2 ** 12));
    };
    const errors: string[] = [];
    for await (const { errorMessage } of grpc.client.modelStreamInfer(requests())) {
      errors.push(errorMessage);
    }
    expect(errors).toEqual(Array(8).fill(''));
    room.end();
    await until(() => fits(budget));
    expect(await codeOf(grpc.client.modelInfer(requestOf(2 ** 14)))).toBe('OK');
    await until(() => fits(budget));
    await grpc.close();
  });

  test('over gRPC: what needs no token has small messages, and takes no room', async () => {
    const grpc = await serveGrpc(server.repository, { admit, bodyLimit: 3 * mebibyte });
    const room = admit();
    room.hold(budget);
    const service = 'a'.repeat(4000);
    expect(await codeOf(grpc.health.check({ service }))).toBe('NotFound');
    expect(await codeOf(grpc.client.serverLive({}))).toBe('OK');
    room.end();
    for (const method of ['ServerLive', 'ServerReady']) {
      const { status } = await grpc.raw(envelope(Buffer.alloc(9), 4097), {
        ...{ method, unfinished: true },
      });
      expect(status).toBe('RESOURCE_EXHAUSTED');
    }
    await grpc.close();
  });
});

describe('the requests of a client', () => {
  const tokens = parseTokens('one:the-token-of-the-first\ntwo:the-token-of-the-other');
  const tokenOf = (who: string) => ({ authorization: `Bearer the-token-of-the-${who}` });
  const common = () => ({
    authorize: authorizeBy(() => tokens),
    admit: createAdmission({ bodyBudget: Infinity, maxRequestsPerClient: 2 }),
  });
  const begun = (server: Served, headers = '') =>
    begin(server, `${headers}content-length: ${body.length}`, body.slice(0, 9));

  test('are told to come again beyond so many, over HTTP and gRPC, by its token', async () => {
    const options = common();
    const server = await serveModels([folder.path('flows')], options);
    const grpc = await serveGrpc(server.repository, options);
    const over = async (who: string) => {
      const headers = tokenOf(who);
      const path = '/v2/models/flows/infer';
      const { status, headers: answered } = await server.ask(path, body, { headers });
      const code = await codeOf(grpc.client.modelInfer(requestOf(1), { headers }));
      return [status, answered.get('retry-after'), code];
    };
    const authorization = `authorization: ${tokenOf('first').authorization}\r\n`;
    const two = await Promise.all([1, 2].map(() => begun(server, authorization)));
    while ((await over('first'))[0] === 200);
    expect(await over('first')).toEqual([429, '1', 'ResourceExhausted']);
    expect(await over('other')).toEqual([200, null, 'OK']);
    // What is answered at once, and health, do not count.
    const headers = tokenOf('first');
    expect((await server.ask('/v2/models/flows', undefined, { headers })).status).toBe(200);
    expect(await codeOf(grpc.client.serverReady({}, { headers }))).toBe('OK');
    const [first, second] = two;
    first?.socket.destroy();
    while ((await over('first'))[0] !== 200) await after(10);
    second?.socket.write(body.slice(9));
    expect(await second?.answers(1)).toMatch(/^HTTP\/1.1 200 /);
    await grpc.close();
    await server.close();
  });

  test('count by its address where there are no tokens, streams among them', async () => {
    const { admit } = common();
    const server = await serveModels([folder.path('flows')], { admit });
    const ask = async () => (await server.ask('/v2/models/flows/infer', body)).status;
    const two = await Promise.all([1, 2].map(() => begun(server)));
    while ((await ask()) === 200);
    const stream = await connectRaw(server.url);
    stream.socket.write(upgradeTo('/models/flows/stream'));
    expect(await stream.answers(1)).toMatch(/^HTTP\/1.1 429 /);
    for (const { socket } of [...two, stream]) socket.destroy();
    while ((await ask()) !== 200) await after(10);
    await server.close();
  });
});
