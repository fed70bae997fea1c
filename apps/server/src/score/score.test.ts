import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { drawStrokes, flows } from '@memae/datasets';
import { cast, createRandom, defineProgram, input, mean, square } from '@memae/graph';
import { encodeOnnx, writeArtifact } from '@memae/onnx';
import { type Judged, judge, judgementOf, openScorer, pictureSamples } from '@memae/scoring';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createFolder, trainModel } from '../testing/models.ts';
import { connectRaw } from '../testing/raw.ts';
import { type Served, serveModels } from '../testing/serve.ts';
import { writeSeriesModel, writeTileModel } from '../testing/written-model.ts';

let folder: Awaited<ReturnType<typeof createFolder>>;
let server: Served;
let digits: { readonly name: string; readonly bytes: Buffer }[];

beforeAll(async () => {
  folder = await createFolder();
  await trainModel(folder.path('three'), { data: 'strokes' });
  await trainModel(folder.path('flows'), { data: 'flows' });
  await writeClipModel(folder.path('clips'));
  await writeTileModel(folder.path('tiles'));
  await writeSeriesModel(folder.path('plant'));
  server = await serveModels(
    ['three', 'flows', 'clips', 'tiles', 'plant'].map((name) => folder.path(name)),
    {
      maxBatchSize: 4,
    },
  );
  const { images } = drawStrokes({ count: 6, random: createRandom(5) });
  digits = await Promise.all(
    Array.from({ length: 6 }, async (_, i) => ({
      name: `${i}.png`,
      bytes: await png(images.data.subarray(i * 784, (i + 1) * 784), 28, 28),
    })),
  );
});
afterAll(async () => {
  await server.close();
  await folder.clear();
});

const png = (data: Uint8Array, width: number, height: number): Promise<Buffer> =>
  sharp(data, { raw: { width, height, channels: 1 } })
    .png()
    .toBuffer();

/** A model of clips that scores how bright they are. */
async function writeClipModel(path: string): Promise<void> {
  const clips = input('samples', ['batch', 1, 4, 8, 8], 'uint8');
  const program = defineProgram({
    score: mean(square(cast(clips, 'float32')), { axes: [1, 2, 3, 4] }),
  });
  await writeArtifact(path, {
    model: encodeOnnx(program),
    manifest: {
      ...{ library: '0.0.0', createdBy: 'a test', method: 'bright', options: {}, seed: 1 },
      data: { name: 'none', fingerprint: '0'.repeat(64), samples: 0 },
      input: { name: 'samples', dtype: 'uint8', dims: ['batch', 1, 4, 8, 8] },
      preparation: { kind: 'clips', dilation: 1 },
      outputs: { score: { dtype: 'float32', dims: ['batch'] } },
      ...{ threshold: null, normaliser: null },
    },
  });
}

interface Report {
  readonly samples: number;
  readonly flagged: number | null;
  readonly threshold: number | null;
  readonly scores: readonly {
    readonly key: string;
    readonly score: number;
    readonly label: number | null;
  }[];
  readonly error?: string;
}

async function score(path: string, body: RequestInit['body'], type?: string) {
  const response = await fetch(`${server.url}/models/${path}`, {
    method: 'POST',
    body: body ?? null,
    ...(type !== undefined && { headers: { 'content-type': type } }),
  });
  return { status: response.status, report: (await response.json()) as Report };
}

function form(files: readonly { readonly name: string; readonly bytes: Uint8Array }[]): FormData {
  const data = new FormData();
  for (const { name, bytes } of files)
    data.append('files', new Blob([new Uint8Array(bytes)]), name);
  return data;
}

describe('pictures', () => {
  test('are scored as without a server, by the threshold that is asked for', async () => {
    const scorer = await openScorer(folder.path('three'), { threads: 1 });
    for (const wish of [
      {},
      { sensitivity: 0.9 },
      { thresholdRule: 'conformal' as const, falseAlarms: 0.2 },
    ]) {
      const judgement = judgementOf(scorer.manifest, wish);
      const expected: Judged[] = [];
      for await (const scored of scorer.score(
        await pictureSamples(digits, { manifest: scorer.manifest }),
      )) {
        expected.push(judge(scored, judgement));
      }
      const query = new URLSearchParams(
        Object.entries<unknown>(wish).map(([name, value]): [string, string] => [
          name,
          String(value),
        ]),
      );
      const { status, report } = await score(`three/score?${query.toString()}`, form(digits));
      expect(status).toBe(200);
      expect(report).toMatchObject({ model: 'three', version: '1', samples: 6 });
      expect(report.threshold).toBeCloseTo(judgement.decision?.threshold ?? NaN, 4);
      expect(report.scores.map(({ key }) => key)).toEqual(digits.map(({ name }) => name));
      expect(report.scores.map(({ label }) => label)).toEqual([...(expected[0]?.labels ?? [])]);
      report.scores.forEach(({ score: value }, i) => {
        expect(value / (expected[0]?.scores[i] ?? NaN)).toBeCloseTo(1, 6);
      });
      expect('pValue' in (report.scores[0] ?? {})).toBe('thresholdRule' in wish);
    }
    await scorer[Symbol.asyncDispose]();
  });

  test('come alone, too, and of any size', async () => {
    const [first] = digits;
    const { report } = await score('three/score', new Uint8Array(first?.bytes ?? []), 'image/png');
    expect(report.scores).toMatchObject([{ key: 'body' }]);
    const large = await png(new Uint8Array(100 * 50).fill(9), 100, 50);
    expect(await score('three/score', new Uint8Array(large), 'image/png')).toMatchObject({
      status: 200,
    });
  });

  test.each([
    ['nothing', (): string => '', 400, /Nothing came/],
    ['what is no picture', (): string => 'a,b\n1,2\n', 400, /body/],
    [
      'one that unpacks to more than can be',
      (): Promise<Buffer> => png(new Uint8Array(9000 * 9000), 9000, 9000),
      413,
      /9000×9000 pixels/,
    ],
    ['half of one', (): Buffer => (digits[0]?.bytes ?? Buffer.of()).subarray(0, 90), 400, /body/],
    [
      'one too large',
      (): Promise<Buffer> => png(new Uint8Array(1001 * 1000), 1001, 1000),
      413,
      /1000×1001 pixels/,
    ],
  ] as const)('%s: refused', async (_name, body, status, error) => {
    const answer = await score(
      'three/score',
      new Uint8Array(Buffer.from(await body())),
      'image/png',
    );
    expect(answer).toMatchObject({
      status,
      report: { error: expect.stringMatching(error) as string },
    });
  });

  test('more than are taken, and what is no option, are refused', async () => {
    const many = Array.from({ length: 101 }, (_, i) => ({
      name: `${i}`,
      bytes: digits[0]?.bytes ?? Buffer.of(),
    }));
    expect((await score('three/score', form(many))).status).toBe(413);
    expect((await score('three/score?sensitivity=2', form(digits))).status).toBe(400);
    expect((await score('three/score?threshold=2', form(digits))).status).toBe(400);
    expect((await score('nine/score', form(digits))).status).toBe(404);
  });
});

test('what is no multipart, and fields that are no files, are refused', async () => {
  const broken = await score('three/score', 'x', 'multipart/form-data');
  expect(broken).toMatchObject({
    status: 400,
    report: { error: expect.stringMatching(/no multipart.*Boundary/) as string },
  });
  const cut = await score('three/score', '--x\r\nContent-D', 'multipart/form-data; boundary=x');
  expect(cut.status, cut.report.error).toBe(400);
  const fields = new FormData();
  fields.append('sensitivity', '0.7');
  expect(await score('three/score', fields)).toMatchObject({
    status: 400,
    report: { error: expect.stringMatching(/no file.*query/) as string },
  });
});

describe('a form beyond the limit of a body, though its files are not', () => {
  const limit = 2 ** 22;
  const head =
    'POST /models/three/score HTTP/1.1\r\nhost: x\r\n' +
    'content-type: multipart/form-data; boundary=b\r\n';

  test('is refused by its length before it comes', async () => {
    const { socket, ended, received } = await connectRaw(server.url);
    socket.write(`${head}content-length: ${limit + 1}\r\n\r\n--b`);
    await ended;
    expect(received()).toMatch(/^HTTP\/1.1 413 .*"The body has more than 4194304 bytes/s);
  });

  test('is refused, where it does not tell its length, once more has come', async () => {
    const { socket, ended, received } = await connectRaw(server.url);
    socket.write(`${head}transfer-encoding: chunked\r\n\r\n`);
    const preamble = `10000\r\n${'a'.repeat(2 ** 16)}\r\n`;
    for (let sent = 0; sent <= limit; sent += 2 ** 16) socket.write(preamble);
    await ended;
    expect(received()).toMatch(/^HTTP\/1.1 413 .*"The body has more than 4194304 bytes/s);
  });
});

test('what is not scored in time is told to come again', async () => {
  const slow = await serveModels([folder.path('three')], {
    ...{ timeout: 200, maxQueueDelayMicroseconds: 10_000_000 },
  });
  const { status, headers, json } = await slow.ask('/models/three/score', '', {
    ...{ body: new Uint8Array(digits[0]?.bytes ?? []), headers: { 'content-type': 'image/png' } },
  });
  expect([status, headers.get('retry-after')]).toEqual([503, '1']);
  expect(json).toEqual({ error: expect.stringMatching(/no answer .*Try again later/) as string });
  await slow.close();
});

describe('pictures of a model of tiles', () => {
  const half = async (width: number, height: number) => ({
    name: `${width}.png`,
    bytes: await png(
      Uint8Array.from({ length: width * height }, (_, i) => (i % width < 8 ? 10 : 200)),
      ...([width, height] as const),
    ),
  });

  test('score as their brightest tile, one each, of any size', async () => {
    const files = [await half(16, 8), await half(8, 24), await half(24, 16)];
    const { status, report } = await score('tiles/score?explain=sample,errorMap', form(files));
    expect(status, report.error).toBe(200);
    expect(report.scores).toMatchObject([
      { key: '16.png', score: 200, label: 1 },
      { key: '8.png', score: 10, label: 0 },
      { key: '24.png', score: 200, label: 1 },
    ]);
    const explained = report.scores as unknown as { explanation: { errorMap: string } }[];
    const sizes = await Promise.all(
      explained.map(async ({ explanation: { errorMap } }) => {
        const { width, height } = await sharp(Buffer.from(errorMap, 'base64')).metadata();
        return [width, height];
      }),
    );
    expect(sizes).toEqual([
      [16, 8],
      [8, 24],
      [24, 16],
    ]);
  });
});

test('rows of a series are scored step by step, in the order of time', async () => {
  const csv = 'at,load\n3,1\n1,2\n2,20\n4,3\n5,0\n6,11\n';
  const { status, report } = await score('plant/score?explain=contributions', csv, 'text/csv');
  expect(status, report.error).toBe(200);
  expect(report.scores.map(({ key, label }) => [key, label])).toEqual([
    ['body/1', 0],
    ['body/2', 1],
    ['body/3', 0],
    ['body/4', 0],
    ['body/5', 0],
    ['body/6', 1],
  ]);
  report.scores.forEach((step, i) => {
    expect(step.score).toBeCloseTo([4, 400, 1, 9, 0, 121][i] ?? NaN, 3);
  });
  const lines = '{"at":1,"load":1}\n{"at":2,"load":2}\n';
  expect(await score('plant/score', lines, 'application/x-ndjson')).toMatchObject({
    status: 400,
    report: { error: expect.stringMatching(/windows of 4 rows, but there are 2/) as string },
  });
  const garbage = await score('plant/score', new Uint8Array([137, 80, 200, 10, 0]), 'text/csv');
  expect(garbage.status).toBe(400);
  expect(garbage.report.error).not.toContain('memae-file');
});

test('scores are explained by the parts that are asked for', async () => {
  const parts = 'errorMap,reconstruction,memory,contributions';
  const { status, report } = await score(`three/score?explain=${parts}`, form(digits));
  expect(status, report.error).toBe(200);
  const { explanation } = report.scores[1] as unknown as { explanation: Record<string, unknown> };
  expect(Object.keys(explanation)).toEqual(['errorMap', 'reconstruction', 'memory']);
  const { width, height } = await sharp(
    Buffer.from(String(explanation['errorMap']), 'base64'),
  ).metadata();
  expect([width, height]).toEqual([28, 28]);
  expect(explanation['memory']).toContainEqual({
    item: expect.any(Number) as number,
    weight: expect.any(Number) as number,
  });
  const response = await fetch(`${server.url}/models/three/score?explain=reconstruction`, {
    method: 'POST',
    headers: { 'content-type': 'image/png', accept: 'image/png' },
    body: new Uint8Array(digits[1]?.bytes ?? []),
  });
  expect(response.headers.get('content-type')).toBe('image/png');
  expect(Buffer.from(await response.arrayBuffer()).toString('base64').length).toBeGreaterThan(100);
  expect(await score('three/score?explain=all', form(digits))).toMatchObject({
    status: 400,
    report: { error: expect.stringContaining('errorMap, reconstruction') as string },
  });
});

test('rows are found by their columns, as CSV or JSON lines', async () => {
  const { table } = flows();
  const manifest = JSON.parse(readFileSync(folder.path('flows', 'manifest.json'), 'utf8')) as {
    preparation: { columns: { name: string; kind: string }[] };
  };
  const { columns } = manifest.preparation;
  expect(table.columns.length).toBeGreaterThan(0);
  const row = columns.map(({ kind }, i) => (kind === 'continuous' ? i + 1 : 'tcp'));
  const csv = `${columns.map(({ name }) => name).join(',')}\n${row.join(',')}\n${row.join(',')}\n`;
  const rows = await score('flows/score', csv, 'text/csv');
  expect(rows).toMatchObject({ status: 200, report: { samples: 2 } });
  const line = JSON.stringify(Object.fromEntries(columns.map(({ name }, i) => [name, row[i]])));
  const lines = await score('flows/score', `${line}\n${line}\n`, 'application/x-ndjson');
  expect(lines.report.scores.map((each) => each.score)).toEqual(
    rows.report.scores.map((each) => each.score),
  );
  const why = await score('flows/score?explain=contributions', csv, 'text/csv');
  expect(why.report.scores[0]).toMatchObject({
    explanation: {
      contributions: expect.arrayContaining([
        expect.objectContaining({ name: columns[0]?.name }),
      ]) as unknown,
    },
  });
  expect(await score('flows/score', 'a,b\n1,2\n', 'text/csv')).toMatchObject({ status: 400 });
  expect(await score('flows/score', form(digits))).toMatchObject({ status: 400 });
});

describe('videos', () => {
  test('come as frames in their order', async () => {
    const frames = await Promise.all(
      [10, 20, 30, 40, 50].map(async (grey) => ({
        name: `${grey}.png`,
        bytes: await png(new Uint8Array(64).fill(grey), 8, 8),
      })),
    );
    const { report } = await score('clips/score', form(frames));
    expect(report).toMatchObject({ samples: 5, flagged: null, threshold: null });
    expect(report.scores[2]).toMatchObject({
      key: '30.png',
      score: (10 ** 2 + 20 ** 2 + 30 ** 2 + 40 ** 2) / 4,
      label: null,
    });
  });

  const ffmpeg = ((): boolean => {
    try {
      execFileSync('ffmpeg', ['-version'], { stdio: 'ignore' });
      return true;
    } catch {
      return false;
    }
  })();
  test.skipIf(!ffmpeg)('come as a film (needs ffmpeg)', async () => {
    const film = folder.path('walk.mp4');
    execFileSync('ffmpeg', [
      ...['-v', 'error', '-f', 'lavfi', '-i', 'testsrc=size=32x32:rate=10:duration=1'],
      ...['-c:v', 'mpeg4', film],
    ]);
    const { status, report } = await score(
      'clips/score',
      new Uint8Array(readFileSync(film)),
      'video/mp4',
    );
    expect(status).toBe(200);
    expect(report.scores.map(({ key }) => key)).toEqual(
      Array.from({ length: 10 }, (_, i) => `body/${i}`),
    );
    const broken = await score('clips/score', 'no film', 'video/mp4');
    expect(broken.status).toBe(400);
    expect(broken.report.error).toMatch(/^body: reading it by ffmpeg failed: /);
    expect(broken.report.error).not.toContain('film.mp4');
  });
});
