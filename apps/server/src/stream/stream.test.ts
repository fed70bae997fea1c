import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { createRandom } from '@memae/graph';
import { drawStrokes } from '@memae/datasets';
import { frameSamples, openScorer, pictureSamples } from '@memae/scoring';
import { normaliseStream } from '@memae/metrics';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { clipFrames, greyFrame, writeClipModel } from '../testing/clip-model.ts';
import { createFolder, trainModel } from '../testing/models.ts';
import { type Served, serveModels } from '../testing/serve.ts';
import { writeTileModel } from '../testing/written-model.ts';
import type { StreamMessage } from './frame-scorer.ts';

let folder: Awaited<ReturnType<typeof createFolder>>;
let server: Served;

beforeAll(async () => {
  folder = await createFolder();
  await writeClipModel(folder.path('clips'));
  await writeTileModel(folder.path('tiles'));
  await trainModel(folder.path('three'), { data: 'strokes' });
  await trainModel(folder.path('flows'), { data: 'flows' });
  server = await serveModels(['clips', 'three', 'flows', 'tiles'].map((name) => folder.path(name)));
});
afterAll(async () => {
  await server.close();
  await folder.clear();
});

interface Client {
  readonly socket: WebSocket;
  readonly messages: StreamMessage[];
  /** Settles with the close code. */
  readonly closed: Promise<number>;
}

async function connect(path: string): Promise<Client> {
  const socket = new WebSocket(`${server.url.replace('http', 'ws')}/models/${path}`);
  const messages: StreamMessage[] = [];
  socket.on('message', (data: Buffer) => {
    messages.push(JSON.parse(data.toString()) as StreamMessage);
  });
  const closed = once(socket, 'close').then(([code]) => Number(code));
  await once(socket, 'open');
  return { socket, messages, closed };
}

/** What is told of a whole stream. */
async function streamed(path: string, frames: readonly Buffer[]): Promise<StreamMessage[]> {
  const { socket, messages, closed } = await connect(path);
  for (const frame of frames) socket.send(frame);
  socket.send('end');
  expect(await closed).toBe(1000);
  return messages;
}

const scored = (messages: readonly StreamMessage[]) =>
  messages.flatMap((message) => (message.type === 'frame' ? [message] : []));

/** The status that refuses a connection, and when to come again. */
async function refusal(path: string): Promise<[status: number, retryAfter: string | undefined]> {
  const socket = new WebSocket(`${server.url.replace('http', 'ws')}/models/${path}`);
  socket.on('error', () => undefined);
  const [, response] = (await once(socket, 'unexpected-response')) as [
    unknown,
    { statusCode: number; headers: Record<string, string> },
  ];
  socket.terminate();
  return [response.statusCode, response.headers['retry-after']];
}

describe('frames of a video', () => {
  test('are scored as the same frames are in a request, on the scale of the stream', async () => {
    const brightness = [10, 50, 90, 200, 30, 60, 250, 0, 40];
    const frames = await Promise.all(brightness.map(greyFrame));
    const messages = await streamed('clips/stream', frames);
    const scorer = await openScorer(folder.path('clips'));
    const { manifest } = scorer;
    const named = frames.map((bytes, i) => ({ name: String(i), bytes }));
    const expected: number[] = [];
    for await (const { scores } of scorer.score(await frameSamples(named, { manifest }))) {
      expected.push(...scores);
    }
    await scorer[Symbol.asyncDispose]();
    const told = scored(messages);
    expect(told.map(({ frame, score }) => [frame, score])).toEqual([...expected.entries()]);
    expect(told.map(({ label }) => label)).toEqual(expected.map((score) => (score > 100 ? 1 : 0)));
    const scale = normaliseStream(expected);
    told.forEach(({ normality }, i) => {
      expect(normality).toBeCloseTo(1 - (scale[i] ?? NaN), 10);
    });
    expect(messages.at(-1)).toEqual({ type: 'end', frames: frames.length });
  });

  test('come with their scores as soon as the clip around them is whole', async () => {
    const { socket, messages, closed } = await connect('clips/stream');
    const frame = await greyFrame(40);
    for (let i = 0; i < clipFrames; i += 1) socket.send(frame);
    while (scored(messages).length < clipFrames / 2) await sleep(10);
    await sleep(100);
    expect(scored(messages).length).toBeLessThan(clipFrames);
    socket.send('end');
    await closed;
    expect(scored(messages)).toHaveLength(clipFrames);
  });

  test('raise alarms with start, end and peak', async () => {
    const brightness = [...Array<number>(8).fill(20), ...Array<number>(8).fill(220)];
    const frames = await Promise.all([...brightness, ...Array<number>(20).fill(20)].map(greyFrame));
    const messages = await streamed('clips/stream?begin=2&end=3', frames);
    const flagged = scored(messages).filter(({ label }) => label === 1);
    const alarms = messages.filter(({ type }) => type === 'alarm');
    expect(alarms).toEqual([
      expect.objectContaining({ event: 'begin', start: flagged[0]?.frame }),
      {
        ...{ type: 'alarm', event: 'end' },
        start: flagged[0]?.frame,
        end: flagged.at(-1)?.frame,
        peak: flagged.find(({ score }) => score === 220)?.frame,
        score: 220,
      },
    ]);
  });

  test('that are broken are named, and the others scored', async () => {
    const frame = await greyFrame(40);
    const messages = await streamed('clips/stream', [
      frame,
      frame,
      Buffer.from('no picture'),
      frame,
    ]);
    expect(messages).toContainEqual({
      ...{ type: 'error', frame: 2 },
      error: expect.stringContaining('frame 2') as string,
    });
    expect(scored(messages).map((each) => each.frame)).toEqual([0, 1, 3]);
  });
});

test('pictures are scored each for itself, as the model does', async () => {
  const { images } = drawStrokes({ count: 5, random: createRandom(5) });
  const pictures = await Promise.all(
    Array.from({ length: 5 }, (_, i) =>
      sharp(images.data.slice(i * 784, (i + 1) * 784), {
        raw: { width: 28, height: 28, channels: 1 },
      })
        .png()
        .toBuffer(),
    ),
  );
  const scorer = await openScorer(folder.path('three'));
  const named = pictures.map((bytes, i) => ({ name: String(i), bytes }));
  const samples = await pictureSamples(named, { manifest: scorer.manifest });
  const expected: number[] = [];
  for await (const { scores } of scorer.score(samples)) expected.push(...scores);
  await scorer[Symbol.asyncDispose]();
  scored(await streamed('three/stream', pictures)).forEach(({ score }, i) => {
    expect(score / (expected[i] ?? NaN)).toBeCloseTo(1, 6);
  });
});

test('frames of a model of tiles are cut as pictures are, of whatever size', async () => {
  const frame = (width: number) =>
    sharp({ create: { width, height: 8, channels: 3, background: { r: 10, g: 10, b: 10 } } })
      .composite([
        {
          input: { create: { width: 8, height: 8, channels: 3, background: 'white' } },
          left: width - 8,
          top: 0,
        },
      ])
      .png()
      .toBuffer();
  const told = scored(await streamed('tiles/stream', await Promise.all([16, 24, 8].map(frame))));
  expect(told).toMatchObject([0, 1, 2].map((index) => ({ frame: index, score: 255, label: 1 })));
});

describe('clients', () => {
  test('that do not read are not read from, lose nothing, and hold up nobody', async () => {
    const frame = await greyFrame(40);
    const count = 3000;
    // Large frames, so that what waits shows: comments that decoders pass over.
    const large = Buffer.concat([frame, Buffer.alloc(100_000)]);
    const slow = await connect('three/stream');
    slow.socket.pause();
    for (let i = 0; i < count; i += 1) slow.socket.send(large);
    slow.socket.send('end');
    const others = await streamed('clips/stream', Array<Buffer>(20).fill(frame));
    expect(scored(others)).toHaveLength(20);
    expect(slow.socket.bufferedAmount).toBeGreaterThan(2 ** 24);
    slow.socket.resume();
    expect(await slow.closed).toBe(1000);
    expect(scored(slow.messages).map((each) => each.frame)).toEqual([...Array(count).keys()]);
  });

  test('are told what was wrong with what they sent', async () => {
    const text = await connect('clips/stream');
    text.socket.send('hello');
    expect(await text.closed).toBe(1003);
    const large = await connect('clips/stream');
    large.socket.send(Buffer.alloc(2 ** 22 + 1));
    expect(await large.closed).toBe(1009);
    expect(await refusal('nine/stream')).toEqual([404, undefined]);
    expect(await refusal('flows/stream')).toEqual([400, undefined]);
    expect(await refusal('clips/stream?begin=0')).toEqual([400, undefined]);
    expect((await fetch(`${server.url}/models/clips/stream`)).status).toBe(426);
  });

  test('are no more than are allowed', async () => {
    const some = await Promise.all(Array.from({ length: 4 }, () => connect('clips/stream')));
    expect(await refusal('clips/stream')).toEqual([503, '1']);
    for (const { socket } of some) socket.close();
    await Promise.all(some.map(({ closed }) => closed));
    await streamed('clips/stream', [await greyFrame(1)]);
  });

  test('are told when their model is another, and when the server goes', async () => {
    const changed = await connect('three/stream');
    await trainModel(folder.path('three'), { data: 'strokes', seed: 2 });
    await server.repository.load('three');
    changed.socket.send(await greyFrame(40));
    expect(await changed.closed).toBe(1012);
    const other = await serveModels([folder.path('clips')]);
    const socket = new WebSocket(`${other.url.replace('http', 'ws')}/models/clips/stream`);
    await once(socket, 'open');
    const closed = once(socket, 'close');
    await other.close();
    expect((await closed)[0]).toBe(1001);
  });
});
