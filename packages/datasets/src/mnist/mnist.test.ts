import { cp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { basename, join } from 'node:path';
import { createRandom } from '@memae/graph';
import { describe, expect, onTestFinished, test } from 'vitest';
import { oneClassSplit } from '../one-class.ts';
import { idxBytes } from '../testing/idx-bytes.ts';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { mnistFiles } from './files.ts';
import { checkMnist, mnist } from './mnist.ts';

const root = process.env['MEMAE_DATA'] ?? '';

test('without files and without a cache, says where it looked and what else there is', async () => {
  const folder = await temporaryFolder();
  await expect(mnist({ root: folder })).rejects.toMatchObject({ code: 'DATASET_NOT_FOUND' });
  await expect(mnist({ root: folder })).rejects.toThrow(/mnist.*"strokes"/);
});

test('gives up in time, and says that it goes on from there', async () => {
  const server = createServer(() => undefined);
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const mirrors = [`http://127.0.0.1:${(server.address() as AddressInfo).port}/`];
  const waited = mnist({ cache: await temporaryFolder(), mirrors, timeoutMs: 100 });
  await expect(waited).rejects.toMatchObject({ code: 'DATASET_DOWNLOAD_FAILED' });
  await expect(waited).rejects.toThrow(/within 0\.1 s/);
});

test('a file that is not the published one is named, and under the root never replaced', async () => {
  const folder = await temporaryFolder();
  const wrong = join(folder, 'mnist', 't10k-labels-idx1-ubyte.gz');
  await cp(import.meta.filename, wrong);
  const statuses = (await checkMnist(join(folder, 'mnist'))).map(({ status }) => status);
  expect(statuses).toEqual(['missing', 'missing', 'missing', 'wrong checksum']);
  await expect(mnist({ root: folder })).rejects.toThrow(`${wrong}: the published file's SHA-256`);
});

describe.skipIf(root === '')(
  'the real files (set MEMAE_DATA to the folder that holds mnist/)',
  () => {
    test('are all there, 70,000 images', async () => {
      const pool = await mnist({ root });
      expect(pool.images.shape).toEqual([70_000, 1, 28, 28]);
      expect(pool.classes).toEqual(['0', '1', '2', '3', '4', '5', '6', '7', '8', '9']);
      const counts = pool.classes.map((_, c) => pool.labels.filter((label) => label === c).length);
      // 60,000 and 10,000 together, as published.
      expect(counts).toEqual([6903, 7877, 6990, 7141, 6824, 6313, 6876, 7293, 6825, 6958]);

      const split = oneClassSplit({ ...pool, normal: 5, random: createRandom(1) });
      expect([split.train.length, split.validation.length]).toEqual([3788, 421]);
      expect(split.test.length).toBe(2104 + 902);
    });

    test('are what is read, and no unpacked file beside them', async () => {
      const copy = await temporaryFolder();
      await cp(join(root, 'mnist'), join(copy, 'mnist'), { recursive: true });
      const other = join(copy, 'mnist', 'train-labels-idx1-ubyte');
      await writeFile(other, idxBytes(new Uint8Array(60_000), [60_000]));
      const pool = await mnist({ root: copy });
      expect(Array.from(pool.labels.subarray(0, 5))).toEqual([5, 0, 4, 1, 9]);
    });

    test('come by download, and a damaged one in the cache is fetched again', async () => {
      const server = createServer((request, response) => {
        const file = basename(request.url ?? '');
        void readFile(join(root, 'mnist', file)).then((bytes) => response.end(bytes));
      });
      await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
      onTestFinished(() => void server.close());
      const mirrors = [`http://127.0.0.1:${(server.address() as AddressInfo).port}/`];
      const cache = await temporaryFolder();

      const files = new Set<string>();
      const get = () =>
        mnist({ cache, mirrors, onProgress: ({ file }) => files.add(basename(file)) });
      expect((await get()).labels.length).toBe(70_000);
      expect(files.size).toBe(4);

      files.clear();
      const [damaged = '', gone = ''] = mnistFiles.slice(1).map(({ file }) => file);
      await writeFile(join(cache, 'mnist', damaged), 'damaged');
      await rm(join(cache, 'mnist', gone));
      expect((await get()).labels.length).toBe(70_000);
      expect([...files]).toEqual([damaged, gone]);
      for (const { status } of await checkMnist(join(cache, 'mnist'))) expect(status).toBe('ok');
    });
  },
);
