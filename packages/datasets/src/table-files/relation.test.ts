// What is read of a value must hang neither on how far down a file it stands nor on what stands beside it.

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { createRandom } from '@memae/graph';
import { describe, expect, test } from 'vitest';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { writeTable } from '../testing/write-table.ts';
import { tableFileRows } from './table-file-rows.ts';
import { type TableFileSplitOptions, tableFileSplit } from './table-file-split.ts';
import { aggregate, openTableFile } from './table-file.ts';

/** Files in a folder of their own; gives its path. */
async function write(files: Readonly<Record<string, string | Uint8Array>>): Promise<string> {
  const folder = await temporaryFolder();
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
  return folder;
}

async function writeOne(content: string | Uint8Array, name = 'rows.csv'): Promise<string> {
  return join(await write({ [name]: content }), name);
}

const open = (path: string, options: Partial<TableFileSplitOptions> = {}) =>
  tableFileSplit(path, { random: createRandom(1), ...options });

const csv = (header: string, rows: readonly unknown[]): string =>
  `${[header, ...rows.map(String)].join('\n')}\n`;

const jsonLines = (rows: readonly unknown[]): string =>
  `${rows.map((row) => JSON.stringify(row)).join('\n')}\n`;

/** More rows than are looked at to tell the types of columns. */
const many = Array.from({ length: 25_000 }, (_, i) => i % 9);
const sum = many.reduce((a, b) => a + b);

describe('a value far down', () => {
  test.each([
    [
      'CSV',
      csv(
        'x,v',
        [...many, 3.5].map((v, i) => `${i},${v}`),
      ),
      'rows.csv',
    ],
    ['JSON lines', jsonLines([...many, 3.5].map((v, i) => ({ x: i, v }))), 'rows.jsonl'],
  ])('%s: a fraction after whole numbers stays one', async (_, text, name) => {
    const table = await openTableFile(await writeOne(text, name));
    expect(Number((await aggregate(table, ['sum(v)']))[0])).toBe(sum + 3.5);
  });

  test('a time of day after days stays one', async () => {
    const days = many.map((v) => `2024-01-1${v}`);
    const path = await writeOne(csv('d', [...days, '2024-02-01 10:30:00']));
    const [last] = await aggregate(await openTableFile(path), ['epoch(max(d))']);
    expect(Number(last)).toBe(Date.UTC(2024, 1, 1, 10, 30) / 1000);
  });

  test('a key of JSON that comes late is a column', async () => {
    const rows = [...many.map((v) => ({ v })), { v: 1, late: 2 }];
    const { columns } = await openTableFile(await writeOne(jsonLines(rows), 'rows.jsonl'));
    expect(columns.map(({ name }) => name)).toEqual(['v', 'late']);
  });
});

describe('a row alone is read as among others', () => {
  const size = (i: number): string => Math.sin(i).toFixed(3);
  const among = (column: string, values: readonly string[]): string =>
    csv(
      `size,${column}`,
      Array.from({ length: 60 }, (_, i) => `${size(i)},${values[i % values.length] ?? ''}`),
    );
  /** The numbers that the second column becomes. */
  async function encoded(
    training: string,
    {
      text,
      name = 'one.csv',
      ...options
    }: { text: string; name?: string } & Partial<TableFileSplitOptions>,
  ): Promise<number[]> {
    const { schema } = await open(await writeOne(training), options);
    const rows = await tableFileRows(await writeOne(text, name), { schema });
    for await (const { samples } of rows.batches({ size: 1 })) return [...samples.data].slice(1);
    return [];
  }

  test.each([
    ['truths', ['True', 'False', 'Unknown'], 'True', [0, 1, 0, 0]],
    ['times', ['10:00', '11:30', 'late'], '10:00', [1, 0, 0, 0]],
    ['digits that begin with 0', ['01234', '02345', 'A1'], '01234', [1, 0, 0, 0]],
  ])('texts among which are %s', async (_, values, value, expected) => {
    const training = among('kind', values);
    expect(await encoded(training, { text: `size,kind\n0.1,${value}\n` })).toEqual(expected);
    const text = jsonLines([{ size: 0.1, kind: value }]);
    expect(await encoded(training, { text, name: 'one.jsonl' })).toEqual(expected);
  });

  test('whole numbers as categories, which have a fraction where some are missing', async () => {
    const options = { categories: ['code'] };
    const training = among('code', ['0', '1', '2']);
    for (const text of ['size,code\n0.1,1\n', 'size,code\n0.1,1.0\n']) {
      expect(await encoded(training, { text, ...options })).toEqual([0, 1, 0, 0]);
    }
    const text = jsonLines([{ size: 0.1, code: 1 }]);
    expect(await encoded(training, { text, name: 'one.jsonl', ...options })).toEqual([0, 1, 0, 0]);
  });

  test('days by the order of day and month that training had', async () => {
    for (const [days, format, fifth] of [
      [['02/13/2024', '05/03/2024', '06/30/2024'], '%m/%d/%Y', Date.UTC(2024, 4, 3)],
      [['13/02/2024', '05/03/2024', '30/06/2024'], '%d/%m/%Y', Date.UTC(2024, 2, 5)],
    ] as const) {
      const training = among('day', days);
      const { schema } = await open(await writeOne(training));
      expect(schema[1]).toMatchObject({ kind: 'date', format });
      const [epoch] = await encoded(training, { text: csv('size,day', ['0.1,05/03/2024']) });
      const [from, to] = schema.flatMap((column) =>
        column.kind === 'date' ? [column.from, column.to] : [],
      );
      expect(epoch).toBeCloseTo((fifth / 1000 - Number(from)) / (Number(to) - Number(from)), 5);
      const iso = new Date(fifth).toISOString();
      for (const [text, name] of [
        [csv('size,day', [`0.1,${iso.slice(0, 10)}`]), 'one.csv'],
        [jsonLines([{ size: 0.1, day: '05/03/2024' }]), 'one.jsonl'],
        [jsonLines([{ size: 0.1, day: `${iso.slice(0, 10)}T02:00:00+02:00` }]), 'one.jsonl'],
      ] as const) {
        expect((await encoded(training, { text, name }))[0]).toBeCloseTo(Number(epoch), 6);
      }
    }
    await expect(
      encoded(among('day', ['02/13/2024', '05/03/2024']), { text: 'size,day\n0.1,31/12/2024\n' }),
    ).rejects.toThrow(/a date was expected.*"day".*row 0.*31\/12\/2024/);
  });
});

describe('files of one table', () => {
  const rows = Array.from({ length: 30 }, (_, i) => `${i},${i % 3}`);
  test.each([
    [
      'another delimiter',
      csv(
        'x;y',
        rows.map((row) => row.replace(',', ';')),
      ),
    ],
    ['no header', csv('7,8', rows)],
    ['a column of another name', csv('x,z', rows)],
    [
      'one column more',
      csv(
        'x,y,z',
        rows.map((row) => `${row},1`),
      ),
    ],
  ])('that have %s are refused by name', async (_, text) => {
    const path = await write({ 'a.csv': csv('x,y', rows), 'b.csv': text });
    await expect(open(path)).rejects.toMatchObject({
      code: 'DATASET_CORRUPT',
      message: expect.stringMatching(
        /same columns, but .*b\.csv begins with .* where .*a\.csv has x,y/,
      ) as string,
    });
  });

  test('may have them in another order', async () => {
    const path = await write({ 'a.csv': csv('x,"y"', rows), 'b.csv': csv('y,x', rows) });
    expect((await open(path)).description).toContain('60 rows of 2 columns');
  });

  test('may have a column in the names of their folders', async () => {
    const folder = await temporaryFolder();
    for (const year of [2023, 2024]) {
      mkdirSync(join(folder, `year=${year}`));
      writeFileSync(join(folder, `year=${year}`, 'a.csv'), csv('x,y', rows));
    }
    expect((await open(folder)).schema.map(({ name }) => name)).toEqual(['x', 'y', 'year']);
  });

  test('are compared in Parquet, too', async () => {
    const folder = await temporaryFolder();
    await writeTable(join(folder, 'a.parquet'), 'SELECT i AS x, i % 3 AS y FROM range(30) t(i)');
    await writeTable(join(folder, 'b.parquet'), 'SELECT i AS x, i % 3 AS z FROM range(30) t(i)');
    await expect(open(folder)).rejects.toThrow(/b\.parquet begins with x, z where .* has x, y/);
  });
});

describe('gzip', () => {
  const packed = gzipSync(
    csv(
      'x,y',
      many.map((v, i) => `${i},${v}`),
    ),
  );
  test.each([
    ['cut short', packed.subarray(0, -1000)],
    ['without its end', packed.subarray(0, -8)],
    [
      'with another checksum',
      Buffer.concat([packed.subarray(0, -8), Buffer.alloc(4), packed.subarray(-4)]),
    ],
  ])('%s is refused by name', async (_, bytes) => {
    await expect(open(await writeOne(bytes, 'rows.csv.gz'))).rejects.toMatchObject({
      code: 'DATASET_CORRUPT',
      message: expect.stringMatching(/rows\.csv\.gz cannot be unpacked/) as string,
    });
  });
});

test('gzip of nothing is empty', async () => {
  await expect(open(await writeOne(gzipSync(''), 'rows.csv.gz'))).rejects.toThrow(/holds nothing/);
});

test('a line of many quotes, and no other, is looked at once', async () => {
  const keys = Array.from({ length: 60 }, (_, i) => `""k${i}"":1`).join(',');
  await expect(open(await writeOne(`x,"{${keys}}"`))).rejects.toThrow(/no rows/);
});

test('JSON of many columns alike has columns', async () => {
  const rows = Array.from({ length: 60 }, (_, i) =>
    Object.fromEntries(Array.from({ length: 250 }, (_each, j) => [`c${j}`, Math.sin(i * j + j)])),
  );
  expect((await open(await writeOne(jsonLines(rows), 'rows.jsonl'))).description).toContain(
    '250 columns',
  );
});

test('numbers with a comma stay numbers beside days with dots', async () => {
  const rows = Array.from({ length: 40 }, (_, i) => `${10 + (i % 18)}.12.2024;${i},5`);
  const { schema } = await open(await writeOne(csv('tag;wert', rows)));
  expect(schema).toMatchObject([
    { kind: 'date', format: '%d.%m.%Y' },
    { kind: 'number', name: 'wert' },
  ]);
});

test('numbers too large to be scaled are left out by name', async () => {
  const warnings: string[] = [];
  const rows = many
    .slice(0, 60)
    .map((v, i) => `${v},${i % 2 === 0 ? '1e308' : '-1e308'},1e20${i % 9}`);
  const { schema } = await open(await writeOne(csv('v,huge,large', rows)), {
    onWarning: (message) => warnings.push(message),
  });
  expect(schema.map(({ name }) => name)).toEqual(['v']);
  expect(warnings.join('\n')).toMatch(/huge \(too large to be scaled.*large \(too large/);
});

describe('JSON', () => {
  const options = { schema: [], mostColumns: 4 };
  test.each([
    ['lists in one another', `[{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}]`, /64 deep/],
    ['structures', `${'{"a":'.repeat(100)}1${'}'.repeat(100)}\n`, /64 deep/],
    ['more keys than may be', '{"a":1,"b":2,"c":3,"d":4,"e":5}\n', /more than 4 columns/],
    ['other keys in each row', jsonLines(many.slice(0, 9).map((v) => ({ [v]: 1 }))), /more than 4/],
  ])('of %s is refused before it is read', async (_, text, message) => {
    const path = await writeOne(text, 'rows.jsonl');
    await expect(openTableFile(path, options)).rejects.toMatchObject({
      code: 'DATASET_CORRUPT',
      message: expect.stringMatching(message) as string,
    });
  });

  test('may say brackets, quotes and keys in its texts', async () => {
    const said = `${'[{"'.repeat(100)}\\":`;
    const path = await writeOne(jsonLines([{ a: said }, { a: '\\' }, { a: ':"' }]), 'rows.jsonl');
    const [longest] = await aggregate(await openTableFile(path, options), ['max(length(a))']);
    expect(Number(longest)).toBe(said.length);
  });
});

test('a header of more columns than may be is refused, and an interruption is its own reason', async () => {
  const path = await writeOne('a,b,c\n1,2,3\n');
  await expect(openTableFile(path, { mostColumns: 2 })).rejects.toThrow(/more than 2 columns/);
  const signal = AbortSignal.abort(new Error('time is up'));
  await expect(openTableFile(path, { signal })).rejects.toThrow(/^time is up$/);
});

test('of a long line that cannot be read no more is told than tells it', async () => {
  const path = await writeOne(`a,b\n1,2\n3,"${'x'.repeat(100_000)}\n`);
  const error: unknown = await openTableFile(path).catch((thrown: unknown) => thrown);
  expect((error as Error).message).toMatch(/Line: 3/);
  expect((error as Error).message.length).toBeLessThan(2000);
});
