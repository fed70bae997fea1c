import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type RowColumn, createRandom, rowFeatures } from '@memae/graph';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Batch } from '../dataset.ts';
import { fingerprint } from '../fingerprint.ts';
import { modalityOf } from '../modality-of.ts';
import { openSplit } from '../open-split.ts';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { writeTable } from '../testing/write-table.ts';
import { scalings } from '../tables/table-encoder.ts';
import { bucketOf } from './bucket-of.ts';
import { labelledTableFileRows, tableFileRows } from './table-file-rows.ts';
import { type TableFileSplitOptions, tableFileSplit } from './table-file-split.ts';

/** 400 rows of everything: a missing value in every fifth, a label in every tenth. */
const mixed = `
  SELECT i AS amount, ['oslo', 'rome', 'paris'][i % 3 + 1] AS city,
    TIMESTAMP '2024-01-01 06:00:00' + INTERVAL (i * 7) HOUR AS at, i % 2 = 0 AS paid,
    CASE WHEN i % 5 = 0 THEN NULL ELSE i * 0.5 END AS holes, 'shop ' || (i % 100) AS shop,
    CASE WHEN i % 10 = 0 THEN 1 ELSE 0 END AS label
  FROM range(400) t(i) ORDER BY i`;

async function write(query = mixed, name = 'rows.parquet'): Promise<string> {
  const path = join(await temporaryFolder(), name);
  await writeTable(path, query);
  return path;
}

async function writeText(text: string, name = 'rows.csv'): Promise<string> {
  const path = join(await temporaryFolder(), name);
  writeFileSync(path, text);
  return path;
}

const open = (path: string, options: Partial<TableFileSplitOptions> = {}) =>
  tableFileSplit(path, { random: createRandom(1), ...options });

async function all(batches: AsyncIterable<Batch>): Promise<Batch[]> {
  const list: Batch[] = [];
  for await (const batch of batches) list.push(batch);
  return list;
}

const columnOf = (schema: readonly RowColumn[], name: string) =>
  schema.find((column) => column.name === name);

/** A row by the names of its numbers. */
function named({ samples }: Batch, schema: readonly RowColumn[], row = 0): Record<string, number> {
  const features = rowFeatures(schema);
  return Object.fromEntries(
    features.map((name, i) => [name, samples.data[row * features.length + i] ?? NaN]),
  );
}

describe('a table of one’s own', () => {
  test('is the same in every format, packed or not, in one file or several', async () => {
    const prints = new Set<string>();
    for (const name of ['a.csv', 'a.tsv', 'a.jsonl', 'a.parquet', 'a.csv.gz', 'a.jsonl.gz']) {
      const path = await write(mixed, name);
      const split = await open(path, { label: 'label' });
      prints.add(await fingerprint(split.train));
      expect(split.description).toBe(
        `${name}, 400 rows of 6 columns: 2 numbers, 1 yes or no, 2 categories, 1 date; label label: 40 anomalies`,
      );
      expect(await modalityOf(path)).toBe('tabular');
    }
    const folder = await temporaryFolder();
    for (const [from, to] of [
      [0, 150],
      [150, 400],
    ]) {
      await writeTable(
        join(folder, `part-${from}.parquet`),
        `SELECT * FROM (${mixed}) WHERE amount >= ${from} AND amount < ${to} ORDER BY amount`,
      );
    }
    const joined = await open(join(folder, '*.parquet'), { label: 'label' });
    prints.add(await fingerprint(joined.train));
    expect([...prints]).toHaveLength(1);
  });

  test('with a label: half of the normal rows are learned from, the rest and all anomalies tested', async () => {
    const {
      train,
      validation,
      test: tested,
      protocol,
    } = await open(await write(), { label: 'label' });
    expect([train.length, validation.length, tested.length]).toEqual([162, 18, 220]);
    const labels = (await all(tested.batches({ size: 64 }))).flatMap((batch) =>
      Array.from((batch as { labels?: Uint8Array }).labels ?? []),
    );
    expect(labels.filter((label) => label === 1)).toHaveLength(40);
    expect(protocol).toContain('50 % of the rows that label calls normal');
    const more = await open(await write(), { label: 'label', testShare: 0.1 });
    expect(more.train.length + more.validation.length).toBe(324);
  });

  test('without one: all rows are normal, a tenth is held out', async () => {
    const { train, validation, test: tested, protocol } = await open(await write());
    expect([train.length, validation.length, tested.length]).toEqual([360, 40, 0]);
    expect(protocol).toMatch(/^all rows are normal/);
    const keys = [train, validation].map(async (part) =>
      (await all(part.batches({ size: 99 }))).flatMap((batch) => batch.keys),
    );
    expect(new Set((await Promise.all(keys)).flat()).size).toBe(400);
  });

  test('is fitted on the rows to learn from alone', async () => {
    const query = (anomaly: number) =>
      `SELECT CASE WHEN i % 10 = 0 THEN ${anomaly} ELSE i % 7 END AS x, i % 3 AS y,
        CASE WHEN i % 10 = 0 THEN 1 ELSE 0 END AS label FROM range(200) t(i)`;
    for (const scaling of scalings) {
      const small = await open(await write(query(5)), { label: 'label', scaling });
      const large = await open(await write(query(5e9)), { label: 'label', scaling });
      expect(large.schema).toEqual(small.schema);
      if (scaling !== 'min-max') continue;
      expect(columnOf(small.schema, 'x')).toMatchObject({ shift: 0, scale: 6 });
    }
  });

  test('is opened by openSplit, which refuses what is for known tables', async () => {
    const path = await write();
    const options = { random: createRandom(1), table: { label: 'label' } };
    const split = await openSplit(path, { ...options, normal: 0, limit: 100, scaling: 'standard' });
    expect(split.train.length + split.validation.length + split.test.length).toBe(100);
    await expect(openSplit(path, { ...options, protocol: 'A' })).rejects.toMatchObject({
      code: 'DATASET_BAD_OPTION',
      message: expect.stringContaining('for a table known by name') as string,
    });
    await expect(openSplit('flows', { random: createRandom(1), table: {} })).rejects.toMatchObject({
      code: 'DATASET_BAD_OPTION',
    });
    const odd = await writeText('a;b\n1,5;2\n2,5;4\n3,5;7\n4,5;9\n', 'odd.data');
    await expect(modalityOf(odd)).rejects.toMatchObject({ code: 'DATASET_NOT_FOUND' });
    const { schema } = await open(odd, { format: 'csv' });
    expect(columnOf(schema, 'a')).toMatchObject({ kind: 'number' });
  });
});

describe('columns', () => {
  test('become numbers: scaled, one-hot, hashed, cyclic, and flags', async () => {
    const path = await write();
    const { schema, train } = await open(path, { drop: ['label'] });
    expect(schema.map(({ kind }) => kind)).toEqual([
      ...['number', 'category', 'date', 'number', 'number', 'hashed'],
    ]);
    expect(train.sampleShape).toEqual([1 + 4 + 5 + 1 + 2 + 32]);
    const [batch] = await all((await tableFileRows(path, { schema })).batches({ size: 400 }));
    const values = batch && named(batch, schema, 20);
    const { from = 0, to = 0 } = columnOf(schema, 'at') as { from?: number; to?: number };
    const when = Date.UTC(2024, 0, 1, 6) / 1000 + 20 * 7 * 3600;
    expect(values).toMatchObject({
      'city=paris': 1,
      'city=(other)': 0,
      paid: 1,
      'holes is missing': 1,
      at: expect.closeTo((when - from) / (to - from), 5) as number,
      'at day sine': expect.closeTo(Math.sin((2 * Math.PI * 2) / 24), 5) as number,
      'at week cosine': expect.closeTo(Math.cos((2 * Math.PI * (6 + 140)) / 168), 5) as number,
    });
  });

  test('whose values are missing are filled by the median, or the most frequent, and flagged', async () => {
    const text =
      'a,b,c\n' + ['1,x,1', '2,x,2', '100,x,3', 'NA,,4', 'inf,y,5', '3,NULL,6'].join('\n');
    const { schema } = await open(await writeText(text), { scaling: 'none' });
    const rows = await tableFileRows(await writeText('a,b,c\n,?,nan\n'), { schema });
    const [batch] = await all(rows.batches({ size: 1 }));
    const a = columnOf(schema, 'a') as { fill: number; flagged: boolean };
    expect(a.flagged).toBe(true);
    expect([1, 2, 3, 100]).toContain(a.fill);
    expect(batch && named(batch, schema)).toMatchObject({
      a: a.fill,
      'a is missing': 1,
      'b=x': 1,
      'b is missing': 1,
    });
  });

  test.each([
    ['fault', 1],
    ['Failed', 1],
    ['is_defective', 1],
    ['default_rate', 0],
    ['failsafe', 0],
  ])('of two values and called %s: %i warnings that they may be labels', async (column, count) => {
    const path = await write(`SELECT i AS x, i % 2 AS "${column}" FROM range(50) t(i)`);
    const warnings: string[] = [];
    await open(path, { onWarning: (message) => warnings.push(message) });
    expect(warnings.filter((each) => each.includes('a name as labels have'))).toHaveLength(count);
  });

  test('that say nothing are left out, and it is told why', async () => {
    const path = await write(
      `SELECT i AS x, 7 AS same, NULL::DOUBLE AS none, 'id ' || i AS id, [i] AS list, 'a' AS one,
        i % 2 AS is_anomaly FROM range(50) t(i)`,
    );
    const warnings: string[] = [];
    const { schema } = await open(path, { onWarning: (message) => warnings.push(message) });
    expect(schema.map(({ name }) => name)).toEqual(['x', 'is_anomaly']);
    expect(warnings[0]).toBe(
      'rows.parquet: left out: list (no number or text: BIGINT[]), same (constant, 7), none (no values), ' +
        'id (another text in each row, as names and ids are), one (constant, a).',
    );
    expect(warnings[1]).toMatch(/"is_anomaly" has two values and a name as labels have/);
    const asked = await open(path, { columns: ['x', 'id'] });
    expect(columnOf(asked.schema, 'id')).toMatchObject({ kind: 'hashed', buckets: 32 });
    const coded = await open(path, { columns: ['x', 'is_anomaly'], categories: ['is_anomaly'] });
    expect(columnOf(coded.schema, 'is_anomaly')).toMatchObject({ categories: ['0', '1'] });
    const texts: string[] = [];
    await open(await write(`SELECT ['a', 'b'][i % 2 + 1] AS t FROM range(50) t(i)`), {
      onWarning: (message) => texts.push(message),
    });
    expect(texts).toEqual([
      'rows.parquet has no columns of numbers: only its categories are learned from.',
    ]);
  });

  test('of many categories are hashed alike wherever and whenever', () => {
    expect(bucketOf('shop 7', { buckets: 32, seed: 5 })).toBe(
      bucketOf('shop 7', { buckets: 32, seed: 5 }),
    );
    fc.assert(
      fc.property(
        fc.string(),
        fc.integer(),
        fc.integer({ min: 1, max: 64 }),
        (text, seed, buckets) => {
          const bucket = bucketOf(text, { buckets, seed });
          return Number.isInteger(bucket) && bucket >= 0 && bucket < buckets;
        },
      ),
    );
    const counts = new Map<number, number>();
    for (let i = 0; i < 3200; i += 1) {
      const bucket = bucketOf(`user${i}`, { buckets: 32, seed: 1 });
      counts.set(bucket, (counts.get(bucket) ?? 0) + 1);
    }
    expect(Math.min(...Array.from({ length: 32 }, (_, i) => counts.get(i) ?? 0))).toBeGreaterThan(
      60,
    );
  });
});

describe('rows that are read anew in each pass', () => {
  test('are those that are kept in memory', async () => {
    const path = await write();
    for (const options of [
      {},
      { label: 'label' },
      { where: 'amount >= 30 -- not all', limit: 200 },
    ]) {
      const kept = await open(path, options);
      const streamed = await open(path, { ...options, memory: 0 });
      expect(streamed.schema).toEqual(kept.schema);
      for (const part of ['train', 'validation', 'test'] as const) {
        expect(await all(streamed[part].batches({ size: 37 }))).toEqual(
          await all(kept[part].batches({ size: 37 })),
        );
      }
    }
  });

  test('are shuffled by what they are given, each row once, in batches as asked for', async () => {
    const { train } = await open(await write(), { memory: 0, limit: 201 });
    const pass = (seed: number) =>
      all(train.batches({ size: 90, shuffle: createRandom(seed), last: 'merge-single' }));
    const [once, again, other] = [await pass(1), await pass(1), await pass(2)];
    expect(train.length).toBe(181);
    expect(once.map(({ keys }) => keys.length)).toEqual([90, 91]);
    expect(again).toEqual(once);
    const keysOf = (batches: Batch[]) => batches.flatMap(({ keys }) => keys);
    expect(keysOf(other)).not.toEqual(keysOf(once));
    expect(keysOf(other).sort()).toEqual(keysOf(once).sort());
  });

  test('stop where nobody reads on, and when they are told to', async () => {
    const abort = new AbortController();
    const { train } = await open(await write(), { memory: 0, signal: abort.signal });
    for await (const { keys } of train.batches({ size: 3 })) {
      expect(keys).toHaveLength(3);
      break;
    }
    abort.abort(new Error('enough'));
    await expect(all(train.batches({ size: 3 }))).rejects.toThrow('enough');
  });
});

describe('which rows', () => {
  test('an expression says; keys count all rows of the file', async () => {
    const { train, description } = await open(await write(), {
      where: "amount > 299 AND city = 'oslo'",
    });
    expect(description).toContain('34 rows');
    const [batch] = await all(train.batches({ size: 400 }));
    expect(batch?.keys.every((key) => Number(key.split('/')[1]) % 3 === 0)).toBe(true);
    await expect(open(await write(), { where: 'amount > 1000' })).rejects.toMatchObject({
      code: 'DATASET_EMPTY',
      message: 'rows.parquet has no rows for which amount > 1000.',
    });
  });

  test('an expression reads no other file, and writes none', async () => {
    const path = await writeText('a,b\n1,2\n3,4\n5,9\n');
    const secret = await writeText('secret\n42\n', 'secret.csv');
    for (const where of [
      `a < (SELECT max(secret) FROM read_csv('${secret}'))`,
      `a < (SELECT length(content) FROM read_text('/etc/hostname'))`,
      `1 = 1); COPY (SELECT 1) TO '${path}' (USE_TMP_FILE false); SELECT (1`,
      'SET threads = 1',
      'nothing > 1',
    ]) {
      await expect(open(path, { where })).rejects.toMatchObject({ code: 'DATASET_BAD_OPTION' });
    }
    expect(readFileSync(path, 'utf8')).toBe('a,b\n1,2\n3,4\n5,9\n');
    expect(readdirSync(join(path, '..'))).toEqual(['rows.csv']);
  });
});

describe('labels', () => {
  test('are 0 and 1, true and false, or what is named as normal', async () => {
    const rows = ['true,bad', 'false,good', 'false,good', 'no,ok', 'no,good'];
    const text = [...rows, ...rows].map((row, i) => `${i},${row}\n`).join('');
    const path = await writeText(`a,flag,kind\n${text}`);
    const byFlag = await open(path, { label: 'flag', columns: ['a'] });
    expect(byFlag.description).toContain('label flag: 2 anomalies');
    const byKind = await open(path, { label: 'kind', normal: 'good', columns: ['a'] });
    expect(byKind.description).toContain('label kind: 4 anomalies');
    const float = await write('SELECT i % 2 + 0.0 AS y, i AS x FROM range(20) t(i)');
    expect((await open(float, { label: 'y', normal: '0' })).description).toContain('10 anomalies');
  });

  test('that cannot be understood are refused', async () => {
    const path = await writeText('a,kind,y\n1,bad,1\n2,good,\n3,good,0\n');
    await expect(open(path, { label: 'kind' })).rejects.toThrow(/it holds bad, good\. Say which/);
    await expect(open(path, { label: 'kind', normal: 'fine' })).rejects.toThrow(
      /no row has "fine".*bad, good/,
    );
    await expect(open(path, { label: 'y' })).rejects.toThrow(/row 1 \(from 0\) has none in "y"/);
    await expect(open(path, { label: 'z' })).rejects.toThrow(/no column "z".*a, kind, y/);
    await expect(open(path, { normal: 'good' })).rejects.toThrow(/no label was named/);
  });
});

describe('rows to be scored', () => {
  test('are found by name: reordered, with others beside, of kinds not known, far off and later', async () => {
    const { schema } = await open(await write(), { drop: ['label'] });
    const path = await writeText(
      'extra,shop,holes,paid,at,city,amount\n' +
        '1,new shop,3,true,2030-05-06 07:08:09,berlin,1e300\n' +
        '2,shop 1,,,,,\n',
    );
    const warnings: string[] = [];
    const rows = await tableFileRows(path, {
      schema,
      keyed: 'new/rows.csv',
      onWarning: (message) => warnings.push(message),
    });
    const [batch] = await all(rows.batches({ size: 10 }));
    expect(batch?.keys).toEqual(['new/rows.csv/0', 'new/rows.csv/1']);
    expect(batch && named(batch, schema)).toMatchObject({ 'city=(other)': 1, at: 1, amount: 1e6 });
    expect(batch?.samples.data.every((value) => Number.isFinite(value))).toBe(true);
    expect(warnings).toEqual([
      'rows.csv: values are missing where all training rows had one, and are filled in: amount (1 rows), ' +
        'city (1 rows), at (1 rows), paid (1 rows).',
      'rows.csv: columns that the model does not take are ignored: extra.',
    ]);
  });

  test('as JSON where nothing is in a column miss its values', async () => {
    const schema = [
      { name: 'x', kind: 'number', fill: 3, flagged: true, shift: 1, scale: 1 },
      { name: 'y', kind: 'category', fill: 'a', flagged: false, categories: ['a', 'b'] },
    ] as const;
    const nulls = await writeText('{"x":null,"y":null}\n{"x":null,"y":null}\n', 'rows.jsonl');
    const rows = await tableFileRows(nulls, { schema });
    for await (const { samples } of rows.batches({ size: 2 })) {
      expect([...samples.data]).toEqual([2, 1, 1, 0, 0, 2, 1, 1, 0, 0]);
    }
    const lists = await writeText('{"x":[1],"y":null}\n', 'rows.jsonl');
    await expect(tableFileRows(lists, { schema })).rejects.toThrow(/numbers were expected.*"x"/);
  });

  test('as JSON with numbers beside texts are read as in other formats', async () => {
    const lines = (values: readonly string[]) =>
      writeText(values.map((x) => `{"x":${x},"n":1}\n`).join(''), 'rows.jsonl');
    const number = {
      name: 'x',
      kind: 'number',
      fill: 3,
      flagged: false,
      shift: 1,
      scale: 1,
    } as const;
    const rows = await tableFileRows(await lines(['1.5', '"2"']), { schema: [number] });
    for await (const { samples } of rows.batches({ size: 2 })) {
      expect([...samples.data]).toEqual([0.5, 1]);
    }
    await expect(
      tableFileRows(await lines(['1.5', '"two"']), { schema: [number] }),
    ).rejects.toThrow(/a number was expected in the column "x".* row 1 \(from 0\) holds "two"/);
    const mixed = Array.from({ length: 40 }, (_, i) => ['"a"', '7', 'null'][i % 3] ?? '');
    const { schema } = await open(await lines(mixed));
    expect(schema).toMatchObject([{ name: 'x', categories: ['7', 'a'], flagged: true }]);
  });

  test('with labels are evaluated whole', async () => {
    const path = await write();
    const { schema } = await open(path, { label: 'label' });
    const rows = await labelledTableFileRows(path, { schema, label: 'label' });
    expect(rows.length).toBe(400);
    for await (const { keys, labels } of rows.batches({ size: 64 })) {
      expect(Array.from(labels)).toEqual(
        keys.map((key) => (Number(key.split('/')[1]) % 10 === 0 ? 1 : 0)),
      );
    }
  });

  test('without a column, or with one of another kind, are refused by name and row', async () => {
    const { schema } = await open(
      await write("SELECT i AS x, i * 2 AS y, DATE '2024-01-01' + i::INT AS d FROM range(50) t(i)"),
    );
    const read = async (text: string) => tableFileRows(await writeText(text), { schema });
    await expect(read('x,z\n1,2\n')).rejects.toThrow(
      'rows.csv: the model takes the columns x, y, d, but y, d are missing. There are: x, z.',
    );
    await expect(read('x,y,d\n1,2,2024-01-01\n3,many,2024-01-02\n')).rejects.toThrow(
      /a number was expected in the column "y".*row 1 \(from 0\) holds "many"/,
    );
    await expect(read('x,y,d\n1,2,soon\n')).rejects.toThrow(/a date was expected.*row 0.*"soon"/);
    await expect(read('x,y,d\n1,2024-01-01,2024-01-01\n')).rejects.toThrow(
      /numbers were expected in the column "y".*TIMESTAMP/,
    );
    await expect(read('x,y,d\n')).rejects.toMatchObject({ code: 'DATASET_EMPTY' });
  });
});

describe('broken files', () => {
  const many = Array.from({ length: 30_000 }, (_, i) => `${i},${i === 25_000 ? 'oops' : i}`).join(
    '\n',
  );
  test.each([
    [
      'a row with more cells',
      'a.csv',
      'a,b\n1,2\n3,4,5\n6,7\n',
      /a\.csv.*Line: 3.*3,4,5.*Expected Number of Columns: 2 Found: 3/,
    ],
    ['a row with fewer', 'a.csv', 'a,b,c\n1,2,3\n4,5\n', /Line: 3/],
    ['a quote left open', 'a.csv', 'a,b\n1,"2\n3,4\n', /Line: 2/],
    ['a text among numbers, far down', 'a.csv', `a,b\n${many}\n`, /Line: 25002.*"oops"/],
    [
      'a line that is no JSON',
      'a.jsonl',
      '{"a":1}\n{"a" 2}\n{"a":3}\n',
      /a\.jsonl", at byte 6 in line/,
    ],
    ['a Parquet file that is none', 'a.parquet', 'hello, this is not Parquet', /a\.parquet/],
  ])('%s', async (_, name, text, message) => {
    await expect(open(await writeText(text, name))).rejects.toMatchObject({
      code: 'DATASET_CORRUPT',
      message: expect.stringMatching(message) as string,
    });
  });

  test.each([
    ['no bytes', '', /is empty/],
    ['a header alone', 'a,b\n', /no rows/],
    ['one row', 'a,b\n1,2\n', /none to learn from/],
    ['nothing that differs', 'a,b\n1,2\n1,2\n1,2\n', /no column is left.*constant/],
  ])('%s', async (_, text, message) => {
    await expect(open(await writeText(text))).rejects.toMatchObject({
      code: 'DATASET_EMPTY',
      message: expect.stringMatching(message) as string,
    });
  });

  test('a first line of numbers is a row, and a latin letter is refused', async () => {
    const { description } = await open(await writeText('1,2\n3,4\n5,9\n7,8\n'));
    expect(description).toBe('rows.csv, 4 rows of 2 columns: 2 numbers');
    const path = await writeText('');
    writeFileSync(path, Buffer.from('a,b\n1,caf\xe9\n', 'latin1'));
    await expect(open(path)).rejects.toThrow(/not utf-8/);
  });

  test('options are refused by what they may be', async () => {
    const path = await write();
    await expect(open(path, { columns: ['nope'] })).rejects.toThrow(/no column "nope".*"columns"/);
    await expect(open(path, { label: 'label', testShare: 1 })).rejects.toThrow(/between 0 and 1/);
    await expect(open(path, { limit: 0.5 })).rejects.toThrow(/whole number of rows/);
    await expect(open(join(path, '..', 'none-*.csv'))).rejects.toThrow(/No file fits/);
  });
});
