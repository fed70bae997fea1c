// A run's later life: what it is, and whether new data are still like its own.

import { readFileSync, writeFileSync } from 'node:fs';
import { cp, rm } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createWorld, writeDigits } from './testing/world.ts';

const world = createWorld();
const { run, path } = world;
afterAll(world.clear);

type Told = Readonly<Record<string, unknown>>;
async function json(line: string, status = 0): Promise<Told> {
  const ended = await run(`${line} --json`);
  expect({
    line,
    status: ended.status,
    stderr: ended.status === status ? '' : ended.stderr,
  }).toEqual({ line, status, stderr: '' });
  return JSON.parse(ended.stdout) as Told;
}

function sales(rows: number, { from = 0, times = 1 } = {}): string {
  const lines = Array.from({ length: rows }, (_, i) => {
    const size = ((i + from) * 37) % 101;
    return `${size * times},${['oslo', 'rome', 'bonn'][(i + from) % 3] ?? ''}`;
  });
  return `size,shop\n${lines.join('\n')}\n`;
}

beforeAll(async () => {
  await writeDigits(path('digits'));
  writeFileSync(path('sales.csv'), sales(800));
  writeFileSync(path('same.csv'), sales(300, { from: 13 }));
  writeFileSync(path('cents.csv'), sales(300, { times: 1000 }));
  await json('train --data digits --normal 3 --epochs 3 --out digits-run');
  await json('train --data sales.csv --epochs 5 --set memory.slots=9 --out sales');
});

describe('memae info', () => {
  test('tells of a run on one screen', async () => {
    const { stdout } = await run('info sales');
    expect(stdout.split('\n').length).toBeLessThan(25);
    for (const words of [
      'sales: memae',
      'sales.csv, 720 samples',
      'memory.slots 9',
      'training.epochs 5',
      'checksum verified',
      '2 columns: size, shop',
      '5 epochs, loss',
      'itemsInUse',
      'quantile, 5 % false alarms, by 80 held-out samples',
      'memae score sales FILES',
    ]) {
      expect(stdout).toContain(words);
    }
    expect(stdout).not.toContain('training.rate');
    expect(await json('info digits-run')).toMatchObject({
      finished: true,
      method: 'memae',
      checksum: 'verified',
      epochs: 3,
      calibration: { labelled: 0 },
      options: { 'training.epochs': 3 },
      inputsKept: 3,
    });
  });

  test('of a bare artifact, of a run that went on, of one that was stopped', async () => {
    await cp(path('sales'), path('bare'), { recursive: true });
    await rm(path('bare/run.json'));
    expect((await run('info bare')).stdout).toContain('memory.slots 9');
    await json('train --continue sales --data same.csv --epochs 1 --out next');
    const { stdout } = await run('info next');
    expect(stdout).toMatch(/went on from +sales\.csv, 720 samples/);
    expect(stdout).toMatch(/1 epoch, loss [\d.]+;/);
    await run('train --data digits --normal 3 --epochs 9 --out stopped', {
      interruptAt: 'epoch 2:',
    });
    expect((await run('info stopped')).stdout).toMatch(
      /not finished: the checkpoint holds 2 of 9 epochs, \d+ steps, loss .*\nNext: memae train --out stopped --resume/,
    );
    expect(await json('info stopped')).toMatchObject({ finished: false, epoch: 2 });
  });

  test('refuses what is no run, and a model that was changed', async () => {
    expect((await run('info nowhere')).stderr).toContain('ARTIFACT_NOT_FOUND');
    const model = readFileSync(path('bare/model.onnx'));
    model[100] = (model[100] ?? 0) ^ 1;
    writeFileSync(path('bare/model.onnx'), model);
    expect((await run('info bare')).stderr).toMatch(/ARTIFACT_CORRUPT.*SHA-256/);
  });
});

describe('memae drift', () => {
  test('finds no change where there is none, and other units where there are', async () => {
    expect(await json('drift sales same.csv --fail')).toMatchObject({
      drifted: false,
      samples: 300,
    });
    const told = await json('drift sales cents.csv --fail', 3);
    expect(told).toMatchObject({
      drifted: true,
      scores: { drifted: true },
      alarms: { rate: 299 / 300 },
    });
    expect(told['columns']).toMatchObject([{ name: 'size', drifted: true }, { drifted: false }]);
    const { stdout, status } = await run('drift sales cents.csv');
    expect(status).toBe(0);
    expect(stdout).toMatch(/300 new samples: the data have changed/);
    expect(stdout).toMatch(
      /size: median \d+ → \d+ \(×\S+: other units\?\) {2}p < 0\.0001 {2}changed/,
    );
  });

  test('of pictures', async () => {
    await writeDigits(path('dark'), { count: 200, seed: 5 });
    const file = path('dark/train-images-idx3-ubyte');
    const bytes = readFileSync(file);
    for (let i = 16; i < bytes.length; i += 1) bytes[i] = 200 + Math.floor((bytes[i] ?? 0) / 5);
    writeFileSync(file, bytes);
    const told = await json(`drift digits-run dark/train-images-idx3-ubyte`);
    expect(told['columns']).toMatchObject([
      { drifted: true },
      { drifted: true },
      { drifted: true },
    ]);
  });

  test('is told in a line where files are scored that are grossly other', async () => {
    const { stderr } = await run('score sales cents.csv --out scores.csv');
    expect(stderr).toMatch(
      /warning: The data are not like those of training: size: median .*other units/,
    );
    expect((await run('score sales same.csv --out scores.csv')).stderr).toBe('');
  });

  test('of an earlier version’s run compares scores alone, and says so', async () => {
    await cp(path('sales'), path('old'), { recursive: true });
    const manifest = JSON.parse(readFileSync(path('old/manifest.json'), 'utf8')) as Told;
    const { inputs, ...rest } = manifest;
    expect(inputs).toBeDefined();
    writeFileSync(path('old/manifest.json'), JSON.stringify(rest));
    const { stdout, stderr } = await run('drift old cents.csv');
    expect(stderr).toContain('only scores are compared');
    expect(stdout).toContain('the data have changed');
    expect(stdout).not.toContain('inputs');
    const { calibration, ...bare } = rest;
    expect(calibration).toBeDefined();
    writeFileSync(path('old/manifest.json'), JSON.stringify(bare));
    expect((await run('drift old cents.csv')).stderr).toContain('Train it again');
  });
});
