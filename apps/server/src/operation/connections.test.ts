import { setTimeout as after } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createFolder, trainModel } from '../testing/models.ts';
import { type Raw, connectRaw } from '../testing/raw.ts';
import { type Served, serveModels } from '../testing/serve.ts';

let folder: Awaited<ReturnType<typeof createFolder>>;
let server: Served;
beforeAll(async () => {
  folder = await createFolder();
  await trainModel(folder.path('flows'), { data: 'flows' });
  server = await serveModels([folder.path('flows')], {
    receiveTimeout: 1500,
    maxConnections: 1100,
  });
});
afterAll(async () => {
  await server.close();
  await folder.clear();
});

const inputs = [
  { name: 'samples', shape: [1, 20], datatype: 'FP32', data: Array<number>(20).fill(1) },
];
const body = JSON.stringify({ inputs });
const infer = `POST /v2/models/flows/infer HTTP/1.1\r\nhost: x\r\ncontent-length: ${body.length}\r\n\r\n`;

/** Others are answered meanwhile, each soon. */
async function serves(): Promise<void> {
  const { status } = await server.ask('/v2/models/flows/infer', { inputs });
  expect(status).toBe(200);
}

/** A byte at a time, until the connection is cut. */
async function drip({ socket, ended }: Raw, text: string): Promise<number> {
  for (let i = 0; !socket.destroyed; i += 1) {
    socket.write(text[i % text.length] ?? '');
    await Promise.race([after(50), ended]);
  }
  return ended;
}

describe('slow ones', () => {
  test('are cut in their headers and in their bodies, while others are served', async () => {
    const [headers, bodies, silent] = [
      await connectRaw(server.url),
      await connectRaw(server.url),
      await connectRaw(server.url),
    ];
    bodies.socket.write(infer.replace(/content-length: \d+/, 'content-length: 100000'));
    headers.socket.write('GET /v2 HTTP/1.1\r\nhost: x\r\n');
    const all = Promise.all([drip(headers, 'x-a: b\r\n'), drip(bodies, ' '), silent.ended]);
    for (let i = 0; i < 20; i += 1) {
      await serves();
      await after(50);
    }
    const [ofHeaders, ofBodies, ofSilent] = await all;
    for (const cut of [ofHeaders, ofBodies, ofSilent]) {
      expect(cut).toBeGreaterThan(1000);
      expect(cut).toBeLessThan(6000);
    }
    for (const { received } of [headers, bodies]) {
      expect(received()).toMatch(
        /^HTTP\/1.1 408 .*\{"error":"The request did not come in time."\}$/s,
      );
    }
  });
});

describe('a long answer', () => {
  const answer = Buffer.alloc(32 * 2 ** 20, 'a');
  const ask = async (): Promise<{ readonly slow: Served; readonly reader: Raw }> => {
    const slow = await serveModels([folder.path('flows')], {
      receiveTimeout: 1500,
      prepare: (app) => app.get('/long', () => answer),
    });
    const reader = await connectRaw(slow.url);
    reader.socket.pause();
    reader.socket.write('GET /long HTTP/1.1\r\nhost: x\r\n\r\n');
    return { slow, reader };
  };

  test('is given whole to a client that still reads it when the server ends', async () => {
    const { slow, reader } = await ask();
    await after(500);
    const closed = slow.close();
    await after(500);
    reader.socket.resume();
    await reader.ended;
    await closed;
    expect(reader.received().split('\r\n\r\n')[1]).toHaveLength(answer.length);
  });

  test('is not kept for a client that does not read it', async () => {
    const { slow, reader } = await ask();
    const connections = promisify(slow.app.server.getConnections.bind(slow.app.server));
    await after(500);
    expect(await connections()).toBe(1);
    await expect.poll(() => connections(), { timeout: 10_000 }).toBe(0);
    reader.socket.destroy();
    await slow.close();
  });
});

test('a client that ends its half of a connection has left: the other half is ended, too', async () => {
  const { socket, ended } = await connectRaw(server.url);
  socket.end(infer.replace(/content-length: \d+/, 'content-length: 100000') + body);
  expect(await ended).toBeLessThan(1000);
  const idle = await connectRaw(server.url);
  idle.socket.end();
  expect(await idle.ended).toBeLessThan(1000);
});

test('a client that goes in the midst of its request leaves nothing behind', async () => {
  for (let i = 0; i < 50; i += 1) {
    const { socket } = await connectRaw(server.url);
    socket.write(infer + body.slice(0, 20));
    if (i % 2 === 0) socket.resetAndDestroy();
    else socket.end();
  }
  await serves();
  const left = await server.repository.use({ name: 'flows' }, (model) =>
    Promise.resolve(model.queued()),
  );
  expect(left).toBe(0);
});

test('1,000 idle connections do not matter; more than may be are closed', async () => {
  const idle = await Promise.all(Array.from({ length: 1000 }, () => connectRaw(server.url)));
  await serves();
  const more = await Promise.all(Array.from({ length: 200 }, () => connectRaw(server.url)));
  await Promise.any(more.map(({ ended }) => ended));
  for (const { socket } of [...idle, ...more]) socket.destroy();
  await after(100);
  await serves();
});

test('an offer of HTTP/2 is passed over, and the request answered', async () => {
  const { socket, answers } = await connectRaw(server.url);
  const offer = 'connection: Upgrade, HTTP2-Settings\r\nupgrade: h2c\r\nhttp2-settings: AAMAAABk';
  socket.write(infer.replace('host: x', `host: x\r\n${offer}`) + body);
  expect(await answers(1)).toMatch(/^HTTP\/1.1 200 .*"outputs"/s);
  socket.destroy();
});

test('headers beyond 16 KiB, and what is no HTTP, are refused', async () => {
  for (const [bytes, status] of [
    [`GET /v2 HTTP/1.1\r\nx: ${'a'.repeat(20_000)}\r\n\r\n`, 431],
    ['\x16\x03\x01 hello', 400],
    ['GET /v2 HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\ntransfer-encoding: chunked\r\n\r\n', 400],
    ['GET /v2 HTTP/1.1\r\nhost: x\r\ncontent-length: -1\r\n\r\n', 400],
    ['GET /v2 HTTP/1.1\r\n\r\n', 400],
  ] as const) {
    const { socket, ended, received } = await connectRaw(server.url);
    socket.write(bytes, 'latin1');
    await ended;
    expect(received()).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
  }
  await serves();
});

test('requests one after another without waiting are answered in their order', async () => {
  const { socket, answers, received } = await connectRaw(server.url);
  const ids = Array.from({ length: 50 }, (_, i) => `r${i}`);
  socket.write(
    ids.map((id) => infer.replace('host: x', `host: x\r\nx-request-id: ${id}`) + body).join(''),
  );
  await answers(ids.length);
  socket.destroy();
  expect([...received().matchAll(/x-request-id: (\w+)/g)].map(([, id]) => id)).toEqual(ids);
});
