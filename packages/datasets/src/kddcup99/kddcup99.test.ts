import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { createRandom } from '@memae/graph';
import { describe, expect, onTestFinished, test } from 'vitest';
import { tableRows } from '../tables/table-encoder.ts';
import { collect } from '../testing/collect.ts';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { kddClasses, kddColumns } from './columns.ts';
import { kddSplit, kddcup99 } from './kddcup99.ts';
import { readKdd } from './read-kdd.ts';

const real = process.env['MEMAE_DATA'] ?? '';

/** A row of the file, with these texts in some columns. */
function line(texts: Record<string, string> = {}, label = 'smurf.'): string {
  const cells = kddColumns.map(({ name, categories }) => texts[name] ?? categories?.[0] ?? '0');
  return [...cells, label].join(',');
}

async function fileOf(bytes: string | Uint8Array): Promise<string> {
  const file = join(await temporaryFolder(), 'kdd');
  await writeFile(file, bytes);
  return file;
}

test('34 columns of numbers and 7 of categories give 121 features, or 120', async () => {
  const rows = Array.from({ length: 40 }, (_, i) => line({ duration: String(i) }));
  const pool = await readKdd(await fileOf(`${rows.join('\r\n')}\n`));
  expect(pool.table.length).toBe(40);
  expect(pool.table.columns.filter(({ kind }) => kind === 'continuous').length).toBe(34);
  const random = createRandom(1);
  expect(kddSplit(pool, { random }).train.sampleShape).toEqual([120]);
  const { encoder, train } = kddSplit(pool, { random, dropConstant: false });
  expect(train.sampleShape).toEqual([121]);
  // By which the paper's network is chosen.
  expect(train.name).toBe('kddcup99 train');
  expect(encoder.features).toContain('service=http');
  expect(encoder.features).toContain('num_outbound_cmds');
});

test('attacks are normal, normal connections anomalous', async () => {
  const rows = Array.from({ length: 60 }, (_, i) => line({}, i % 3 === 0 ? 'normal.' : 'back.'));
  const pool = await readKdd(await fileOf(gzipSync(rows.join('\n'))));
  expect(pool.anomalies).toEqual(['normal']);
  const { test: tested } = kddSplit(pool, { random: createRandom(2), protocol: 'B' });
  const [batch] = await collect(tested.batches({ size: 100 }));
  expect(batch?.labels.length).toBe(40);
  batch?.keys.forEach((key, i) => {
    expect(key).toMatch(/^kddcup99\/\d+$/);
    expect(batch.labels[i]).toBe(Number(key.slice(9)) % 3 === 0 ? 1 : 0);
  });
});

test('a category that the 10 % edition does not have is zeros in all features of its column', async () => {
  const rows = [...Array.from({ length: 40 }, () => line()), line({ service: 'harvest' })];
  const pool = await readKdd(await fileOf(rows.join('\n')));
  const { encoder } = kddSplit(pool, { random: createRandom(1) });
  const [known, unknown] = [39, 40].map(
    (row) => tableRows(encoder, pool.table)(Uint32Array.of(row)).data,
  );
  const services = encoder.features.flatMap((name, i) => (name.startsWith('service=') ? [i] : []));
  expect(services.length).toBe(66);
  expect(services.reduce((sum, i) => sum + (known?.[i] ?? NaN), 0)).toBe(1);
  expect(services.reduce((sum, i) => sum + (unknown?.[i] ?? NaN), 0)).toBe(0);
});

describe('refuses by file and row', () => {
  test.each<[string, string | Uint8Array, RegExp, string]>([
    ['an empty file', '', /kdd holds no rows/, 'DATASET_EMPTY'],
    ['an empty gzip', gzipSync(''), /kdd holds no rows/, 'DATASET_EMPTY'],
    [
      'a ragged row',
      `${line()}\n${line().slice(2)}\n`,
      /kdd, row 2: 41 columns and a class were expected, but 41 came/,
      'DATASET_CORRUPT',
    ],
    [
      'a number that is none',
      [line(), line(), line({ src_bytes: 'many' })].join('\n'),
      /kdd, row 3: a finite number .* "src_bytes", but "many" came/,
      'DATASET_CORRUPT',
    ],
    [
      'an unknown class',
      `${line({}, 'mailbomb.')}\n`,
      /kdd, row 1: one of the classes back\., .* but "mailbomb\." came/,
      'DATASET_CORRUPT',
    ],
    [
      'gzip cut short',
      gzipSync(
        Array.from({ length: 300 }, (_, i) => line({ count: String(i) })).join('\n'),
      ).subarray(0, -20),
      /kdd: rows of text .* reading failed: unexpected end of file/,
      'DATASET_CORRUPT',
    ],
  ])('%s', async (_, bytes, message, code) => {
    const read = readKdd(await fileOf(bytes));
    await expect(read).rejects.toThrow(message);
    await expect(read).rejects.toMatchObject({ code });
  });

  test('a line without an end is refused before it fills the memory', async () => {
    const reading = readKdd(await fileOf(gzipSync('1'.repeat(2 ** 20))));
    await expect(reading).rejects.toThrow(/kdd: .*a line has more than 65536 characters/);
    await expect(reading).rejects.toMatchObject({ code: 'DATASET_CORRUPT' });
  });

  test('a file that is not there, or not the published one', async () => {
    await expect(readKdd('/nowhere/kdd')).rejects.toMatchObject({ code: 'DATASET_NOT_FOUND' });
    const root = await temporaryFolder();
    await expect(kddcup99({ root })).rejects.toThrow(/KDDCUP99 .* was not found .*"flows"/);
    await mkdir(join(root, 'kddcup99'));
    await writeFile(join(root, 'kddcup99', 'kddcup.data_10_percent.gz'), gzipSync(line()));
    await expect(kddcup99({ root })).rejects.toThrow(/the published file's SHA-256 8045aca0d84e/);
  });
});

test('reading stops when it is asked to', async () => {
  const stop = AbortSignal.abort(new Error('enough'));
  await expect(readKdd(await fileOf(line()), { signal: stop })).rejects.toThrow('enough');
});

describe.skipIf(real === '')('the real file (set MEMAE_DATA to the folder of data sets)', () => {
  test('has the published rows, and comes by download', async () => {
    const name = 'kddcup.data_10_percent.gz';
    const server = createServer((_, response) => {
      void readFile(join(real, 'kddcup99', name)).then((bytes) => response.end(bytes));
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    onTestFinished(() => void server.close());
    const mirrors = [`http://127.0.0.1:${(server.address() as AddressInfo).port}/`];
    const pool = await kddcup99({ cache: await temporaryFolder(), mirrors });
    expect(pool.table.length).toBe(494_021);
    const count = (each: string): number => {
      const code = kddClasses.indexOf(each);
      return pool.labels.reduce((sum, label) => (label === code ? sum + 1 : sum), 0);
    };
    expect([count('normal'), count('smurf'), count('neptune')]).toEqual([97_278, 280_790, 107_201]);
    for (const column of pool.table.columns) {
      if (column.kind === 'continuous') continue;
      // No row of the 10 % edition has an unknown category, and every category occurs.
      expect(new Set(column.codes).size).toBe(column.categories.length);
      expect(Math.max(...new Set(column.codes))).toBe(column.categories.length - 1);
    }

    const split = kddSplit(pool, { random: createRandom(1) });
    expect(split.test.length).toBe(247_011);
    let anomalies = 0;
    for await (const { labels } of split.test.batches({ size: 4096 })) {
      anomalies += labels.reduce((sum, label) => sum + label, 0);
    }
    expect(anomalies / split.test.length).toBeCloseTo(0.197, 2);
    const b = kddSplit(pool, { random: createRandom(1), protocol: 'B' });
    expect(b.train.length + b.validation.length).toBe(Math.floor(396_743 / 2));
    expect(b.test.length).toBe(97_278 + Math.ceil(396_743 / 2));
  });
});
