// Traces as a collector gets them: a small one that takes OTLP over HTTP and decodes it.

import { createServer } from 'node:http';
import { json } from 'node:stream/consumers';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createFolder, trainModel } from '../testing/models.ts';
import { serveGrpc } from '../testing/serve-grpc.ts';
import { type Served, serveModels } from '../testing/serve.ts';
import { createTracing, wantsTraces } from './tracing.ts';

interface Span {
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly kind: number;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly status: { readonly code?: number };
  readonly attributes: readonly { readonly key: string; readonly value: object }[];
}
interface Export {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: Span['attributes'] };
    readonly scopeSpans: readonly { readonly spans: readonly Span[] }[];
  }[];
}

const exports: Export[] = [];
const paths = new Set<string | undefined>();
const collector = createServer((request, response) => {
  paths.add(request.url);
  void json(request).then((body) => {
    exports.push(body as Export);
    response.setHeader('content-type', 'application/json').end('{}');
  });
});
let folder: Awaited<ReturnType<typeof createFolder>>;
let tracing: Awaited<ReturnType<typeof createTracing>>;
let server: Served;
beforeAll(async () => {
  folder = await createFolder();
  await trainModel(folder.path('flows'), { data: 'flows' });
  await new Promise<void>((resolve) => collector.listen(0, '127.0.0.1', resolve));
  const { port } = collector.address() as AddressInfo;
  tracing = await createTracing({
    ...{ endpoint: `http://127.0.0.1:${port}/`, version: '1.2.3' },
    now: () => 1000 * Math.floor(Date.now() / 1000), // much coarser than a request takes
    clock: () => performance.now(),
  });
  server = await serveModels([folder.path('flows')], {
    observers: [tracing.observer],
    prepare: (app) => {
      tracing.register(app);
    },
  });
});
afterAll(async () => {
  collector.close();
  await folder.clear();
});

const attributesOf = ({ attributes }: Pick<Span, 'attributes'>): Record<string, unknown> =>
  Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]));

test('a request is a span that goes on from its caller’s, with spans of its queue and its computing', async () => {
  const [trace, caller] = ['0af7651916cd43dd8448eb211c80319c', 'b7ad6b7169203331'];
  const inputs = [
    { name: 'samples', shape: [2, 20], datatype: 'FP32', data: Array<number>(40).fill(1) },
  ];
  const headers = { traceparent: `00-${trace}-${caller}-01`, 'x-request-id': 'traced' };
  const body = JSON.stringify({ inputs });
  await server.ask('/v2/models/flows/infer', body, { headers });
  await server.ask('/v2/models/flows/infer', body);
  await server.ask('/v2/models/nobody/infer', body, { headers: { traceparent: 'nonsense' } });
  await server.ask('/v2/health/ready');
  const grpc = await serveGrpc(server.repository, { watch: tracing.watch });
  const rawInputContents = [new Uint8Array(160)];
  const tensors = [{ name: 'samples', shape: [2n, 20n], datatype: 'FP32' }];
  await grpc.client.modelInfer(
    { modelName: 'flows', inputs: tensors, rawInputContents },
    { headers },
  );
  await grpc.client.serverReady({});
  await grpc.close();
  await server.close();
  await tracing.close();

  expect([...paths]).toEqual(['/v1/traces']);
  const [first] = exports.flatMap(({ resourceSpans }) => resourceSpans);
  expect(attributesOf(first?.resource ?? { attributes: [] })).toMatchObject({
    'service.name': 'memae',
    'service.version': '1.2.3',
  });
  const spans = exports
    .flatMap(({ resourceSpans }) => resourceSpans)
    .flatMap(({ scopeSpans }) => scopeSpans)
    .flatMap((scope) => scope.spans);
  const requests = spans.filter(({ kind }) => kind === 2);
  expect(requests.map(({ name }) => name)).toEqual([
    ...Array<string>(3).fill('POST /v2/models/:model/infer'),
    'inference.GRPCInferenceService/ModelInfer',
  ]);
  const [continued, begun, refused, called] = requests;
  expect(called).toMatchObject({ traceId: trace, parentSpanId: caller });
  expect(attributesOf(called ?? { attributes: [] })).toMatchObject({
    ...{ 'rpc.system': 'grpc', 'rpc.response.status_code': 'OK', 'http.request.id': 'traced' },
  });
  expect(continued).toMatchObject({ traceId: trace, parentSpanId: caller });
  expect(attributesOf(continued ?? { attributes: [] })).toMatchObject({
    'http.response.status_code': 200,
    'http.request.id': 'traced',
  });
  expect(begun?.traceId).not.toBe(trace);
  expect(refused?.parentSpanId ?? '').toBe('');
  for (const request of [continued, begun, called]) {
    const children = spans.filter(({ parentSpanId }) => parentSpanId === request?.spanId);
    expect(children.map(({ name }) => name)).toEqual(['queue', 'compute']);
    const [queue, compute] = children;
    expect(attributesOf(compute ?? { attributes: [] })).toMatchObject({
      'memae.model.name': 'flows',
      'memae.model.version': '1',
      'memae.samples': 2,
    });
    const times = [
      request?.startTimeUnixNano,
      queue?.startTimeUnixNano,
      compute?.startTimeUnixNano,
      compute?.endTimeUnixNano,
      request?.endTimeUnixNano,
    ].map((time) => BigInt(time ?? 0));
    expect(times).toEqual([...times].sort((a, b) => Number(a - b)));
  }
});

test.each([
  [{}, false],
  [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://x:4318' }, true],
  [{ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://x:4318/v1/traces' }, true],
  [{ OTEL_EXPORTER_OTLP_ENDPOINT: '' }, false],
  [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://x', OTEL_TRACES_EXPORTER: 'none' }, false],
  [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://x', OTEL_SDK_DISABLED: 'true' }, false],
])('%j wants traces: %s', (env, wanted) => {
  expect(wantsTraces(env)).toBe(wanted);
});
