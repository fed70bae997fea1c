import { readFile, writeFile } from 'node:fs/promises';
import { Writable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createFolder, trainModel } from '../testing/models.ts';
import { connectRaw, upgradeTo } from '../testing/raw.ts';
import { type Served, serveModels } from '../testing/serve.ts';
import { loggerOf } from './guard.ts';
import { authorizeBy, parseTokens } from './tokens.ts';

const token = 'a-token-of-enough-letters';
let folder: Awaited<ReturnType<typeof createFolder>>;
let server: Served;
let guarded: Served;
let logged = '';
beforeAll(async () => {
  folder = await createFolder();
  await trainModel(folder.path('flows'), { data: 'flows' });
  const stream = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      logged += chunk.toString();
      done();
    },
  });
  server = await serveModels([folder.path('flows')], {
    logger: loggerOf({ level: 'debug', stream, address: false }),
  });
  const tokens = parseTokens(`me:${token}`);
  guarded = await serveModels([folder.path('flows')], { authorize: authorizeBy(() => tokens) });
});
afterAll(async () => {
  await server.close();
  await guarded.close();
  await folder.clear();
});

const head = (path: string, headers = ''): string =>
  `GET ${path} HTTP/1.1\r\nhost: x\r\n${headers}\r\n`;

describe('every answer', () => {
  test.each([
    ['GET', '/v2', 200],
    ['GET', '/nowhere', 404],
    ['GET', '/%', 400],
    ['POST', '/v2/models/flows/infer', 400],
    ['OPTIONS', '/v2', 404],
  ])('%s %s, %i, keeps browsers from harm', async (method, path, status) => {
    const { socket, answers } = await connectRaw(server.url);
    socket.write(head(path).replace('GET', method));
    const answer = await answers(1);
    socket.destroy();
    expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(answer).toMatch(/content-security-policy: default-src 'none'; script-src 'self';/);
    expect(answer).toMatch(/x-content-type-options: nosniff\r\n/);
    expect(answer).toMatch(/frame-ancestors 'none'/);
    expect(answer).not.toMatch(/access-control-allow|^server:|x-powered-by/im);
  });

  test('has the id of its request: the client’s own where it is harmless', async () => {
    const idOf = async (id: string): Promise<string | null> =>
      (await server.ask('/v2', undefined, { headers: { 'x-request-id': id } })).headers.get(
        'x-request-id',
      );
    expect(await idOf('job-17:3.a_b')).toBe('job-17:3.a_b');
    for (const odd of ['a b', 'x'.repeat(101), '<script>', '"', 'ü']) {
      expect(await idOf(odd)).toMatch(/^[\da-f]{8}-[\da-f-]{27}$/);
    }
  });
});

test('compressed bodies are refused by what they are', async () => {
  const headers = { 'content-type': 'application/json', 'content-encoding': 'gzip' };
  const body = gzipSync('{"inputs": []}');
  const answer = await fetch(`${server.url}/v2/models/flows/infer`, {
    ...{ method: 'POST', headers, body },
  });
  expect([answer.status, answer.headers.get('accept-encoding')]).toEqual([415, 'identity']);
  expect(await answer.json()).toEqual({
    error: 'The body came compressed (gzip): send it as it is.',
  });
});

test('logs tell of no bodies, queries, tokens, names of files or addresses', async () => {
  const form = new FormData();
  form.append('files', new Blob(['a,b\n1,2\n']), 'diagnosis-of-someone.csv');
  await fetch(`${server.url}/models/flows/score?sensitivity=0.123`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}` },
    body: form,
  });
  await server.ask('/v2/models/flows/infer', { inputs: 'the-body' });
  expect(logged).toContain('"path":"/models/flows/score"');
  const ofRequests = logged.split('\n').filter((line) => line.includes('reqId'));
  expect(ofRequests.join('\n')).not.toMatch(/diagnosis|0\.123|a-token|the-body|127\.0\.0\.1/);
});

test('a client that goes in the midst of its files is no failure of the server', async () => {
  const { socket } = await connectRaw(server.url);
  const part = '--x\r\ncontent-disposition: form-data; name="files"; filename="a.csv"\r\n\r\na,b\n';
  const headers = 'content-type: multipart/form-data; boundary=x\r\ncontent-length: 100000\r\n';
  socket.write(
    head('/models/flows/score', `x-request-id: leaver\r\n${headers}`).replace('GET', 'POST') + part,
  );
  await expect.poll(() => logged).toContain('"reqId":"leaver"');
  socket.resetAndDestroy();
  const linesOf = () => logged.split('\n').filter((line) => line.includes('"reqId":"leaver"'));
  await expect.poll(() => linesOf().join('\n')).toContain('the client left');
  await server.ask('/v2');
  expect(linesOf().filter((line) => /"level":[56]0/.test(line))).toEqual([]);
});

describe('tokens', () => {
  const withToken = { headers: { authorization: `Bearer ${token}` } };
  test('are asked for on every route but health', async () => {
    for (const path of [
      '/v2',
      '/openapi.json',
      '/v2/models/flows',
      '/nowhere',
      '/models/flows/stream',
    ]) {
      const { status, headers, json } = await guarded.ask(path);
      expect([path, status]).toEqual([path, 401]);
      expect(headers.get('www-authenticate')).toBe('Bearer realm="memae", Basic realm="memae"');
      expect(json).toEqual({ error: 'A token is needed: Authorization: Bearer TOKEN.' });
      expect((await guarded.ask(path, undefined, withToken)).status).not.toBe(401);
    }
    expect((await guarded.ask('/v2/health/ready')).status).toBe(200);
    expect((await guarded.ask('/v2/health/live')).status).toBe(200);
  });

  test('are asked for before a body is read', async () => {
    const { socket, answers } = await connectRaw(guarded.url);
    socket.write('POST /models/flows/score HTTP/1.1\r\nhost: x\r\ncontent-length: 1000000\r\n\r\n');
    expect(await answers(1)).toMatch(/^HTTP\/1.1 401 /);
    socket.destroy();
  });

  test.each(['/models/flows/stream', '/v2', '/nowhere'])(
    'are asked for before a stream at %s, whose connection is ended',
    async (path) => {
      const { socket, ended, received } = await connectRaw(guarded.url);
      socket.write(upgradeTo(path));
      expect(await ended).toBeLessThan(2000);
      expect(received()).toMatch(/^HTTP\/1.1 401 .*A token is needed/s);
    },
  );
});

describe('pages of other sites', () => {
  test.each([
    [{ 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' }, 403],
    [{ 'sec-fetch-site': 'same-site', 'sec-fetch-mode': 'cors' }, 403],
    [{ 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' }, 403],
    [{ origin: 'https://evil.example' }, 403],
    [{ origin: 'null' }, 403],
    [{ 'sec-fetch-site': 'same-origin', origin: 'https://behind.a.proxy' }, 200],
    [{}, 200],
  ])('%j asks: %i', async (headers, status) => {
    const { host } = new URL(server.url);
    const { socket, answers } = await connectRaw(server.url);
    const lines = Object.entries({ ...headers, host }).map((each) => `${each.join(': ')}\r\n`);
    socket.write(
      `POST /v2/repository/index HTTP/1.1\r\n${lines.join('')}content-length: 0\r\n\r\n`,
    );
    expect(await answers(1)).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    socket.destroy();
  });

  test('may have a link that is followed', async () => {
    const headers = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' };
    const { socket, answers } = await connectRaw(server.url);
    const lines = Object.entries(headers).map((each) => `${each.join(': ')}\r\n`);
    socket.write(head('/v2', lines.join('')));
    expect(await answers(1)).toMatch(/^HTTP\/1.1 200 /);
    socket.destroy();
  });
});

describe('a server of this machine alone', () => {
  let local: Served;
  beforeAll(async () => {
    local = await serveModels([folder.path('flows')], { localOnly: true });
  });
  afterAll(() => local.close());
  // As of a page whose name was changed to this machine's address: to its browser it is of the same origin.
  test.each([
    ['localhost:8080', '/v2', 200],
    ['127.0.0.1', '/v2', 200],
    ['[::1]:8080', '/v2', 200],
    ['evil.example:8080', '/v2', 403],
    ['localhost.evil.example', '/v2', 403],
    ['127.0.0.1.evil.example', '/models', 403],
    ['', '/v2', 403],
    ['evil.example', '/v2/health/ready', 200],
  ])('asked as "%s" for %s: %i', async (host, path, status) => {
    const { socket, answers } = await connectRaw(local.url);
    const browser = `sec-fetch-site: same-origin\r\norigin: http://${host}\r\n`;
    socket.write(`GET ${path} HTTP/1.1\r\nhost: ${host}\r\n${browser}\r\n`);
    expect(await answers(1)).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    socket.destroy();
  });
});

describe('no path reaches the file system', () => {
  const ups = [
    '../',
    '..%2f',
    '%2e%2e/',
    '%2e%2e%2f',
    '..%5c',
    '..\\',
    '%252e%252e%252f',
    '....//',
  ];
  const targets = [
    ...['etc/passwd', 'manifest.json', 'model.onnx', 'package.json'],
    ...['proc/self/environ', 'flows/manifest.json', 'manifest.json%00.html'],
  ];
  const routes = [
    ...['/', '/assets/', '/v2/', '/v2/models/', '/v2/models/flows/versions/', '/models/'],
    ...['/v2/repository/models/', '/v2/models/flows/', '/models/flows/'],
  ];
  test('whatever it climbs', async () => {
    const passwd = (await readFile('/etc/passwd', 'utf8').catch(() => '')).split('\n')[0] ?? '-';
    await writeFile(folder.path('secret.txt'), 'the-secret');
    const { socket, answers } = await connectRaw(server.url);
    let sent = 0;
    for (const route of routes) {
      for (const up of ups) {
        for (const target of [...targets, folder.path('secret.txt').slice(1)]) {
          for (const [method, verb] of [
            ['GET', ''],
            ['POST', '/load'],
            ['POST', '/infer'],
          ]) {
            const path = `${route}${up.repeat(6)}${target}${verb ?? ''}`;
            socket.write(
              `${method ?? ''} ${path} HTTP/1.1\r\nhost: x\r\ncontent-length: 0\r\n\r\n`,
            );
            sent += 1;
          }
        }
      }
      await answers(sent);
    }
    const text = await answers(sent);
    socket.destroy();
    const statuses = [...text.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => status);
    expect(statuses).toHaveLength(sent);
    expect(new Set(statuses)).toEqual(new Set(['400', '404']));
    for (const leak of [passwd, 'the-secret', 'modelSha256', '"dependencies"', 'PATH=']) {
      expect(text).not.toContain(leak);
    }
  });
});

test('a model that was tampered with is refused, and the one that is loaded stays', async () => {
  const file = folder.path('flows', 'model.onnx');
  const whole = await readFile(file);
  const tampered = Buffer.from(whole);
  tampered[whole.length >> 1] = (tampered[whole.length >> 1] ?? 0) ^ 1;
  await writeFile(file, tampered);
  const inputs = [
    { name: 'samples', shape: [1, 20], datatype: 'FP32', data: Array<number>(20).fill(1) },
  ];
  const before = await server.ask('/v2/models/flows/infer', { inputs });
  const { status, json } = await server.ask('/v2/repository/models/flows/load', '');
  await writeFile(file, whole);
  expect(status).toBe(400);
  expect(json['error']).toMatch(/SHA-256|checksum/i);
  expect(before.status).toBe(200);
  expect((await server.ask('/v2/models/flows/infer', { inputs })).json).toEqual(before.json);
});
