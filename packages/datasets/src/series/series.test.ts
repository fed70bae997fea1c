import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRandom } from '@memae/graph';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { fingerprint } from '../fingerprint.ts';
import { type TableFileOptions, tableFileSplit } from '../table-files/table-file-split.ts';
import { cutInTime } from './cut-in-time.ts';
import type { SeriesOptions } from './series-options.ts';
import { seriesRows } from './series-rows.ts';
import type { Step, WindowBatch } from './windows.ts';

const folder = mkdtempSync(join(tmpdir(), 'memae-series-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});
const file = (name: string, header: string, rows: readonly (readonly unknown[])[]): string => {
  const path = join(folder, name);
  writeFileSync(path, `${header}\n${rows.map((row) => row.join(',')).join('\n')}\n`);
  return path;
};
const number = (name: string) =>
  ({ name, kind: 'number', shift: 0, scale: 1, fill: 0, flagged: false }) as const;
const at = (minute: number): string =>
  new Date(Date.UTC(2024, 0, 1, 0, minute)).toISOString().slice(0, 19).replace('T', ' ');

interface Seen {
  readonly keys: string[];
  readonly windows: number[][];
  readonly fresh: Step[][];
}

async function all(
  dataset: { batches: (options: { size: number }) => AsyncIterable<unknown> },
  size = 5,
): Promise<Seen> {
  const seen: Seen = { keys: [], windows: [], fresh: [] };
  for await (const each of dataset.batches({ size })) {
    const { samples, keys, fresh } = each as WindowBatch;
    const [n = 0, width = 0] = samples.shape;
    for (let i = 0; i < n; i += 1) {
      seen.windows.push([...samples.data.subarray(i * width, (i + 1) * width)]);
    }
    seen.keys.push(...keys);
    seen.fresh.push(...fresh.map((steps) => [...steps]));
  }
  return seen;
}

describe('windows', () => {
  test('follow each other by the stride; the last one ends with the rows; none crosses a series', async () => {
    const path = file('two.csv', 't,v,m', [
      ...[0, 1, 2, 3, 4, 5].map((t) => [at(t), t, 'a']),
      ...[0, 1, 2].map((t) => [at(t), 10 + t, 'b']),
    ]);
    const series = { window: 3, stride: 2, time: 't', group: 'm' };
    const dataset = await seriesRows(path, { series, schema: [number('v')] });
    const { windows, keys, fresh } = await all(dataset, 2);
    expect(windows).toEqual([
      [0, 1, 2],
      [2, 3, 4],
      [3, 4, 5],
      [10, 11, 12],
    ]);
    expect(dataset.length).toBe(4);
    expect(keys[1]).toBe(`two.csv/a/${at(2)}`);
    expect(fresh.map((steps) => steps.length)).toEqual([3, 2, 1, 3]);
    expect(fresh.flat().map(({ key }) => key)).toEqual([
      ...[0, 1, 2, 3, 4, 5].map((t) => `two.csv/a/${at(t)}`),
      ...[0, 1, 2].map((t) => `two.csv/b/${at(t)}`),
    ]);
  });

  test('cover every row of a series once as fresh, whatever window, stride and order (law)', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 2, max: 9 }),
        fc.integer({ min: 1, max: 9 }),
        fc.array(fc.integer({ min: 1, max: 25 }), { minLength: 1, maxLength: 4 }),
        fc.integer(),
        async (window, stride, lengths, seed) => {
          const rows = lengths.flatMap((length, m) =>
            Array.from({ length }, (_, t) => [t, 100 * m + t, `m${m}`]),
          );
          const order = createRandom(seed >>> 0).permutation(rows.length);
          const path = file(
            'law.csv',
            't,v,m',
            Array.from(order, (i) => rows[i] ?? []),
          );
          const series = { window, stride: Math.min(stride, window), time: 't', group: 'm' };
          const expected = lengths.flatMap((length, m) =>
            length < window ? [] : Array.from({ length }, (_, t) => `law.csv/m${m}/${t}`),
          );
          const opened = seriesRows(path, { series, schema: [number('v')] });
          if (expected.length === 0) {
            await expect(opened).rejects.toThrow('Give more rows');
            return;
          }
          const { windows, fresh } = await all(await opened);
          expect(fresh.flat().map(({ key }) => key)).toEqual(expected);
          expect(windows).toHaveLength((await opened).length);
          for (const values of windows) {
            const [first = 0] = values;
            expect(values).toEqual(Array.from({ length: window }, (_, i) => first + i));
          }
        },
      ),
      { numRuns: 25 },
    );
  });

  test('are the same whether rows are kept or read in each pass', async () => {
    const path = file(
      'long.csv',
      'v,m',
      Array.from({ length: 140_000 }, (_, i) => [i % 977, i < 70_000 ? 'a' : 'b']),
    );
    const split = (memory: number) =>
      tableFileSplit(path, {
        ...{ random: createRandom(1), memory, scaling: 'none' },
        series: { window: 50, stride: 25, group: 'm' },
      });
    const [kept, read] = [await split(2 ** 30), await split(1)];
    expect(await fingerprint(read.train)).toBe(await fingerprint(kept.train));
    expect((await all(read.train, 500)).keys).toEqual((await all(kept.train, 500)).keys);
    const drawn: string[] = [];
    for await (const { keys } of read.train.batches({ size: 100, shuffle: createRandom(2) })) {
      drawn.push(...keys);
    }
    expect(new Set(drawn).size).toBe(read.train.length);
  });
});

describe('a split', () => {
  const path = () =>
    file(
      'split.csv',
      't,v,y',
      Array.from({ length: 200 }, (_, i) => [at(i), i, i === 40 || i > 180 ? 1 : 0]),
    );
  const open = (options: Partial<TableFileOptions> = {}) =>
    tableFileSplit(path(), {
      ...{ random: createRandom(1), scaling: 'none', series: { window: 8, time: 't' } },
      ...options,
    });
  const rowsOf = async (part: Parameters<typeof all>[0]): Promise<number[]> => [
    ...new Set((await all(part)).windows.flat()),
  ];

  test('is by blocks of time: no row is in a window of two parts, no anomaly is learned from', async () => {
    const { train, validation, test: tested, schema, protocol } = await open({ label: 'y' });
    expect(schema.map(({ name }) => name)).toEqual(['v']);
    expect(protocol).toMatch(/the first 50 % to learn from.*the last 10 %/);
    const rows = [await rowsOf(train), await rowsOf(validation), await rowsOf(tested)];
    expect(rows.map(({ length }) => length)).toEqual([89, 10, 100]);
    expect(new Set(rows.flat()).size).toBe(199);
    expect(Math.max(...(rows[0] ?? []))).toBeLessThan(Math.min(...(rows[1] ?? [])));
    expect(rows[0]).not.toContain(40);
    const labels = (await all(tested)).fresh.flat().map(({ label }) => label);
    expect(labels.reduce((sum, each) => sum + each)).toBe(19);
  });

  test('without a label has no test set, and holds out a window at least', async () => {
    const { train, validation, test: tested } = await open({ series: { window: 30, time: 't' } });
    expect([train.length, validation.length, tested.length]).toEqual([141, 1, 0]);
    expect(
      cutInTime(Uint8Array.of(1, 0, 0, 0, 0), {
        ...{ labels: new Uint8Array(5), testShare: 0, series: { window: 3 } },
      }),
    ).toEqual(Uint8Array.of(2, 2, 2, 2, 2));
  });
});

describe('said by name', () => {
  const warned = async (path: string, series: SeriesOptions): Promise<string> => {
    const said: string[] = [];
    const schema = [number('v')];
    await seriesRows(path, { series, schema, onWarning: (message) => said.push(message) });
    return said.join('\n');
  };

  test('gaps, times that come twice, rows that are not in order, series that are too short', async () => {
    const minutes = [0, 1, 2, 3, 10, 11, 11, 12];
    const gaps = file(
      'gaps.csv',
      't,v',
      minutes.map((t) => [at(t), t]),
    );
    const said = await warned(gaps, { window: 2, time: 't' });
    expect(said).toMatch(
      /of 7 steps of time 5 are 60 s, but 2 are others, the longest 420 s, after 2/,
    );
    expect(said).toMatch(/1 rows have the same time as the row before.*option "group"/);
    const back = file(
      'back.csv',
      't,v',
      [2, 1, 3].map((t) => [at(t), t]),
    );
    expect(await warned(back, { window: 2, time: 't' })).toMatch(/they are sorted by t\./);
    const mixed = file('mixed.csv', 't,v,m', [
      [2, 2, 'a'],
      [1, 1, 'a'],
      [1, 1, 'b'],
    ]);
    expect(await warned(mixed, { window: 2, time: 't', group: 'm' })).toMatch(
      /sorted by m, then t\.\n.*1 of 2 series have fewer than the 2 rows.*1 rows get no score/,
    );
  });

  test.each([
    [{ window: 2, time: 'v' }, 'v,w\n1,2\n,3\n4,5\n', /row 1 \(from 0\) has none in "v"/],
    [{ window: 2, group: 'm' }, 'v,m\n1,a\n2,\n', /row 1 \(from 0\) has none in "m".*"m" IS NOT/],
    [{ window: 2, time: 'x' }, 'v\n1\n2\n', /no column "x", which the option "time" names/],
    [{ window: 2, group: 'x' }, 'v\n1\n2\n', /no column "x", which the option "group" names/],
    [{ window: 2, time: 'w' }, 'v,w\n1,a\n2,b\n', /dates or numbers, but "w" holds VARCHAR/],
    [{ window: 3 }, 'v\n1\n2\n', /windows of 3 rows, but there are 2/],
  ])('%o', async (series, content, message) => {
    const path = join(folder, 'odd.csv');
    writeFileSync(path, content);
    await expect(warned(path, series)).rejects.toThrow(message);
  });

  test.each([
    [{ window: 1 }, /window is a whole number of rows, at least 2, but 1 came/],
    [{ window: 4, stride: 5 }, /stride is a whole number of rows from 1 to the window, 4, but 5/],
    [{ window: 150 }, /no 150 rows follow each other.*to hold out.*200 rows in 1 series/],
  ])('%o when a split is opened', async (series, message) => {
    const path = file(
      '200.csv',
      'v',
      Array.from({ length: 200 }, (_, i) => [i]),
    );
    const options = { random: createRandom(1), series };
    await expect(tableFileSplit(path, options)).rejects.toThrow(message);
  });
});
