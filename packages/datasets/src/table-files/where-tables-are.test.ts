// Tables in parts, in a folder, and at an address.

import { once } from 'node:events';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { fetchTable } from '../download/fetch-table.ts';
import { modalityOf } from '../modality-of.ts';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { writeTable } from '../testing/write-table.ts';
import { countRows, openTableFile } from './table-file.ts';

test('a folder of parts is one table, in the order of their paths', async () => {
  const folder = await temporaryFolder();
  await mkdir(join(folder, 'later'));
  await writeTable(join(folder, 'b.parquet'), 'SELECT range AS a FROM range(5)');
  await writeTable(join(folder, 'later', 'a.parquet'), 'SELECT range AS a FROM range(7)');
  await writeFile(join(folder, '_SUCCESS'), '');
  await writeFile(join(folder, '.part.crc'), 'x');
  expect(await modalityOf(folder)).toBe('tabular');
  const table = await openTableFile(folder);
  expect(table.files.map((file) => file.slice(folder.length + 1))).toEqual([
    'b.parquet',
    'later/a.parquet',
  ]);
  expect(await countRows(table)).toBe(12);

  await writeFile(join(folder, 'c.csv'), 'a\n1\n');
  await expect(openTableFile(folder)).rejects.toThrow(
    /of one format, but there are.*b\.parquet.*c\.csv/,
  );
  expect(await countRows(await openTableFile(join(folder, '*.csv')))).toBe(1);
  await writeFile(join(folder, 'notes.txt'), '');
  expect(await modalityOf(folder)).not.toBe('tabular');
});

/** Serves a text under any name; counts how often. */
async function serve(
  text: string,
  status = 200,
): Promise<{ address: string; asked: () => number }> {
  let asked = 0;
  const server = createServer((_, response) => {
    asked += 1;
    response.writeHead(status, { 'content-length': Buffer.byteLength(text) });
    response.end(text);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  return { address: `http://127.0.0.1:${port}`, asked: () => asked };
}

test('an address is fetched when it is opened, and read from the cache', async () => {
  const cache = await temporaryFolder();
  const { address, asked } = await serve('a,b\n1,2\n3,4\n');
  const source = `${address}/rows.csv?version=3`;
  expect(await modalityOf(source)).toBe('tabular');
  const table = await openTableFile(source, { cache });
  expect([table.name, table.columns.map(({ name }) => name)]).toEqual(['rows.csv', ['a', 'b']]);
  expect([await countRows(table), await countRows(table), asked()]).toEqual([2, 2, 1]);
  expect(table.files[0]?.startsWith(cache)).toBe(true);
});

test('an address that gives no table is refused by name, and leaves nothing', async () => {
  const cache = await temporaryFolder();
  const left = () => readdir(cache, { recursive: true });
  const { address } = await serve('gone', 404);
  const missing = openTableFile(`${address}/rows.csv`, { cache });
  await expect(missing).rejects.toThrow(/rows\.csv could not be fetched: it answered 404/);
  const { address: large } = await serve('a\n'.repeat(1000));
  const bounded = fetchTable(`${large}/rows.csv`, { cache, most: 100 });
  await expect(bounded).rejects.toThrow('it holds more than 100 bytes');
  await expect(fetchTable('http://127.0.0.1:9/rows.csv', { cache })).rejects.toThrow(
    /could not be fetched/,
  );
  await expect(openTableFile('s3://bucket/rows.csv')).rejects.toThrow(
    'Tables are fetched by http and https, but s3://bucket/rows.csv came.',
  );
  await expect(openTableFile(`${address}/rows`)).rejects.toThrow(/tells no format/);
  await expect(openTableFile('https://a b/rows.csv')).rejects.toThrow(
    'https://a b/rows.csv is no address',
  );
  expect(await left()).toEqual([]);
});

test('what an address keeps secret is not said', async () => {
  const cache = await temporaryFolder();
  const { address } = await serve('gone', 404);
  const saysNot = async (opening: Promise<unknown>) => {
    const message = String(await opening.catch((error: unknown) => error));
    expect(message).toMatch(/127\.0\.0\.1|host/);
    expect(message).not.toMatch(/secret/);
  };
  await saysNot(openTableFile(`${address}/rows.csv?signature=secret`, { cache }));
  await saysNot(openTableFile(`${address}/rows?signature=secret`, { cache }));
  await saysNot(openTableFile('s3://host/rows.csv?signature=secret', { cache }));
  const named = openTableFile('https://me:secret@host/rows.csv', { cache });
  await saysNot(named);
  await expect(named).rejects.toThrow('https://host/rows.csv came with a name or a password');
});
