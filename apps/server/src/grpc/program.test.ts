// gRPC as the program serves it beside HTTP: its end, its figures and logs, TLS.

import { readFile, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { setTimeout as after } from 'node:timers/promises';
import { create } from '@bufbuild/protobuf';
import { Code, type ConnectError, createClient } from '@connectrpc/connect';
import { createGrpcTransport } from '@connectrpc/connect-node';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { certify, hasOpenssl } from '../testing/certify.ts';
import { createFolder, trainModel } from '../testing/models.ts';
import { startProgram } from '../testing/program.ts';
import { GRPCInferenceService, ModelInferRequestSchema } from './generated/inference_pb.js';

let folder: Awaited<ReturnType<typeof createFolder>>;
beforeAll(async () => {
  folder = await createFolder();
  await trainModel(folder.path('flows'), { data: 'flows' });
});
afterAll(() => folder.clear());

const start = (...args: readonly string[]) =>
  startProgram(folder.path(), {
    args: ['flows', '--port', '0', '--grpc-port', '0', ...args],
  });
const clientOf = (baseUrl: string, ca?: Buffer) =>
  createClient(
    GRPCInferenceService,
    createGrpcTransport({ baseUrl, ...(ca && { nodeOptions: { ca } }) }),
  );
const request = create(ModelInferRequestSchema, {
  modelName: 'flows',
  inputs: [{ name: 'samples', shape: [8n, 20n], datatype: 'FP32' }],
  rawInputContents: [new Uint8Array(640)],
});
const codeOf = (call: Promise<unknown>): Promise<string> =>
  call.then(
    () => 'OK',
    (error: unknown) => {
      const { code, rawMessage } = error as ConnectError;
      // A call that crossed the server's farewell and was not begun: of gRPC's clients this one alone calls it internal.
      return rawMessage.includes('REFUSED_STREAM') ? 'Unavailable' : Code[code];
    },
  );

test('under load it ends in order: not ready first, what runs is answered, streams are told', async () => {
  const program = start('--shutdown-delay-seconds', '1', '--shutdown-timeout-seconds', '5');
  const client = clientOf(await program.grpcUrl());
  const codes: string[] = [];
  let over = false;
  const load = Array.from({ length: 8 }, async () => {
    while (!over) codes.push(await codeOf(client.modelInfer(request)));
  });
  let streamed = 0;
  const stream = codeOf(
    (async () => {
      const requests = (async function* () {
        yield request;
        // No second one comes until it has ended.
        await program.ended;
      })();
      for await (const { errorMessage } of client.modelStreamInfer(requests)) {
        expect(errorMessage).toBe('');
        streamed += 1;
      }
    })(),
  );
  while (codes.length < 50 || streamed === 0) await after(10);
  const asked = performance.now();
  program.kill('SIGTERM');
  while ((await client.serverReady({})).ready) await after(5);
  const { status, signal } = await program.ended;
  over = true;
  expect([status, signal]).toEqual([0, null]);
  expect(performance.now() - asked).toBeLessThan(6000);
  expect(await stream).toBe('Unavailable');
  await Promise.all(load);
  // All were answered while it took them; then there was nobody to ask.
  expect(new Set(codes.slice(0, codes.indexOf('Unavailable')))).toEqual(new Set(['OK']));
  expect(new Set(codes)).toEqual(new Set(['OK', 'Unavailable']));
});

test('connections on which nothing goes on do not hold the end, whether or not they hang up', async () => {
  const program = start();
  const url = await program.grpcUrl();
  const connections = ['', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'].map((greeting) => {
    const { hostname: host, port } = new URL(url);
    const socket = connect({ host, port: Number(port), allowHalfOpen: true });
    socket.on('error', () => undefined).write(greeting);
    return socket;
  });
  // Taken only once the server has them: a call after them is answered.
  expect(await codeOf(clientOf(url).modelInfer(request))).toBe('OK');
  const asked = performance.now();
  program.kill('SIGTERM');
  expect(await program.ended).toMatchObject({ status: 0, signal: null });
  expect(performance.now() - asked).toBeLessThan(5000);
  for (const socket of connections) socket.destroy();
});

test('its calls are in logs and metrics, by ids, methods and statuses; a port that is taken is named', async () => {
  const program = start('--metrics', 'all');
  const client = clientOf(await program.grpcUrl());
  await client.modelInfer(request, { headers: { 'x-request-id': 'job-17' } });
  expect(await codeOf(client.modelInfer({ ...request, modelName: 'nobody' }))).toBe('NotFound');
  const metrics = await (await fetch(`${await program.url()}/metrics`)).text();
  const method = 'method="inference.GRPCInferenceService/ModelInfer"';
  expect(metrics).toContain(`memae_grpc_requests_total{${method},status="OK"} 1`);
  expect(metrics).toContain(`memae_grpc_requests_total{${method},status="NOT_FOUND"} 1`);
  expect(metrics).toContain(`memae_grpc_request_seconds_count{${method}} 2`);
  expect(metrics).toContain('memae_model_samples_total{model="flows",version="1"} 8');
  const lines = program
    .said()
    .split('\n')
    .filter((line) => line.includes('"reqId":"job-17"'));
  expect(lines.map((line) => JSON.parse(line) as unknown)).toMatchObject([
    { req: { path: '/inference.GRPCInferenceService/ModelInfer' }, msg: 'incoming request' },
    { grpc: 'OK', responseTime: expect.any(Number) as number, msg: 'request completed' },
  ]);
  expect(lines.join()).not.toContain('127.0.0.1');

  const { port } = new URL(await program.grpcUrl());
  const { status, stderr } = await start('--grpc-port', port).ended;
  expect([status, stderr]).toEqual([
    1,
    expect.stringMatching(/SERVER_CANNOT_LISTEN: .*EADDRINUSE.* Name another --grpc-port/),
  ]);
});

describe.skipIf(!hasOpenssl)('TLS (needs openssl)', () => {
  test('and tokens are those of HTTP, each read again', async () => {
    const files = { cert: folder.path('server.pem'), key: folder.path('server.key') };
    const token = 'a-token-of-enough-letters';
    await writeFile(folder.path('tokens.txt'), token);
    certify('one', files);
    const tls = ['--certificate', 'server.pem', '--key', 'server.key'];
    const program = start(...tls, '--tokens', 'tokens.txt');
    const url = await program.grpcUrl();
    expect(url).toMatch(/^https:/);
    const ask = async (ca: Buffer, headers = { authorization: `Bearer ${token}` }) =>
      codeOf(clientOf(url, ca).modelInfer(request, { headers }));
    const one = await readFile(files.cert);
    expect(await ask(one)).toBe('OK');
    expect(await ask(one, { authorization: 'Bearer another' })).toBe('Unauthenticated');
    expect(await codeOf(clientOf(url, one).serverReady({}))).toBe('OK');
    certify('two', files);
    const two = await readFile(files.cert);
    // At once; the files are looked at every five seconds besides.
    program.kill('SIGHUP');
    while ((await ask(two)) !== 'OK') await after(50);
    expect(await ask(one)).not.toBe('OK');
  });
});
