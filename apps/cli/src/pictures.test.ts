// Folders of one's own pictures, from the command line: what lies in them decides what is learned and what is measured.

import { cpSync, mkdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { readArtifact } from '@memae/onnx';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type World, createWorld } from './testing/world.ts';

let world: World;
const run = (line: string) => world.run(line);
const path = (name: string) => world.path(name);

async function done(line: string): Promise<string> {
  const { status, stdout, stderr } = await run(line);
  expect(stderr).not.toContain('memae: ');
  expect(status).toBe(0);
  return stdout;
}

function json(text: string): Record<string, unknown> {
  return JSON.parse(text) as Record<string, unknown>;
}

beforeAll(async () => {
  world = createWorld();
  await done('data get textures --out drawn --size 40x48');
  // A few of each kind are enough here.
  for (const part of [
    'train/good',
    'test/good',
    'test/hole',
    'test/stain',
    'test/scratch',
    'test/smear',
  ]) {
    for (let i = part === 'train/good' ? 24 : 4; i < 160; i += 1) {
      rmSync(path(`drawn/mesh/${part}/${String(i).padStart(3, '0')}.png`), { force: true });
    }
  }
  await done(
    'train --data drawn/mesh --data-option tile=32 --data-option overlap=8 --epochs 1 --batch 8 --out tiles',
  );
});
afterAll(() => {
  world.clear();
});

test('a folder is all that needs saying: where the run goes and how large pictures are is told and kept', async () => {
  cpSync(path('drawn/mesh/train/good'), path('my-pictures'), { recursive: true });
  const large = sharp({ create: { width: 300, height: 20, channels: 3, background: 'red' } });
  await large.toFile(path('my-pictures/large.webp'));
  const { status, stdout, stderr } = await run('train my-pictures/ --method ae --epochs 1');
  expect({ status, stderr: status === 0 ? '' : stderr }).toEqual({ status: 0, stderr: '' });
  expect(stderr).toContain('The pictures are of 20×48 to 40×300; they come to 40×48. --size says');
  expect(stderr).toContain(
    'Data: my-pictures: 25 images, colour, 40×48, no classes: all are normal',
  );
  expect(stdout).toMatch(/runs\/my-pictures holds .*Next:\n.* score runs\/my-pictures FILES/s);
  expect(json(readFileSync(path('runs/my-pictures/run.json'), 'utf8'))['size']).toEqual([40, 48]);
  expect(await done('data check drawn/mesh --size 16x16')).toContain('16×16');
});

describe("MVTec's layout, in tiles", () => {
  test('is told when it is trained on, and how pictures are cut is kept', async () => {
    const told = json(await done('data check drawn/mesh --json'));
    expect(told).toMatchObject({ layout: 'mvtec', samples: 24 + 20, shape: [1, 40, 48] });
    const { manifest } = await readArtifact(path('tiles'));
    expect(manifest.preparation).toEqual({
      kind: 'pictures',
      fit: 'resize',
      tiling: { tile: 32, overlap: 8, score: 'max' },
    });
    expect(manifest.input.dims).toEqual(['batch', 1, 32, 32]);
    // Two of 24 pictures, not four tiles each.
    expect(manifest.calibration?.samples).toBe(2);
  });

  test('is evaluated picture by picture: images, pixels, kinds', async () => {
    const figures = json(await done('evaluate tiles --out scores.csv --json'));
    expect(figures).toMatchObject({ samples: 20, anomalies: 16, part: 'test' });
    for (const name of ['auroc', 'pixelAuroc', 'pro']) {
      expect(figures[name]).toBeGreaterThanOrEqual(0);
      expect(figures[name]).toBeLessThanOrEqual(1);
    }
    expect(Object.keys(figures['kinds'] as object)).toEqual(['hole', 'scratch', 'smear', 'stain']);
    expect(await done('evaluate tiles')).toMatch(
      /\n {2}PRO +0\.\d{4}\n {2}AUROC, hole +[01]\.\d{4}\n/,
    );
    const scored = await done('score tiles drawn/mesh/test/hole drawn/mesh/test/good');
    const scores = new Map(
      scored.split('\n').map((line) => [line.split(',')[0], line.split(',')[1]]),
    );
    const lines = readFileSync(path('scores.csv'), 'utf8').trim().split('\n').slice(1);
    for (const [key = '', , score] of lines.map((line) => line.split(','))) {
      const again = scores.get(`drawn/mesh/${key}`);
      if (again !== undefined) expect(Number(again)).toBeCloseTo(Number(score), 4);
    }
    expect(scores.size).toBe(1 + 8 + 1);
  });

  test('scores are explained by maps of whole pictures', async () => {
    const scored = json(
      await done('score tiles drawn/mesh/test/hole --explain why --top 2 --json'),
    );
    expect(scored['explained']).toBe(2);
    const { width, height } = await sharp(path('why/0001-errors.png')).metadata();
    expect([height, width]).toEqual([40, 48]);
  });

  test('scores that were stopped go on, picture by picture', async () => {
    mkdirSync(path('many'));
    for (let i = 0; i < 300; i += 1) {
      const from = `drawn/mesh/test/hole/00${i % 4}.png`;
      cpSync(path(from), path(`many/${String(i).padStart(3, '0')}.png`));
    }
    await done('score tiles many --out whole.csv');
    const whole = readFileSync(path('whole.csv'), 'utf8');
    const kept = whole.split('\n').slice(0, 281).join('\n');
    writeFileSync(path('gone-on.csv.partial'), `${kept}\n`);
    await done('score tiles many --out gone-on.csv --resume');
    expect(readFileSync(path('gone-on.csv'), 'utf8')).toBe(whole);
  });

  test('other folders are evaluated whole, in the same tiles; pictures below a tile are refused', async () => {
    cpSync(path('drawn/mesh/test'), path('kinds'), { recursive: true });
    const other = json(await done('evaluate tiles --data kinds --normal good --json'));
    expect(other).toMatchObject({ samples: 20, anomalies: 16, part: 'all' });
    const otherwise = await run('evaluate tiles --data-option tileScore=mean');
    expect([otherwise.status, otherwise.stderr]).toEqual([
      2,
      expect.stringMatching(/tileScore is settled by the run/),
    ]);
    // Beside pictures a table is none of them.
    await done('evaluate tiles --data kinds --normal good --out kinds/scores.csv');
    await done('evaluate tiles --data kinds --normal good --out kinds/scores.csv');
    rmSync(path('kinds/scores.csv'));
    const further = await run('train --continue tiles --data-option tileScore=mean --out further');
    expect([further.status, further.stderr]).toEqual([
      2,
      expect.stringMatching(/tileScore cannot be chosen with --continue/),
    ]);
    await done('evaluate tiles --data-option tile=32');
    cpSync(path('drawn/mesh'), path('moved'), { recursive: true });
    rmSync(path('moved/train/good/000.png'));
    expect(json(await done('evaluate tiles --data moved --json'))).toMatchObject({
      samples: 20,
      part: 'all',
    });
    expect((await run('score tiles drawn/mesh/test/hole --size 20x40')).stderr).toMatch(
      /DATASET_BAD_OPTION.*000\.png: an image of 32×32 or more .* 20×40/,
    );
  });
});

describe('pictures without classes', () => {
  const train = 'train --data drawn/mesh/train/good --size 32x32 --data-option fit=crop --epochs 1';

  test('are all normal, and have nothing to be evaluated by', async () => {
    const { status, stderr, stdout } = await run(`${train} --out flat`);
    expect(stderr).toMatch(/^Data: good: 24 images, grey, 32×32, no classes: all are normal$/m);
    // Twenty-two pictures are fewer than a batch.
    expect([status, stdout]).toEqual([0, expect.stringContaining('22 samples') as string]);
    expect(await run('evaluate flat')).toMatchObject({
      status: 2,
      stderr: expect.stringMatching(/CLI_USAGE.*no labels that say which images/) as string,
    });
    expect((await run('evaluate flat --data drawn/mesh/test/hole')).stderr).toMatch(
      /has no classes/,
    );
    expect((await readArtifact(path('flat'))).manifest.preparation).toEqual({
      kind: 'pictures',
      size: [32, 32],
      fit: 'crop',
    });
    expect(json(await done('score flat drawn/mesh/test --json'))).toMatchObject({ samples: 20 });
  });

  test('one that is broken is left out and named, or refused', async () => {
    cpSync(path('drawn/mesh/test/good'), path('some'), { recursive: true });
    truncateSync(path('some/001.png'), 300);
    const scored = await run('score flat some');
    expect(scored.status).toBe(0);
    expect(scored.stdout.trim().split('\n')).toHaveLength(1 + 3);
    expect(scored.stderr).toMatch(/warning: 1 of 4 pictures .* left out: .*some\/001\.png/);
    for (const line of [
      'score flat some --strict',
      'train --data some --strict --out none',
      'data check some --strict',
    ]) {
      expect(await run(line)).toMatchObject({
        status: 1,
        stderr: expect.stringMatching(/DATASET_CORRUPT.*some.001\.png/) as string,
      });
    }
  });

  test('that break after training are told of when it is evaluated', async () => {
    cpSync(path('drawn/mesh'), path('breaking'), { recursive: true });
    const line = 'train breaking --size 16x16 --epochs 1 --threads 1 --out broke';
    expect(await run(line)).toMatchObject({ status: 0 });
    truncateSync(path('breaking/test/good/001.png'), 300);
    expect((await run('evaluate broke')).stderr).toMatch(
      /warning: 1 of \d+ pictures .* left out: test\/good\/001\.png/,
    );
  });

  test.each([
    [
      'train --data drawn/mesh/test --out none',
      2,
      /DATASET_BAD_OPTION.*several classes.*good \(4\)/,
    ],
    ['train --data tiles --out none', 1, /DATASET_EMPTY.*holds no pictures/],
    [
      'train --data drawn/mesh --data-option overlap=3 --out none',
      2,
      /CLI_USAGE.*overlap is for tiles/,
    ],
    ['train --data textures --out none', 2, /CLI_USAGE.*--normal weave/],
    ['train --data textures --normal cloth --out none', 2, /DATASET_BAD_OPTION.*weave, grain/],
    [
      'train --data strokes --normal 1 --data-option tile=8 --out none',
      2,
      /"pictures" is for a folder/,
    ],
  ])('%s', async (line, status, message) => {
    const ended = await run(line);
    expect(ended.stderr).toMatch(message);
    expect(ended.status).toBe(status);
  });
});
