// Tables and videos through the whole line: trained, stopped and resumed, evaluated, scored, exported.

import { readFileSync, writeFileSync } from 'node:fs';
import { cp, mkdir, rm } from 'node:fs/promises';
import { readArtifact } from '@memae/onnx';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createWorld } from './testing/world.ts';

const world = createWorld();
const { run, path } = world;
afterAll(world.clear);

type Figures = Readonly<Record<string, unknown>>;
const json = (text: string): Figures => JSON.parse(text) as Figures;
const model = (name: string): Buffer => readFileSync(path(`${name}/model.onnx`));
const linesFrom = (text: string): string[] => text.trimEnd().split('\n');
const linesOf = (name: string): string[] => linesFrom(readFileSync(path(name), 'utf8'));

async function done(line: string): Promise<string> {
  const { status, stdout, stderr } = await run(line);
  expect({ line, status, stderr: status === 0 ? '' : stderr }).toEqual({
    line,
    status: 0,
    stderr: '',
  });
  return stdout;
}

/** A folder of numbered frames that grow brighter. */
async function writeFrames(folder: string, count: number): Promise<void> {
  await mkdir(path(folder), { recursive: true });
  for (let i = 0; i < count; i += 1) {
    await sharp(Buffer.alloc(24 * 32, 8 * i), { raw: { width: 32, height: 24, channels: 1 } })
      .png()
      .toFile(path(`${folder}/frame-${i + 1}.png`));
  }
}

const table = 'train --data flows --limit 1500 --set memory.slots=10 --epochs 2 --threads 2';
const video =
  'train --data moving-shapes --size 16x16 --data-option stride=8 --data-option testStride=3 ' +
  '--method ae --set network.width=0.05 --epochs 3 --threads 2';

beforeAll(async () => {
  await done(`${table} --out flows`);
  await done(`${video} --out shapes`);
});

describe('a table', () => {
  test('is told as one: rows, protocol, features', async () => {
    const told = json(await done(`${table} --out again --json`));
    expect(told).toMatchObject({ data: 'flows', normal: null, samples: { test: 750 } });
    expect(told['protocol']).toContain('protocol A');
    expect(model('again').equals(model('flows'))).toBe(true);
    const { manifest } = await readArtifact(path('flows'));
    expect(manifest.input).toMatchObject({ dtype: 'float32', dims: ['batch', 20] });
    expect(manifest.preparation).toMatchObject({ kind: 'rows' });
    expect(Object.values(manifest.options)).not.toContain('auto');
    const text = await done(`${table} --out again --force`);
    expect(text).toMatch(/^Trained memae on flows, at most 1500 rows: \d+ samples/);
  });

  test('is evaluated at the true ratio and at a fifth; its scores go on to metrics', async () => {
    const figures = json(await done('evaluate flows --out scores.csv --json'));
    const names = ['At', 'Top'].flatMap(() => ['precisionAtRatio', 'recallAtTop20', 'f1AtRatio']);
    for (const name of [...names, 'auroc', 'aupr', 'precision', 'recall', 'f1']) {
      expect(figures[name]).toBeGreaterThanOrEqual(0);
      expect(figures[name]).toBeLessThanOrEqual(1);
    }
    // As many are flagged as are anomalous, so a false alarm for each miss.
    expect(figures['precisionAtRatio']).toBe(figures['recallAtRatio']);
    expect(await done('evaluate flows')).toMatch(/\n {2}F1, top 20 % +0\.\d{4}\n/);
    expect(linesOf('scores.csv')).toHaveLength(751);
    const { sets } = json(await done('metrics scores.csv --json'));
    expect(sets).toMatchObject([{ samples: 750, raw: { auroc: figures['auroc'] }, videos: null }]);
  });

  test('is scored row by row, by the encoding that training fitted', async () => {
    await done('evaluate flows --out truth.csv');
    expect(await done('score flows flows --out rows.csv')).toMatch(/^rows\.csv: 20000 samples/);
    const scored = new Map(
      linesOf('rows.csv').map((line) => {
        const [key = '', score] = line.split(',');
        return [key, score] as const;
      }),
    );
    for (const line of linesOf('truth.csv').slice(1)) {
      const [key = '', , score] = line.split(',');
      expect(Number(scored.get(key))).toBeCloseTo(Number(score), 4);
    }
    writeFileSync(path('kdd.csv'), 'a,b,c\n');
    expect(await run('score flows kdd.csv')).toMatchObject({
      status: 1,
      stderr: expect.stringMatching(/DATASET_CORRUPT.*kdd\.csv, row 1/) as string,
    });
    expect((await run('score flows none.csv')).stderr).toMatch(/DATASET_NOT_FOUND.*none\.csv/);
  });

  test('is not evaluated by another protocol than it was trained by', async () => {
    for (const line of ['--data-option protocol=B', '--seed 9', '--data moving-shapes']) {
      const { status, stderr } = await run(`evaluate flows ${line}`);
      expect(status).toBe(1);
      expect(stderr).toMatch(/CLI_DATA_DIFFERS.*(own table only|moving-shapes is videos)/);
    }
    const b = json(await done(`${table} --data-option protocol=B --out b --json`));
    expect(b['protocol']).toContain('protocol B');
    expect(json(await done('evaluate b --json'))['protocol']).toBe(b['protocol']);
    expect(json(readFileSync(path('b/run.json'), 'utf8'))['dataOptions']).toEqual({
      protocol: 'B',
    });
  });

  test('a run from before there were options of the data is read as it was', async () => {
    await cp(path('flows'), path('old'), { recursive: true });
    const { dataOptions, ...old } = json(readFileSync(path('old/run.json'), 'utf8'));
    expect(dataOptions).toEqual({});
    writeFileSync(path('old/run.json'), JSON.stringify(old));
    expect(await done('evaluate old --json')).toBe(await done('evaluate flows --json'));
  });
});

describe('videos', () => {
  test('are told as such: clips, how they are cut, every setting as it was', async () => {
    const { manifest } = await readArtifact(path('shapes'));
    expect(manifest.input).toMatchObject({ dtype: 'uint8', dims: ['batch', 1, 16, 16, 16] });
    expect(manifest.preparation).toEqual({ kind: 'clips', dilation: 1 });
    expect(json(readFileSync(path('shapes/run.json'), 'utf8'))).toMatchObject({
      normal: null,
      size: [16, 16],
      dataOptions: { stride: 8, testStride: 3 },
    });
    await done('train --config shapes/run.json --threads 2 --out repeated');
    expect(model('repeated').equals(model('shapes'))).toBe(true);
  });

  test('are evaluated by frames and by pixels; their scores go on to metrics', async () => {
    const figures = json(await done('evaluate shapes --out frames.csv --json'));
    for (const name of ['microNormalised', 'micro', 'macro', 'eer', 'pixelAuroc', 'pro']) {
      expect(figures[name]).toBeGreaterThanOrEqual(0);
      expect(figures[name]).toBeLessThanOrEqual(1);
    }
    expect(figures['protocol']).toContain('clips of 16 frames every 8');
    expect(linesOf('frames.csv').slice(0, 2)).toEqual([
      'clip,frame,label,score',
      expect.stringMatching(/^test01,8,[01],/) as string,
    ]);
    const { sets } = json(await done('metrics frames.csv --json'));
    expect(sets).toMatchObject([
      {
        samples: figures['samples'],
        raw: { auroc: figures['micro'] },
        videos: {
          count: 6,
          normalised: { auroc: figures['microNormalised'] },
          macro: figures['macro'],
        },
      },
    ]);
    expect(await done('evaluate shapes')).toMatch(/frames with \d+ anomalies\n(.*\n)* {2}PRO +/);
  });

  test('are scored frame by frame, whole folders of them', async () => {
    await writeFrames('walk', 20);
    // Of 24×32, as the model's size is the run's to know.
    await done('score shapes walk --out walk.csv');
    const lines = linesOf('walk.csv');
    expect(lines[0]).toBe('key,score,normalised,label');
    expect(lines.slice(1).map((line) => line.split(',')[0])).toEqual(
      Array.from({ length: 20 }, (_, i) => `walk/${i}`),
    );
    expect(json(await done('score shapes walk --json'))).toMatchObject({
      samples: 20,
    });
    expect((await run('score shapes walk --size 24x32')).stderr).toMatch(
      /SCORING_SHAPE_MISMATCH.*1×16×16×16.*1×16×24×32.*--size 16x16/,
    );
    await rm(path('walk/frame-7.png'));
    expect((await run('score shapes walk')).stderr).toMatch(/DATASET_CORRUPT.*frame 7 is missing/);
    expect((await run('score shapes flows.csv')).stderr).toMatch(/DATASET_NOT_FOUND.*flows\.csv/);
  });

  test('training stopped and resumed ends as one that was never stopped', async () => {
    const stopped = await run(`${video} --out stopped`, { interruptAt: 'epoch 1:' });
    expect(stopped.status).toBe(130);
    const other = 'train --out stopped --resume --data-option stride=4 --threads 2';
    expect((await run(other)).stderr).toMatch(/CLI_CHECKPOINT_DIFFERS.*stride \(there 8, here 4\)/);
    await done('train --out stopped --resume --threads 2');
    expect(model('stopped').equals(model('shapes'))).toBe(true);
  });

  test('what was not trained on is refused by name; other videos are evaluated whole', async () => {
    const { status, stderr } = await run('evaluate shapes --size 24x24');
    expect(status).toBe(1);
    expect(stderr).toMatch(/CLI_DATA_DIFFERS/);
    expect((await run('evaluate shapes --data-option stride=4')).stderr).toMatch(
      /CLI_DATA_DIFFERS.*an option of the data/,
    );
    for (const video of ['training/frames/1', 'training/frames/2', 'testing/frames/1']) {
      await writeFrames(`mine/${video}`, 20);
    }
    const labels = Array.from({ length: 20 }, (_, i) => `1,${i},${i < 12 ? 0 : 1}\n`);
    writeFileSync(path('mine/labels.csv'), `clip,frame,label\n${labels.join('')}`);
    const other = await run('evaluate shapes --data mine');
    expect(other.stderr).toContain('all of its 5 test clips are scored.');
    expect(other.stdout).toContain('all frames, 5 frames with 1 anomalies');
    expect(await done('data check mine')).toContain('1 test videos of 20 frames, 8 of them');
  });

  test('of clips that skip frames are told apart, scored and evaluated alike', async () => {
    const line = video.replace(
      'stride=8',
      'stride=8 --data-option dilation=2 --data-option frames=8',
    );
    await done(`${line} --epochs 1 --out skipping`);
    const { manifest } = await readArtifact(path('skipping'));
    expect(manifest.preparation).toEqual({ kind: 'clips', dilation: 2 });
    const other = await run('evaluate skipping --data mine --out skipped.csv');
    expect(other.stdout).toContain('all frames, 6 frames with 2 anomalies');
    // A clip spans 15 frames and stands for the eighth after its first: of it, both give one score.
    const scored = linesFrom(await done('score skipping mine/testing/frames'));
    expect(scored).toHaveLength(21);
    for (const row of linesOf('skipped.csv').slice(1)) {
      const [, frame = '', , score] = row.split(',');
      const same = scored.find((each) => each.startsWith(`mine/testing/frames/1/${frame},`));
      expect(Number(same?.split(',')[1])).toBeCloseTo(Number(score), 5);
    }
  });

  test('export as any other model', async () => {
    expect(await done('export shapes --out shapes.onnx')).toContain('uint8 batch×1×16×16×16');
  });
});

test('pictures in colour are learned and scored in colour', async () => {
  await mkdir(path('colours/red'), { recursive: true });
  for (let i = 0; i < 6; i += 1) {
    const background = { r: 200 + i, g: 10, b: 10 };
    await sharp({ create: { width: 32, height: 32, channels: 3, background } })
      .png()
      .toFile(path(`colours/red/${i}.png`));
  }
  const line = 'train --data colours --normal red --data-option colour=rgb --method ae --epochs 1';
  expect(await run(`${line} --set network.width=0.05 --out red`)).toMatchObject({ status: 0 });
  const { manifest } = await readArtifact(path('red'));
  expect(manifest.input.dims).toEqual(['batch', 3, 32, 32]);
  expect(manifest.preparation).toEqual({ kind: 'pictures', fit: 'resize' });
  expect(linesFrom(await done('score red colours'))).toHaveLength(7);
});

describe('every method', () => {
  test('learns rows', async () => {
    const { methods } = json(await done('list --json')) as {
      methods: readonly { readonly id: string; readonly modalities: readonly string[] }[];
    };
    expect(methods.length).toBeGreaterThanOrEqual(7);
    for (const { id, modalities } of methods) {
      if (!modalities.includes('tabular')) continue;
      await done(
        `train --data flows --limit 400 --method ${id} --epochs 1 --threads 2 --out m --force`,
      );
      expect(json(await done('evaluate m --json'))).toMatchObject({ method: id, samples: 200 });
    }
  });
});

describe('data', () => {
  test('of every kind are looked at before training', async () => {
    const shapes = json(await done('data check moving-shapes --size 16x16 --json'));
    expect(shapes).toMatchObject({ name: 'moving-shapes', shape: [1, 16, 16, 16] });
    expect(shapes['testVideos']).toHaveLength(6);
    expect(await done('data check moving-shapes')).toMatch(
      /6 with pixel masks.*\n {2}test01: 60, /,
    );
    expect(json(await done('data check flows --json'))).toMatchObject({
      samples: 20000,
      anomalies: ['scan', 'flood', 'leak', 'disguise'],
    });
    const missing = await run('data check kddcup99');
    expect(missing.status).toBe(1);
    expect(missing.stdout).toContain('memae data get kddcup99');
  });

  test('that may not be passed on are asked for by name and place', async () => {
    for (const name of ['ucsd-ped2', 'avenue', 'shanghai-tech']) {
      const { status, stderr } = await run(`data get ${name}`);
      expect(status).toBe(1);
      expect(stderr).toMatch(new RegExp(`DATASET_NOT_FOUND: ${name} may not be passed on`));
    }
    expect(await done('data get moving-shapes')).toContain('nothing to fetch');
  });

  const root = process.env['MEMAE_DATA'] ?? '';
  test.skipIf(root === '')('where MEMAE_DATA says', async () => {
    const env = { MEMAE_DATA: root };
    const kdd = await run('data get kddcup99', { env });
    expect(kdd.stdout).toBe(`kddcup99 is in ${root}/kddcup99\n`);
    expect((await run('data get cifar10', { env })).stdout).toMatch(/cifar10 is in .* \(.*\)\n$/);
    expect((await run('data get ucsd-ped2', { env })).stdout).toMatch(/12 test videos of 2010/);
  });
});
