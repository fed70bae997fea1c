import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import { createRandom } from '@memae/graph';
import { calibrate } from '@memae/metrics';
import { readArtifact } from '@memae/onnx';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { createFolder, trainModel } from '../testing/models.ts';
import { type Served, serveModels } from '../testing/serve.ts';
import { writeSeriesModel, writeTileModel } from '../testing/written-model.ts';
import { type Metrics, createMetrics } from './metrics.ts';
import { scoreBounds } from './score-histogram.ts';
import { authorizeBy, parseTokens } from './tokens.ts';

let folder: Awaited<ReturnType<typeof createFolder>>;
let server: Served;
let metrics: Metrics;
beforeAll(async () => {
  folder = await createFolder();
  await trainModel(folder.path('flows'), { data: 'flows' });
  await trainModel(folder.path('digits'), { data: 'strokes' });
  metrics = createMetrics({ maxBatchSize: 64, driftSeconds: 1 });
  server = await serveModels([folder.path('flows'), folder.path('digits')], {
    observers: [metrics.observer],
    prepare: (app, repository) => {
      metrics.register(app, { repository, open: false });
    },
  });
});
afterAll(async () => {
  await server.close();
  metrics.close();
  await folder.clear();
});

const random = createRandom(1);
const infer = (count: number, scale = 1, path = 'flows') =>
  server.ask(`/v2/models/${path}/infer`, {
    inputs: [
      {
        ...{ name: 'samples', shape: [count, 20], datatype: 'FP32' },
        data: Array.from({ length: count * 20 }, () => Math.fround(scale * random.normal())),
      },
    ],
  });
const scrape = async (): Promise<string> => (await fetch(`${server.url}/metrics`)).text();
const valueOf = (text: string, series: string): number =>
  Number(
    text
      .split('\n')
      .find((line) => line.startsWith(`${series} `))
      ?.split(' ')[1] ?? NaN,
  );

test('requests, batches, queues and scores are counted, by models and routes', async () => {
  await infer(3);
  await infer(5);
  await server.ask('/v2/models/flows/infer', { inputs: [] });
  const text = await scrape();
  const model = 'model="flows",version="1"';
  const route = 'method="POST",route="/v2/models/:model/infer"';
  expect(valueOf(text, `memae_http_requests_total{${route},status="200"}`)).toBe(2);
  expect(valueOf(text, `memae_http_requests_total{${route},status="400"}`)).toBe(1);
  expect(valueOf(text, `memae_http_request_seconds_count{${route}}`)).toBe(3);
  expect(valueOf(text, `memae_model_requests_total{${model},outcome="ok"}`)).toBe(2);
  expect(valueOf(text, `memae_model_samples_total{${model}}`)).toBe(8);
  expect(valueOf(text, `memae_model_batch_size_sum{${model}}`)).toBe(8);
  expect(valueOf(text, `memae_model_batch_size_bucket{le="4",${model}}`)).toBe(1);
  expect(valueOf(text, `memae_model_queue_seconds_count{${model}}`)).toBe(2);
  expect(valueOf(text, `memae_model_queue_depth{${model}}`)).toBe(0);
  expect(valueOf(text, `memae_model_loaded{model="digits",version="1"}`)).toBe(1);
  expect(valueOf(text, `memae_score_count{${model}}`)).toBe(8);
  expect(valueOf(text, 'memae_ready')).toBe(1);
  const { manifest } = await readArtifact(folder.path('flows'));
  for (const bound of scoreBounds(manifest)) {
    expect(valueOf(text, `memae_score_bucket{${model},le="${bound}"}`)).toBeGreaterThanOrEqual(0);
  }
  expect(valueOf(text, `memae_model_threshold{${model}}`)).toBe(manifest.threshold?.value);
  expect(text).toMatch(/nodejs_eventloop_lag_seconds \d/);
  expect(text).toMatch(/process_resident_memory_bytes \d/);
});

test('a client that leaves before its answer is counted so, and leaves the queue', async () => {
  const slow = createMetrics({ maxBatchSize: 64, driftSeconds: 0 });
  const delayed = await serveModels([folder.path('flows')], {
    maxQueueDelayMicroseconds: 10_000_000,
    observers: [slow.observer],
    prepare: (app, repository) => {
      slow.register(app, { repository, open: true });
    },
  });
  const inputs = [
    { name: 'samples', shape: [1, 20], datatype: 'FP32', data: Array<number>(20).fill(1) },
  ];
  const asked = delayed.ask('/v2/models/flows/infer', undefined, {
    ...{ method: 'POST', body: JSON.stringify({ inputs }) },
    signal: AbortSignal.timeout(300),
  });
  await expect(asked).rejects.toThrow();
  await after(200);
  const text = await (await fetch(`${delayed.url}/metrics`)).text();
  const route = 'method="POST",route="/v2/models/:model/infer"';
  expect(valueOf(text, `memae_http_requests_total{${route},status="499"}`)).toBe(1);
  const model = 'model="flows",version="1"';
  expect(valueOf(text, `memae_model_requests_total{${model},outcome="SERVER_CANCELLED"}`)).toBe(1);
  expect(valueOf(text, `memae_model_queue_depth{${model}}`)).toBe(0);
  await delayed.close();
  slow.close();
});

test('no words of a request become labels', async () => {
  const before = (await scrape()).split('\n').length;
  for (let i = 0; i < 30; i += 1) {
    await server.ask(`/v2/models/unknown-${i}/infer`, { inputs: [] });
    await server.ask(`/nowhere/${i}`);
    await infer(1, 1, `flows/versions/${i + 2}`);
  }
  const text = await scrape();
  expect(text).not.toMatch(/unknown-|nowhere\//);
  expect(text.split('\n').length - before).toBeLessThan(60);
});

describe('drift', () => {
  const drifted = async (): Promise<readonly number[]> => {
    const text = await scrape();
    return ['drifted', 'input_drift', 'score_drift'].map((name) =>
      valueOf(text, `memae_${name}{model="flows",version="1"}`),
    );
  };
  test('is told once what comes is another thing than training saw', async () => {
    for (let i = 0; i < 5; i += 1) await infer(50, 1000);
    await after(1500);
    const [is, inputs = 0, scores = 0] = await drifted();
    expect(is).toBe(1);
    expect(inputs).toBeGreaterThan(0.4);
    expect(scores).toBeGreaterThan(0.4);
  });
});

describe('scores are counted as they are told', () => {
  const drawn = createRandom(2);
  const grey = () => 120 * drawn.uniform();
  let telling: Served;
  let counted: Metrics;
  beforeAll(async () => {
    const loads = Array.from({ length: 400 }, () => 5 * drawn.normal());
    await writeSeriesModel(folder.path('plant'), calibrate(loads.map((load) => load ** 2)));
    const brightest = Array.from({ length: 400 }, () => Math.max(grey(), grey()));
    await writeTileModel(folder.path('tiles'), calibrate(brightest));
    counted = createMetrics({ maxBatchSize: 64, driftSeconds: 1 });
    const names = ['plant', 'tiles', 'digits'];
    telling = await serveModels(
      names.map((name) => folder.path(name)),
      {
        maxSamples: 1000,
        observers: [counted.observer],
        prepare: (app, repository) => {
          counted.register(app, { repository, open: true });
        },
      },
    );
  });
  afterAll(async () => {
    await telling.close();
    counted.close();
  });

  const figures = async (model: string) => {
    const text = await (await fetch(`${telling.url}/metrics`)).text();
    const of = (name: string) => valueOf(text, `memae_${name}{model="${model}",version="1"}`);
    return {
      samples: of('model_samples_total'),
      scores: of('score_count'),
      flagged: of('model_flagged_total'),
      drifted: of('drifted'),
    };
  };
  const score = async (path: string, body: RequestInit['body'], type?: string) => {
    const { status, json } = await telling.ask(`/models/${path}`, undefined, {
      ...{ method: 'POST', body: body ?? null },
      ...(type !== undefined && { headers: { 'content-type': type } }),
    });
    expect(status).toBe(200);
    return Number(json['flagged']);
  };
  /** Of two tiles. */
  const picture = (left: number, right: number): Promise<Buffer> =>
    sharp(
      Uint8Array.from({ length: 128 }, (_, i) => (i % 16 < 8 ? left : right)),
      { raw: { width: 16, height: 8, channels: 1 } },
    )
      .png()
      .toBuffer();

  test('of series by steps, not by windows', async () => {
    const rows = Array.from({ length: 300 }, (_, i) => `${i},${5 * drawn.normal()}\n`);
    const flagged = await score('plant/score', `at,load\n${rows.join('')}`, 'text/csv');
    expect(flagged).toBeGreaterThan(5);
    await after(1500);
    const told = { samples: 300, scores: 300, flagged, drifted: 0 };
    expect(await figures('plant')).toEqual(told);
  });

  test('of tiles by pictures, explained or not, and by frames of streams', async () => {
    const files = new FormData();
    for (let i = 0; i < 60; i += 1) {
      files.append('files', new Blob([new Uint8Array(await picture(grey(), grey()))]), `${i}.png`);
    }
    const flagged = await score('tiles/score?explain=errorMap', files);
    expect(flagged).toBeGreaterThan(5);
    await after(1500);
    const told = { samples: 60, scores: 60, flagged, drifted: 0 };
    expect(await figures('tiles')).toEqual(told);
    const stream = new WebSocket(`${telling.url.replace('http', 'ws')}/models/tiles/stream`);
    await once(stream, 'open');
    stream.send(await picture(10, 200));
    stream.send(await picture(10, 20));
    stream.send('end');
    await once(stream, 'close');
    expect(await figures('tiles')).toMatchObject({ samples: 62, scores: 62, flagged: flagged + 1 });
    const tile = { name: 'samples', shape: [1, 1, 8, 8], datatype: 'UINT8' };
    const inputs = [{ ...tile, data: Array<number>(64).fill(200) }];
    expect(await telling.ask('/v2/models/tiles/infer', { inputs })).toMatchObject({ status: 200 });
    expect(await figures('tiles')).toMatchObject({ samples: 62, scores: 62, flagged: flagged + 1 });
  });

  test('once where they are explained', async () => {
    const body = new Uint8Array(await picture(0, 200));
    await score('digits/score?explain=errorMap,memory', body, 'image/png');
    expect(await figures('digits')).toMatchObject({ samples: 1, scores: 1 });
  });
});

test('a model that is loaded again begins its histogram anew', async () => {
  await trainModel(folder.path('flows'), { data: 'flows', seed: 3 });
  await server.ask('/v2/repository/models/flows/load', {});
  await infer(4);
  expect(valueOf(await scrape(), 'memae_score_count{model="flows",version="1"}')).toBe(4);
});

test('metrics take a token where others do, unless they are open', async () => {
  const tokens = parseTokens('a-token-of-enough-letters');
  for (const open of [false, true]) {
    const own = createMetrics({ maxBatchSize: 64, driftSeconds: 0 });
    const guarded = await serveModels([folder.path('flows')], {
      authorize: authorizeBy(() => tokens),
      prepare: (app, repository) => {
        own.register(app, { repository, open });
      },
    });
    expect((await fetch(`${guarded.url}/metrics`)).status).toBe(open ? 200 : 401);
    // Who is refused is counted, too.
    expect((await fetch(`${guarded.url}/v2`)).status).toBe(401);
    const headers = { authorization: 'Bearer a-token-of-enough-letters' };
    const text = await (await fetch(`${guarded.url}/metrics`, { headers })).text();
    const refused = 'memae_http_requests_total{method="GET",route="/v2",status="401"}';
    expect(valueOf(text, refused)).toBe(1);
    await guarded.close();
    own.close();
  }
});

const python = process.env['MEMAE_PYTHON'];
const hasParser =
  python !== undefined && spawnSync(python, ['-c', 'import prometheus_client']).status === 0;

test.skipIf(!hasParser)(
  'the text is what Prometheus reads (needs a MEMAE_PYTHON with prometheus_client)',
  async () => {
    const input = await scrape();
    const script = join(import.meta.dirname, 'metrics.py');
    const { status, stdout, stderr } = spawnSync(python ?? '', [script], { input });
    expect([status, stderr.toString()]).toEqual([0, '']);
    const families = JSON.parse(stdout.toString()) as Record<
      string,
      { type: string; samples: [string, Record<string, string>, number][] }
    >;
    expect(families).toMatchObject({
      memae_http_requests: { type: 'counter' },
      memae_http_request_seconds: { type: 'histogram' },
      memae_score: { type: 'histogram' },
      memae_input_drift: { type: 'gauge' },
      nodejs_eventloop_lag_seconds: { type: 'gauge' },
    });
    const scores = families['memae_score']?.samples ?? [];
    for (const { 1: labels, 2: total } of scores.filter(([name]) => name === 'memae_score_count')) {
      const buckets = scores
        .filter(([name, each]) => name.endsWith('_bucket') && each['model'] === labels['model'])
        .map(
          ([, each, value]) => [Number(each['le']?.replace('+Inf', 'Infinity')), value] as const,
        );
      expect(buckets).toEqual([...buckets].sort((a, b) => a[0] - b[0] || a[1] - b[1]));
      expect(buckets.at(-1)).toEqual([Infinity, total]);
    }
  },
);
