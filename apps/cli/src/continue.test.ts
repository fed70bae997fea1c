// Training that goes on from a finished run, of each kind of data: what was learned is there from the first step on, the
// encoding stays, and the new artifact says where it comes from.

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { readArtifact, readTrainingLog } from '@memae/onnx';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createWorld, writeDigits } from './testing/world.ts';

const world = createWorld();
const { run, path } = world;
afterAll(world.clear);

async function done(line: string): Promise<string> {
  const { status, stdout, stderr } = await run(line);
  expect({ line, status, stderr: status === 0 ? '' : stderr }).toEqual({
    line,
    status: 0,
    stderr: '',
  });
  return stdout;
}
async function refused(line: string, ...words: string[]): Promise<void> {
  const { status, stderr } = await run(line);
  expect(status).toBeGreaterThan(0);
  for (const word of words) expect(stderr).toContain(word);
}
const lossesOf = async (name: string): Promise<number[]> =>
  (await readTrainingLog(path(name))).map(({ loss }) => Number(loss));
const manifestOf = async (name: string) => (await readArtifact(path(name))).manifest;

/** Amounts that follow from the size; of `price`, other units by `times`. */
function sales(rows: number, { from = 0, times = 1 } = {}): string {
  const lines = Array.from({ length: rows }, (_, i) => {
    const size = ((i + from) * 37) % 101;
    const shop = ['oslo', 'rome', 'bonn'][(i + from) % 3] ?? '';
    return `${size},${shop},${(size * times * (shop === 'oslo' ? 3 : 2)).toFixed(2)},${i % 50 === 7 ? 1 : 0}`;
  });
  return `size,shop,price,fraud\n${lines.join('\n')}\n`;
}

const digits =
  'train --data digits --normal 3 --batch 4 --epochs 6 --threads 2 --set memory.slots=8';
const table =
  'train --data sales.csv --label fraud --epochs 15 --batch 32 --set memory.slots=9 --threads 1';
const video =
  'train --data moving-shapes --size 16x16 --data-option stride=8 --data-option testStride=3 ' +
  '--method ae --set network.width=0.05 --epochs 3 --threads 2';

beforeAll(async () => {
  await writeDigits(path('digits'));
  await writeDigits(path('more'), { count: 200, seed: 2 });
  writeFileSync(path('sales.csv'), sales(400));
  writeFileSync(path('march.csv'), sales(300, { from: 13 }));
  await done(`${digits} --out digits-run`);
  await done(`${table} --out sales`);
  await done(`${video} --out shapes`);
  await done('train --data flows --limit 1500 --set memory.slots=10 --epochs 2 --out flows');
});

describe('training that goes on', () => {
  test.each([
    ['digits-run', ''],
    ['digits-run', '--data more'],
    ['sales', ''],
    ['sales', '--data march.csv'],
    ['shapes', ''],
    ['flows', ''],
  ])('from %s %s: starts where the run stopped', async (parent, data) => {
    await done(`train --continue ${parent} ${data} --epochs 2 --out next --force --threads 1`);
    const [before, after] = [await lossesOf(parent), await lossesOf('next')];
    expect(after).toHaveLength(2);
    const [first = 0, last = 0] = [before[0], before.at(-1)];
    // Nearer to where the run stopped than to where it began.
    expect(after[0]).toBeLessThan(last + (first - last) / 2);
    const [old, next] = [await manifestOf(parent), await manifestOf('next')];
    expect(next.preparation).toEqual(old.preparation);
    expect(next.input).toEqual(old.input);
    expect({ ...next.options, 'training.epochs': 0 }).toEqual({
      ...old.options,
      'training.epochs': 0,
    });
    expect(next.ancestry).toEqual([{ modelSha256: old.modelSha256, data: old.data }]);
    if (data === '') expect(next.data).toEqual(old.data);
    else expect(next.data.fingerprint).not.toBe(old.data.fingerprint);
  });

  test('gives scores and a threshold of its own: those of the trainer and of the exported model are one', async () => {
    await done(
      'train --continue sales --data march.csv --epochs 3 --out march --force --threads 1',
    );
    const { calibration } = await manifestOf('march');
    // All rows, among which are those that were held out.
    const { scores } = JSON.parse(await done('score march march.csv --json')) as {
      readonly scores: readonly { readonly score: number }[];
    };
    const found = scores.map(({ score }) => score);
    for (const score of calibration?.normal ?? [NaN]) {
      const nearest = Math.min(...found.map((each) => Math.abs(each - score)));
      expect(nearest).toBeLessThan(1e-5 * (1 + Math.abs(score)));
    }
    // Its label was carried over, so that the frauds are tested and not learned.
    const told = JSON.parse(await done('evaluate march --json')) as Record<string, unknown>;
    expect(told).toMatchObject({ part: 'test', anomalies: 6 });
    await done('train --continue march --epochs 1 --out april --threads 1');
    expect((await manifestOf('april')).ancestry).toHaveLength(2);
  });

  test('on a table without the label: that is said, and which columns are not looked at', async () => {
    const rows = readFileSync(path('march.csv'), 'utf8').replace('fraud', 'attack');
    writeFileSync(path('unlabelled.csv'), rows);
    const line = 'train --continue sales --data unlabelled.csv --epochs 1 --out next --force';
    const { status, stderr } = await run(`${line} --threads 1`);
    expect(status).toBe(0);
    expect(stderr).toMatch(/warning: .*has no column "fraud".*all of its rows count as normal/);
    expect(stderr).toMatch(/warning: .*columns that the model does not take are ignored: attack\./);
    const named = await run(`${line} --threads 1 --label attack`);
    expect(named.status).toBe(0);
    expect(named.stderr).not.toMatch(/fraud|ignored/);
  });

  test('what was learned survives: the old data are told as well as before, which a new run cannot', async () => {
    const errorOf = async (name: string): Promise<number> => {
      const { scores } = JSON.parse(await done(`score ${name} sales.csv --json`)) as {
        readonly scores: readonly { readonly score: number }[];
      };
      return scores.reduce((sum, { score }) => sum + score, 0) / scores.length;
    };
    await done('train --continue sales --data march.csv --epochs 3 --out next --force --threads 1');
    const anew = table.replace('sales.csv', 'march.csv').replace('--epochs 15', '--epochs 3');
    await done(`${anew} --out anew`);
    const [before, after, fresh] = [
      await errorOf('sales'),
      await errorOf('next'),
      await errorOf('anew'),
    ];
    expect(after).toBeLessThan(1.1 * before);
    expect(fresh).toBeGreaterThan(1.2 * before);
  });

  test('can be stopped and resumed as any', async () => {
    const line = 'train --continue digits-run --data more --epochs 4 --threads 2';
    await done(`${line} --out whole`);
    let now = 0;
    const stopped = await run(`${line} --out halves`, {
      tty: true,
      clock: () => (now += 100),
      interruptAt: 'epoch 2/4',
    });
    expect(stopped.status).toBe(130);
    expect(existsSync(path('halves/manifest.json'))).toBe(false);
    await done('train --out halves --resume --threads 2');
    expect(
      readFileSync(path('halves/model.onnx')).equals(readFileSync(path('whole/model.onnx'))),
    ).toBe(true);
    await done('train --config whole/run.json --out again --threads 2');
    expect(
      readFileSync(path('again/model.onnx')).equals(readFileSync(path('whole/model.onnx'))),
    ).toBe(true);
  });

  test('refuses what does not fit, by name', async () => {
    writeFileSync(path('less.csv'), 'size,price\n1,2\n2,3\n');
    await refused('train --continue sales --data less.csv --out no', 'DATASET_CORRUPT', 'shop');
    await refused('train --continue sales --data digits --normal 3 --out no', 'digits');
    await refused('train --continue digits-run --set memory.slots=3 --out no', 'memory.slots');
    await refused('train --continue digits-run --method ae --out no', '--method');
    await refused(
      'train --continue shapes --data-option dilation=2 --out no',
      'CLI_USAGE',
      'dilation',
    );
    await refused('train --continue sales --seed 8 --out no', 'CLI_USAGE', '--seed cannot be 8');
    await refused('train --continue nowhere --out no', 'ARTIFACT_NOT_FOUND');
    await done('train --data digits --normal 1 --limit 20 --epochs 1 --method vae --out vae');
    await refused('train --continue vae --out no', 'TRAIN_BAD_START', 'log_variance');
    expect(existsSync(path('no/manifest.json'))).toBe(false);
    await done('train --data digits --normal 1 --limit 20 --epochs 1 --out parent');
    await done('train --continue parent --epochs 1 --out child');
    const others = /warning: Of \S+ other samples are learned from now/;
    const again = 'train --continue parent --epochs 1 --out other';
    expect((await run(`${again} --limit 15`)).stderr).toMatch(others);
    expect((await run(`${again} --force`)).stderr).not.toMatch(others);
    await done('train --data digits --normal 1 --limit 20 --epochs 2 --out parent --force');
    await refused('train --config child/run.json --out no --force', 'CLI_RUN_CHANGED');
  });
});
