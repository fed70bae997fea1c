// The program in a process of its own: how it ends, what it asks for, and what it reads again.

import { readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { request } from 'node:https';
import type { AddressInfo } from 'node:net';
import { setTimeout as after } from 'node:timers/promises';
import { TLSSocket } from 'node:tls';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { certify, hasOpenssl } from '../testing/certify.ts';
import { createFolder, trainModel } from '../testing/models.ts';
import { startProgram } from '../testing/program.ts';
import { connectRaw, upgradeTo } from '../testing/raw.ts';

let folder: Awaited<ReturnType<typeof createFolder>>;
beforeAll(async () => {
  folder = await createFolder();
  await trainModel(folder.path('flows'), { data: 'flows' });
});
afterAll(() => folder.clear());

const start = (...args: readonly string[]) =>
  startProgram(folder.path(), { args: ['flows', '--port', '0', ...args] });

const body = JSON.stringify({
  inputs: [{ name: 'samples', shape: [8, 20], datatype: 'FP32', data: Array<number>(160).fill(1) }],
});

/** Its status, or 0 where there was no connection to ask over. */
async function infer(url: string, headers: Record<string, string> = {}): Promise<number> {
  try {
    const answer = await fetch(`${url}/v2/models/flows/infer`, { method: 'POST', body, headers });
    await answer.text();
    return answer.status;
  } catch (error) {
    const { code = '' } = (error as { cause?: { code?: string } }).cause ?? {};
    // Refused, for the port is closed, or a kept connection that the server had ended: nothing was begun.
    return ['ECONNREFUSED', 'ECONNRESET', 'UND_ERR_SOCKET'].includes(code) ? 0 : -1;
  }
}

describe('the end', () => {
  test('under load: not ready first, what runs is answered, and it ends in time', async () => {
    const program = start('--shutdown-delay-seconds', '1', '--shutdown-timeout-seconds', '5');
    const url = await program.url();
    const statuses: number[] = [];
    let over = false;
    const clients = Array.from({ length: 16 }, async () => {
      while (!over) statuses.push(await infer(url));
    });
    await after(500);
    const asked = performance.now();
    program.kill('SIGTERM');
    await after(200);
    expect((await fetch(`${url}/v2/health/ready`)).status).toBe(503);
    expect((await fetch(`${url}/v2/health/live`)).status).toBe(200);
    const atEnd = statuses.length;
    const { status, signal } = await program.ended;
    over = true;
    await Promise.all(clients);
    expect([status, signal]).toEqual([0, null]);
    expect(performance.now() - asked).toBeLessThan(6500);
    expect(atEnd).toBeGreaterThan(20);
    // While it was not ready, but took requests, all were answered; then there were no connections any more.
    expect(statuses.slice(0, statuses.indexOf(0)).every((each) => each === 200)).toBe(true);
    expect(new Set(statuses)).toEqual(new Set([200, 0]));
  });

  test('a connection that brings nothing does not hold it longer than it may', async () => {
    const program = start('--shutdown-timeout-seconds', '1');
    const { hostname, port } = new URL(await program.url());
    const { connect } = await import('node:net');
    const socket = connect(Number(port), hostname);
    socket.on('error', () => undefined);
    socket.write(
      'POST /v2/models/flows/infer HTTP/1.1\r\nhost: localhost\r\ncontent-length: 100\r\n\r\n',
    );
    await after(300);
    const asked = performance.now();
    program.kill('SIGTERM');
    expect((await program.ended).status).toBe(0);
    expect(performance.now() - asked).toBeLessThan(4000);
    socket.destroy();
  });

  test('nor does a stream whose client does not hang up', async () => {
    await trainModel(folder.path('three'), { data: 'strokes' });
    const program = start('three', '--shutdown-timeout-seconds', '1');
    const { socket, received } = await connectRaw(await program.url());
    socket.write(upgradeTo('/models/three/stream').replace('host: x', 'host: localhost'));
    while (!received().startsWith('HTTP/1.1 101')) await after(10);
    const asked = performance.now();
    program.kill('SIGTERM');
    expect((await program.ended).status).toBe(0);
    expect(performance.now() - asked).toBeLessThan(4000);
    socket.destroy();
  });

  test('does not wait for a connection that its client keeps after the last answer', async () => {
    const delay = ['--max-queue-delay-microseconds', '1500000'];
    const program = start(...delay, '--shutdown-timeout-seconds', '30');
    const { socket, answers } = await connectRaw(await program.url());
    const head = `POST /v2/models/flows/infer HTTP/1.1\r\nhost: localhost\r\ncontent-length: ${body.length}`;
    socket.write(`${head}\r\n\r\n${body}`);
    await after(300);
    const asked = performance.now();
    program.kill('SIGTERM');
    expect(await answers(1)).toMatch(/^HTTP\/1.1 200 .*\r\nconnection: close\r\n/is);
    expect((await program.ended).status).toBe(0);
    expect(performance.now() - asked).toBeLessThan(6000);
    socket.destroy();
  });

  test('does not wait for connections that browsers open ahead, and send nothing over', async () => {
    const program = start('--grpc-port', '0', '--shutdown-timeout-seconds', '30');
    const ahead = await Promise.all(
      [program.url(), program.url(), program.grpcUrl()].map(async (url) => connectRaw(await url)),
    );
    await after(300);
    const asked = performance.now();
    program.kill('SIGTERM');
    expect((await program.ended).status).toBe(0);
    // Well before the 30 seconds that requests are given.
    expect(performance.now() - asked).toBeLessThan(20_000);
    for (const { socket } of ahead) socket.destroy();
  });

  test('does not wait for a collector of traces that does not answer', async () => {
    const collector = createServer(() => undefined);
    await new Promise<void>((resolve) => collector.listen(0, '127.0.0.1', resolve));
    const { port } = collector.address() as AddressInfo;
    const program = start('--otlp-endpoint', `http://127.0.0.1:${port}`);
    expect(await infer(await program.url())).toBe(200);
    const asked = performance.now();
    program.kill('SIGTERM');
    expect((await program.ended).status).toBe(0);
    expect(performance.now() - asked).toBeLessThan(7000);
    expect(program.said()).toContain('the last traces could not be sent');
    collector.closeAllConnections();
    collector.close();
  });

  test('comes at once when it is asked for again', async () => {
    const program = start('--shutdown-delay-seconds', '60');
    await program.url();
    program.kill('SIGTERM');
    await after(300);
    const asked = performance.now();
    program.kill('SIGTERM');
    expect((await program.ended).signal).toBe('SIGTERM');
    expect(performance.now() - asked).toBeLessThan(1000);
  });
});

describe('what is not safe', () => {
  test.each([
    [['--host', '0.0.0.0'], /--tokens, or say --insecure yes/],
    [['--certificate', 'server.pem'], /both --certificate and --key/],
    [['--certificate', 'none.pem', '--key', 'none.key'], /cannot be used: ENOENT/],
    [['--tokens', 'none.txt'], /none\.txt cannot be read/],
    [['--tokens', 'flows/manifest.json'], /Line 1 of the tokens/],
  ])('%j is refused', async (args, message) => {
    const { status, stderr } = await start(...args).ended;
    expect([status, stderr]).toEqual([2, expect.stringMatching(message)]);
  });

  test('is done when it is said, and warned of', async () => {
    const program = start('--host', '0.0.0.0', '--insecure', 'yes');
    const { port } = new URL(await program.url());
    expect(await infer(`http://127.0.0.1:${port}`)).toBe(200);
    expect(program.said()).toMatch(/anyone who reaches this server may use it/);
  });
});

test('tokens are read again at SIGHUP and when their file changes; a broken file changes nothing', async () => {
  const file = folder.path('tokens.txt');
  await writeFile(file, 'first-token-of-some-length');
  const program = start('--tokens', 'tokens.txt');
  const url = await program.url();
  const by = (name: string) => infer(url, { authorization: `Bearer ${name}-token-of-some-length` });
  expect([await by('first'), await by('second'), await infer(url)]).toEqual([200, 401, 401]);

  await writeFile(file, 'second-token-of-some-length');
  program.kill('SIGHUP');
  while ((await by('second')) !== 200) await after(20);
  expect(await by('first')).toBe(401);

  await writeFile(file, 'broken');
  program.kill('SIGHUP');
  while (!program.said().includes('the old ones hold')) await after(20);
  expect(program.said()).not.toContain('token-of-some-length');
  expect(await by('second')).toBe(200);

  await writeFile(file, 'third-token-of-some-length');
  while ((await by('third')) !== 200) await after(100);
});

describe.skipIf(!hasOpenssl)('TLS (needs openssl)', () => {
  const files = () => ({ cert: folder.path('server.pem'), key: folder.path('server.key') });
  const ask = async (url: string, maxVersion: 'TLSv1.1' | 'TLSv1.3') => {
    const ca = await readFile(folder.path('server.pem'));
    return new Promise<{ status: number | undefined; subject: string }>((resolve, reject) => {
      const sent = request(`${url}/v2`, { ca, maxVersion, minVersion: 'TLSv1', agent: false });
      sent.on('response', (answer) => {
        const { socket, statusCode: status } = answer;
        const peer = socket instanceof TLSSocket ? socket.getPeerCertificate() : undefined;
        resolve({ status, subject: String(peer?.subject.CN) });
        answer.resume();
      });
      sent.on('error', reject).end();
    });
  };

  test('from version 1.2 on, by a certificate that is read again', async () => {
    certify('one', files());
    const program = start('--certificate', 'server.pem', '--key', 'server.key');
    const url = await program.url();
    expect(url).toMatch(/^https:/);
    expect(await ask(url, 'TLSv1.3')).toEqual({ status: 200, subject: 'one' });
    await expect(ask(url, 'TLSv1.1')).rejects.toThrow();
    await expect(fetch(url.replace('https', 'http'))).rejects.toThrow();
    certify('two', files());
    program.kill('SIGHUP');
    // Until then the old one comes, which the new one does not vouch for.
    const asked = () => ask(url, 'TLSv1.3').catch(() => undefined);
    while ((await asked())?.subject !== 'two') await after(50);
  });

  test('is not waited for: who begins none, or none that it is, is cut and holds nothing', async () => {
    certify('one', files());
    const tls = ['--certificate', 'server.pem', '--key', 'server.key', '--grpc-port', '0'];
    const program = start(...tls, '--receive-timeout-seconds', '2');
    const url = await program.url();
    const silent = await connectRaw(url);
    for (const address of [url, await program.grpcUrl()]) {
      const plain = await connectRaw(address);
      plain.socket.write('GET /v2 HTTP/1.1\r\nhost: x\r\n\r\n');
      expect(await plain.ended).toBeLessThan(2000);
    }
    expect(await silent.ended).toBeGreaterThan(1000);
    expect(await ask(url, 'TLSv1.3')).toMatchObject({ status: 200 });
    const asked = performance.now();
    program.kill('SIGTERM');
    expect(await program.ended).toMatchObject({ status: 0 });
    expect(performance.now() - asked).toBeLessThan(5000);
  });
});
