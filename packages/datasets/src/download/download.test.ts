import { existsSync } from 'node:fs';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { type IncomingMessage, type ServerResponse, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { type DownloadOptions, type Progress, download, sha256 } from './download.ts';

const content = Uint8Array.from({ length: 200_000 }, (_, i) => (i * i) % 251);

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

/** A mirror on this machine; gives its address, and the Range header of every request it got. */
async function mirror(handler: Handler): Promise<{ url: string; ranges: string[] }> {
  const ranges: string[] = [];
  const server = createServer((request, response) => {
    ranges.push(request.headers.range ?? '');
    handler(request, response);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/file`, ranges };
}

/** Serves `bytes` as a server that knows ranges; breaks the connection after `breakAfter` bytes. */
function serve(bytes: Uint8Array, { breakAfter = Infinity } = {}): Handler {
  return (request, response) => {
    const start = Number(/bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? 0);
    const rest = bytes.subarray(start);
    response.writeHead(206, {
      'content-range': `bytes ${start}-${bytes.length - 1}/${bytes.length}`,
      'content-length': rest.length,
    });
    if (rest.length <= breakAfter) response.end(rest);
    else response.write(rest.subarray(0, breakAfter), () => response.destroy());
  };
}

const answer =
  (status: number, body: Uint8Array | string): Handler =>
  (_, response) => {
    response.writeHead(status).end(body);
  };

async function target(urls: readonly string[]): Promise<DownloadOptions> {
  const to = join(await temporaryFolder(), 'deep', 'file');
  return { urls, to, bytes: content.length, sha256: sha256(content) };
}

async function expectArrived({ to }: DownloadOptions): Promise<void> {
  expect(Buffer.compare(await readFile(to), content)).toBe(0);
  expect(existsSync(`${to}.part`)).toBe(false);
}

test('downloads, telling how far it is', async () => {
  const { url } = await mirror(serve(content));
  const options = await target([url]);
  const seen: Progress[] = [];
  await download({ ...options, onProgress: (progress) => seen.push(progress) });
  await expectArrived(options);
  expect(seen.at(-1)).toEqual({ file: options.to, received: 200_000, total: 200_000 });
});

test('a broken connection is taken up where it broke', async () => {
  const { url, ranges } = await mirror(serve(content, { breakAfter: 90_000 }));
  const options = await target([url]);
  await download(options);
  await expectArrived(options);
  expect(ranges.length).toBe(3);
  const starts = ranges.map((range) => Number(/\d+/.exec(range)?.[0]));
  expect(starts[0]).toBe(0);
  expect(starts[2]).toBeGreaterThan(starts[1] ?? Infinity);
});

test('what an earlier run left is taken up, though the server knows no ranges', async () => {
  for (const handler of [serve(content), answer(200, content)]) {
    const { url, ranges } = await mirror(handler);
    const options = await target([url]);
    await mkdir(join(options.to, '..'));
    await writeFile(`${options.to}.part`, content.subarray(0, 1000));
    await download(options);
    await expectArrived(options);
    expect(ranges).toEqual(['bytes=1000-']);
  }
});

test('a partial file that is wrong or too long is thrown away', async () => {
  for (const left of [new Uint8Array(500), new Uint8Array(200_000), new Uint8Array(300_000)]) {
    const { url } = await mirror(serve(content));
    const options = await target([url]);
    await mkdir(join(options.to, '..'));
    await writeFile(`${options.to}.part`, left);
    await download(options);
    await expectArrived(options);
  }
});

test('a mirror that fails is followed by the next', async () => {
  const wrong = [
    answer(404, 'not here'),
    answer(503, 'later'),
    answer(200, '<html>please log in</html>'),
    answer(200, new Uint8Array(content.length)),
    answer(200, new Uint8Array(content.length + 1)),
    serve(content, { breakAfter: 10 }),
  ];
  const mirrors = await Promise.all([...wrong, serve(content)].map(mirror));
  const options = await target(mirrors.map(({ url }) => url));
  await download(options);
  await expectArrived(options);
});

test('when every mirror fails, the message says why each did, and no file is there', async () => {
  const mirrors = await Promise.all(
    [
      answer(404, ''),
      answer(200, 'short'),
      answer(200, new Uint8Array(content.length)),
      answer(200, new Uint8Array(10 * content.length)),
    ].map(mirror),
  );
  const options = await target([...mirrors.map(({ url }) => url), 'http://127.0.0.1:1/closed']);
  const failed = download(options);
  await expect(failed).rejects.toMatchObject({ code: 'DATASET_DOWNLOAD_FAILED' });
  for (const reason of [
    /answered 404/,
    /but 5 came/,
    /SHA-256 .* was expected/,
    /but more came/,
    /closed: /,
  ]) {
    await expect(failed).rejects.toThrow(reason);
  }
  expect(existsSync(options.to)).toBe(false);
});

test('stops when told to, keeping what came', async () => {
  const { url } = await mirror((_, response) => {
    response.writeHead(200, { 'content-length': content.length });
    response.write(content.subarray(0, 5000));
  });
  const options = await target([url]);
  const stop = new AbortController();
  const reason = new Error('stopped by the user');
  const stopped = download({
    ...options,
    signal: stop.signal,
    onProgress: () => {
      stop.abort(reason);
    },
  });
  await expect(stopped).rejects.toBe(reason);
  expect((await readFile(`${options.to}.part`)).length).toBeGreaterThan(0);
  await expect(download({ ...options, signal: stop.signal })).rejects.toBe(reason);
});

test('a folder that cannot be written is named', async () => {
  const { url } = await mirror(serve(content));
  const options = await target([url]);
  const inTheWay = join(options.to, '..');
  await writeFile(inTheWay, 'a file where the folder should be');
  await chmod(inTheWay, 0o400);
  await expect(download(options)).rejects.toMatchObject({ code: 'DATASET_UNWRITABLE' });
  await expect(download(options)).rejects.toThrow(/deep.*cannot be written/);
});
