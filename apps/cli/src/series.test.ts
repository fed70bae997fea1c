// A series through the whole line: windows of a table's rows, learned from, evaluated and scored step by step.

import { readFileSync, writeFileSync } from 'node:fs';
import { readArtifact } from '@memae/onnx';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createWorld } from './testing/world.ts';

const world = createWorld();
const { run, path } = world;
afterAll(world.clear);

const rows = 1200;
const odd = (i: number): boolean => i >= 900 && i < 940;
const at = (i: number): string =>
  new Date(Date.UTC(2024, 0, 1, 0, 5 * i)).toISOString().slice(0, 19).replace('T', ' ');
/** Two waves; in 40 steps the second one stands still, high. */
const wave = (i: number, machine = 0): string => {
  const [a, b] = [Math.sin(i / 8 + machine), odd(i) ? 1.6 : Math.cos(i / 8 + machine)];
  return [at(i), `m${machine}`, a.toFixed(4), b.toFixed(4), odd(i) ? 1 : 0].join(',');
};
const write = (name: string, lines: readonly string[]): void => {
  writeFileSync(path(name), `ts,machine,a,b,odd\n${lines.join('\n')}\n`);
};
const steps = Array.from({ length: rows }, (_, i) => i);
const options = '--window 16 --time ts --method ae --epochs 12 --threads 1';

async function done(line: string): Promise<{ stdout: string; stderr: string }> {
  const { status, stdout, stderr } = await run(line);
  expect({ line, status, stderr: status === 0 ? '' : stderr }).toMatchObject({
    status: 0,
    stderr: '',
  });
  return { stdout, stderr };
}

beforeAll(async () => {
  write(
    'one.csv',
    steps.map((i) => wave(i)),
  );
  write(
    'two.csv',
    steps.flatMap((i) => [wave(i, 1), wave(i, 0)]),
  );
  await done(`train --data one.csv --label odd --columns a,b ${options} --out one`);
});

test('is learned from in windows, which the manifest tells of', async () => {
  const { manifest } = await readArtifact(path('one'));
  expect(manifest.preparation).toMatchObject({ kind: 'series', window: 16, stride: 1, time: 'ts' });
  expect(manifest.input.dims).toEqual(['batch', 32]);
  expect(manifest.calibration?.samples).toBe(60);
  const { stdout } = await done('data check one.csv --window 16 --time ts --columns a --json');
  expect(JSON.parse(stdout)).toMatchObject({ features: 16 });
});

test('is evaluated by its steps: those that are odd stand out', async () => {
  const { stdout } = await done('evaluate one --out truth.csv --json');
  expect(JSON.parse(stdout)).toMatchObject({ samples: 600, anomalies: 40, part: 'test' });
  expect((JSON.parse(stdout) as { auroc: number }).auroc).toBeGreaterThan(0.95);
  const other = await done("evaluate one --data two.csv --where machine='m1' --json");
  expect(JSON.parse(other.stdout)).toMatchObject({ samples: rows, anomalies: 40, part: 'all' });
});

test('is scored a row a step, with its time as key; each file and series in itself', async () => {
  const { stderr } = await done('score one one.csv --out scores.csv');
  expect(stderr).toContain('ignored: machine, odd.');
  const lines = readFileSync(path('scores.csv'), 'utf8').trimEnd().split('\n');
  expect(lines).toHaveLength(rows + 1);
  expect(lines[1]).toMatch(/^one\.csv\/2024-01-01 00:00:00,/);
  const flagged = lines.slice(1).flatMap((line, i) => (line.endsWith(',1') ? [i] : []));
  expect(flagged.filter(odd).length).toBeGreaterThan(30);
  expect(flagged.length).toBeLessThan(140);
  // The same steps score the same in the test part: windows of the whole file reach further.
  const truth = readFileSync(path('truth.csv'), 'utf8').trimEnd().split('\n').slice(100, 500);
  for (const line of truth) {
    const [key = '', , score] = line.split(',');
    const whole = lines.find((each) => each.startsWith(`${key},`))?.split(',')[1];
    expect(Number(whole)).toBeCloseTo(Number(score), 3);
  }
});

test('several series in one file are told apart, and sorted', async () => {
  const line = `train --data two.csv --group machine --stride 4 ${options} --out two`;
  const { stderr } = await done(line);
  expect(stderr).toMatch(/not in the order of their series: they are sorted by machine, then ts/);
  const { stdout } = await done('score two two.csv --json');
  const { samples, scores } = JSON.parse(stdout) as { samples: number; scores: { key: string }[] };
  expect([samples, scores[0]?.key, scores.at(-1)?.key]).toEqual([
    2 * rows,
    `two.csv/m0/${at(0)}`,
    `two.csv/m1/${at(rows - 1)}`,
  ]);
});

test.each([
  ['--time ts', /CLI_USAGE.*time is for series.*--window/],
  ['--window 1', /DATASET_BAD_OPTION.*at least 2, but 1/],
  ['--window 16 --stride 20', /DATASET_BAD_OPTION.*from 1 to the window, 16, but 20/],
  ['--window 16 --time when', /DATASET_BAD_OPTION.*no column "when"/],
  ['--window 1000', /DATASET_EMPTY.*no 1000 rows follow each other/],
])('%s is refused', async (flags, message) => {
  const { status, stderr } = await run(`train --data one.csv ${flags} --out none`);
  expect(status).toBeGreaterThan(0);
  expect(stderr).toMatch(message);
  expect((await run('train --data flows --window 5 --out none')).stderr).toMatch(
    /CLI_USAGE.*window is for files of tables/,
  );
});

test('too few rows to score are refused', async () => {
  write('few.csv', [wave(0), wave(1)]);
  const { status, stderr } = await run('score one few.csv');
  expect([status, stderr]).toEqual([
    1,
    expect.stringMatching(
      /DATASET_EMPTY: few\.csv: the model takes windows of 16 rows, but there are 2\./,
    ),
  ]);
});
