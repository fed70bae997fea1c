// A table of one's own through the whole line, from files that DuckDB itself wrote: looked at, trained on, resumed,
// evaluated, scored, and refused where it is broken.

import { readFileSync, writeFileSync } from 'node:fs';
import { readArtifact } from '@memae/onnx';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createWorld } from './testing/world.ts';

const world = createWorld();
const { run, path } = world;
afterAll(world.clear);

type Figures = Readonly<Record<string, unknown>>;
const json = (text: string): Figures => JSON.parse(text) as Figures;
const linesOf = (name: string): string[] => readFileSync(path(name), 'utf8').trimEnd().split('\n');

async function done(line: string): Promise<{ stdout: string; stderr: string }> {
  const { status, stdout, stderr } = await run(line);
  expect({ line, status, stderr: status === 0 ? '' : stderr }).toEqual({
    line,
    status: 0,
    stderr: '',
  });
  return { stdout, stderr };
}

/** Sales: in normal ones the price follows from the size and the shop; in a tenth it is far from that. */
const sales = (seed: number, rows = 600): string => `
  SELECT i AS id, round(size, 3) AS size, shop, paid, sold,
    CASE WHEN odd THEN round(600 + size, 3) WHEN i % 6 = 0 THEN NULL
      ELSE round(size * (CASE shop WHEN 'oslo' THEN 3 ELSE 2 END), 3) END AS price,
    CASE WHEN odd THEN 'fraud' ELSE 'fine' END AS verdict
  FROM (SELECT i, hash(i + ${seed * 10_000}) % 1000 / 10.0 AS size, i % 10 = 3 AS odd,
    ['oslo', 'rome', 'bonn'][i % 3 + 1] AS shop, i % 2 = 0 AS paid,
    TIMESTAMP '2024-01-01' + INTERVAL (i * 5) HOUR AS sold FROM range(${rows}) t(i)) ORDER BY i`;

async function write(name: string, query: string): Promise<void> {
  const format = { csv: 'csv', tsv: "csv, delim '\t'", jsonl: 'json', parquet: 'parquet' };
  const ending = name.split('.').at(-1) as keyof typeof format;
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  await connection.run(`COPY (${query}) TO '${path(name)}' (FORMAT ${format[ending]})`);
  connection.closeSync();
  instance.closeSync();
}

const names = ['sales.csv', 'sales.tsv', 'sales.jsonl', 'sales.parquet'];
const settings =
  '--label verdict --normal fine --data-option drop=id --set memory.slots=20 --epochs 60 --batch 64 --threads 1';

beforeAll(async () => {
  for (const name of names) await write(name, sales(1));
  await done(`train --data sales.parquet ${settings} --out sales`);
});

describe('a table of one’s own', () => {
  test('is looked at before training', async () => {
    const { stdout } = await done('data check sales.csv --label verdict --normal fine');
    expect(stdout).toMatch(
      /^sales\.csv, 600 rows of 6 columns: 3 numbers, 1 yes or no, 1 category, 1 date; label verdict: 60 anomalies\n/,
    );
    expect(stdout).toMatch(/\n {2}shop: 3 categories\n/);
    expect(stdout).toMatch(/\n {2}price: number, .*some missing\n/);
    const told = json((await done('data check sales.csv --columns size,shop --json')).stdout);
    expect(told).toMatchObject({ features: 5, samples: { train: 540, validation: 60, test: 0 } });
  });

  test('is trained on, and told in a line; every format gives the same model', async () => {
    const { manifest, model } = await readArtifact(path('sales'));
    expect(manifest.preparation).toMatchObject({ kind: 'table', columns: { length: 5 } });
    expect(manifest.data).toMatchObject({ name: 'sales.parquet', samples: 243 });
    for (const name of names.slice(0, 3)) {
      const { stderr } = await done(`train --data ${name} ${settings} --out other --force`);
      expect(stderr).toContain(
        `Data: ${name}, 600 rows of 5 columns: 2 numbers, 1 yes or no, 1 category, 1 date; label`,
      );
      const other = await readArtifact(path('other'));
      expect(other.manifest.preparation).toEqual(manifest.preparation);
      expect(other.manifest.data.fingerprint).toBe(manifest.data.fingerprint);
      expect(other.model.length).toBeGreaterThan(model.length - 100);
    }
    await done(`train --config sales/run.json --threads 1 --out again`);
    expect((await readArtifact(path('again'))).model).toEqual(model);
  });

  test('that is read anew in each pass is learned from as well', async () => {
    const data = '--data sales.csv --label verdict --normal fine --data-option drop=id';
    await write('long.csv', sales(3, 20_000));
    const long = data.replace('sales.csv', 'long.csv');
    const { stdout } = await done(
      `train ${long} --data-option memory=1 --set memory.slots=20 --epochs 1 --threads 1 --out long --json`,
    );
    expect(json(stdout)).toMatchObject({ samples: { train: 8100, validation: 900, test: 11_000 } });
    expect(json((await done('evaluate long --json')).stdout)).toMatchObject({ samples: 11_000 });
  });

  test('is evaluated on what was left out, and on other files whole', async () => {
    const figures = json((await done('evaluate sales --json')).stdout);
    expect(figures).toMatchObject({ samples: 330, anomalies: 60, part: 'test', normal: 'fine' });
    expect(figures['auroc']).toBeGreaterThan(0.8);
    await write('later.jsonl', sales(2, 100));
    const limited = await run('evaluate sales --data later.jsonl --limit 5');
    expect(limited).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('evaluated whole: leave out limit') as string,
    });
    const useless = '--data-option testShare=0.1 --data-option frames=3 --strict';
    expect(await run(`evaluate sales --data later.jsonl ${useless}`)).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('leave out strict, frames, testShare,') as string,
    });
    expect(await run('evaluate sales --data later.jsonl --label shop --normal x')).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('learned from the column "shop"') as string,
    });
    const { stdout, stderr } = await done('evaluate sales --data later.jsonl --json');
    expect(json(stdout)).toMatchObject({ samples: 100, anomalies: 10, part: 'all' });
    expect(stderr).toContain('columns that the model does not take are ignored: id.');
    expect((await run('evaluate sales --seed 8')).stderr).toContain('CLI_DATA_DIFFERS');
  });

  test('is scored row by row: raw rows, columns in any order, others ignored', async () => {
    await done('evaluate sales --out truth.csv');
    for (const name of names) {
      const { stdout, stderr } = await done(`score sales ${name} --out scores.csv`);
      expect(stdout).toMatch(/^scores\.csv: 600 samples/);
      expect(stderr).toContain('ignored: id, verdict.');
      const scored = new Map(
        linesOf('scores.csv').map((line) => [line.split(',')[0], line.split(',')[1]]),
      );
      for (const line of linesOf('truth.csv').slice(1)) {
        const [key = '', , score] = line.split(',');
        const same = key.replace('sales.parquet', name);
        expect(Number(scored.get(same))).toBeCloseTo(Number(score), 3);
      }
    }
    await write('new.csv', `SELECT 1 AS extra, price, sold, paid, shop, size FROM (${sales(1)})`);
    const { stdout } = await done('score sales new.csv --data-option where=size>50');
    const first = linesOf('scores.csv').find((line) => line.startsWith('sales.parquet/0,'));
    const keys = stdout.trimEnd().split('\n').slice(1);
    expect(keys.length).toBeLessThan(600);
    expect(first?.split(',')).toHaveLength(4);
  });

  test('without a label is all normal, and says what to do for figures', async () => {
    const line =
      'train --data sales.csv --data-option drop=id,verdict --epochs 1 --threads 1 --out all';
    const { stderr } = await done(line);
    expect(stderr).toMatch(/warning: sales\.csv has no anomalies to test on/);
    const { status, stderr: said } = await run('evaluate all');
    expect([status, said]).toEqual([
      2,
      expect.stringContaining('by --data, and its column by --label'),
    ]);
    await write('labelled.csv', sales(2, 100));
    const figures = await done(
      'evaluate all --data labelled.csv --label verdict --normal fine --json',
    );
    expect(json(figures.stdout)).toMatchObject({ samples: 100, anomalies: 10 });
  });

  test('goes on where it was stopped', async () => {
    const line = `train --data sales.csv ${settings.replace('--epochs 60', '--epochs 6')}`;
    await done(`${line} --out whole`);
    expect((await run(`${line} --out parts`, { interruptAt: 'epoch 2:' })).status).toBe(130);
    await done('train --out parts --resume --threads 1');
    const [whole, parts] = [await readArtifact(path('whole')), await readArtifact(path('parts'))];
    expect(parts.model).toEqual(whole.model);
  });
});

describe('said by name', () => {
  const text = (name: string, content: string): void => {
    writeFileSync(path(name), content);
  };

  test.each([
    [
      'a row with more cells',
      'ragged.csv',
      'a,b\n1,2\n3,4,5\n',
      /DATASET_CORRUPT.*ragged\.csv.*Line: 3/,
    ],
    ['no bytes', 'empty.csv', '', /DATASET_EMPTY.*empty\.csv is empty/],
    ['a header alone', 'head.csv', 'a,b\n', /DATASET_EMPTY.*no rows/],
    [
      'nothing to learn from',
      'flat.csv',
      'a,b\n1,\n1,\n1,\n',
      /DATASET_EMPTY.*a \(constant, 1\), b \(no values\)/,
    ],
    ['no such file', 'none.parquet', undefined, /DATASET_NOT_FOUND/],
    ['another kind of file', 'notes.txt', 'hello\n', /DATASET_NOT_FOUND.*whose format is named/],
  ])('%s', async (_, name, content, message) => {
    if (content !== undefined) text(name, content);
    const { status, stderr } = await run(`train --data ${name} --out none`);
    expect(status).toBe(1);
    expect(stderr).toMatch(message);
  });

  test('a column that is missing or changed when scoring', async () => {
    text('short.csv', 'size,shop\n1,oslo\n');
    const short = await run('score sales short.csv');
    expect(short.stderr).toMatch(/DATASET_CORRUPT: short\.csv.*paid, sold, price are missing/);
    text(
      'changed.csv',
      'size,shop,paid,sold,price\n1,oslo,true,2024-01-01,2\nbig,oslo,true,2024-01-01,2\n',
    );
    expect((await run('score sales changed.csv')).stderr).toMatch(
      /"size".*row 1 \(from 0\) holds "big"/,
    );
  });

  test('a label that is learned from, columns left out, no numbers', async () => {
    const rows = Array.from({ length: 40 }, (_, i) => `${i},${i % 2},same,${i % 3 ? 'x' : 'y'}`);
    text('odd.csv', `a,is_fraud,c,d\n${rows.join('\n')}\n`);
    const { stderr } = await done('train --data odd.csv --epochs 1 --out odd --threads 1');
    expect(stderr).toMatch(/warning: odd\.csv: left out: c \(constant, same\)\./);
    expect(stderr).toMatch(/warning: odd\.csv: the column "is_fraud" has two values/);
    const texts = await done('train --data odd.csv --columns d --epochs 1 --out texts --threads 1');
    expect(texts.stderr).toContain('warning: odd.csv has no columns of numbers');
  });

  test('columns without values are left out; cells that are NaN or infinite are missing', async () => {
    const rows = Array.from({ length: 60 }, (_, i) => `${i},,${i % 7 === 3 ? 'NaN' : i % 5},NULL`);
    text('gaps.csv', `a,none,b,void\n${rows.join('\n')}\n`);
    const trained = await done('train --data gaps.csv --epochs 1 --out gaps --threads 1');
    expect(trained.stderr).toContain('left out: none (no values), void (no values).');
    text('odd-cells.csv', 'b,a\n1,Infinity\ninf,5\n-inf,nan\nNaN,\n2,1e300\n');
    text('plain-cells.csv', 'a,b\n,1\n5,\n,\n,\n1e300,2\n');
    const [odd, plain] = [
      await done('score gaps odd-cells.csv --json'),
      await done('score gaps plain-cells.csv --json'),
    ];
    expect(odd.stderr).toMatch(/values are missing where all training rows had one.*a \(3 rows\)/);
    const scores = (text: string) =>
      (json(text)['scores'] as { score: number }[]).map(({ score }) => score);
    expect(scores(odd.stdout)).toEqual(scores(plain.stdout));
    expect(scores(odd.stdout)).toHaveLength(5);
    expect(scores(odd.stdout).at(-1)).toBeGreaterThan(1e9);
  });

  test('fewer rows than a batch are one batch; too few for the threshold are refused', async () => {
    text('few.csv', `a,b\n${Array.from({ length: 30 }, (_, i) => `${i},${i * i}`).join('\n')}\n`);
    await done('train --data few.csv --epochs 2 --batch 512 --out few --threads 1');
    text('two.csv', 'a,b\n1,2\n3,4\n');
    const { status, stderr } = await run('train --data two.csv --epochs 1 --out two --threads 1');
    expect([status, stderr]).toEqual([1, expect.stringMatching(/two\.csv|no column/)]);
  });

  test('options that do not fit', async () => {
    for (const [line, message] of [
      [
        '--data flows --label x',
        /CLI_USAGE.*label is for files of tables, but flows is a table known by name/,
      ],
      ['--data moving-shapes --where a>1', /CLI_USAGE.*where is for files of tables.*videos/],
      ['--data sales.csv --columns nope', /DATASET_BAD_OPTION.*no column "nope"/],
      ['--data sales.csv --label verdict', /DATASET_BAD_OPTION.*holds fine, fraud\. Say which/],
      ['--data sales.csv --where sizes>1', /DATASET_BAD_OPTION.*"sizes" not found/],
      ['--data sales.csv --data-option stride=2', /CLI_USAGE.*stride is for videos/],
      ['--data sales.csv --data-option protocol=A', /DATASET_BAD_OPTION.*known by name/],
      ['--data sales.csv --data-option testShare=1', /CLI_USAGE.*a share between 0 and 1/],
      ['--data sales.csv --data-option columns=a,,b', /CLI_USAGE.*names with commas/],
    ] as const) {
      const { status, stderr } = await run(`train ${line} --out none`);
      expect(status).toBeGreaterThan(0);
      expect(stderr).toMatch(message);
    }
    for (const flag of ['--size 3x3', '--strict']) {
      expect(await run(`score sales sales.csv ${flag}`)).toMatchObject({
        status: 2,
        stderr: expect.stringContaining(`${flag.split(' ')[0]} is for pictures`) as string,
      });
    }
    expect((await run('score sales sales.csv --data-option label=a')).stderr).toMatch(
      /CLI_USAGE.*label is settled by the run/,
    );
  });
});
