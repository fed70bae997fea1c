import { readFileSync, writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { readArtifact, readTrainingLog } from '@memae/onnx';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { aboutDataOptions } from './data-options.ts';
import { createWorld, writeDigits } from './testing/world.ts';

const world = createWorld();
const { run, path } = world;
const json = (text: string): Record<string, unknown> => JSON.parse(text) as Record<string, unknown>;

beforeAll(async () => {
  await writeDigits(path('digits'));
});
afterAll(world.clear);

describe('a whole line', () => {
  test('train, evaluate, score and export agree with one another', async () => {
    const trained = await run('train --data digits --normal 3 --epochs 2 --batch 16 --out runs/a');
    expect(trained).toMatchObject({ status: 0 });
    expect(trained.stdout).toContain('memae evaluate runs/a');
    expect(trained.stderr).toMatch(
      /^epoch 1: loss .*\nepoch 2: loss .*\nwarning: 5 % false alarms take 19 .*\n$/,
    );

    const { manifest, model } = await readArtifact(path('runs/a'));
    expect(manifest).toMatchObject({
      method: 'memae',
      seed: 7,
      data: { name: 'digits', samples: 18 },
      threshold: { rule: 'quantile', falseAlarms: 0.05, samples: 2 },
      calibration: { samples: 2 },
      normaliser: { kind: 'logistic', center: manifest.threshold?.value },
    });
    expect(await readTrainingLog(path('runs/a'))).toHaveLength(2);
    expect(json(readFileSync(path('runs/a/run.json'), 'utf8'))).toMatchObject({
      data: path('digits'),
      normal: '3',
      options: { 'training.epochs': 2, 'training.batch': 16 },
    });

    const evaluated = await run('evaluate runs/a --data digits --json');
    const figures = json(evaluated.stdout);
    expect(figures).toMatchObject({ samples: 14, anomalies: 4, part: 'test' });
    for (const name of ['auroc', 'aupr', 'f1Max', 'precision', 'recall', 'f1']) {
      expect(figures[name]).toBeGreaterThanOrEqual(0);
      expect(figures[name]).toBeLessThanOrEqual(1);
    }
    expect(json((await run('evaluate runs/a --json')).stdout)).toEqual(figures);
    expect((await run('evaluate runs/a')).stdout).toMatch(/AUROC +[01]\.\d{4}\n/);

    const scored = await run('score runs/a digits/train-images-idx3-ubyte --out s/scores.csv');
    expect(scored.stdout).toMatch(/^s\/scores\.csv: 300 samples, \d+ above/);
    const [header, ...lines] = readFileSync(path('s/scores.csv'), 'utf8').trimEnd().split('\n');
    expect(header).toBe('key,score,normalised,label');
    expect(lines).toHaveLength(300);
    const threshold = manifest.threshold?.value ?? NaN;
    for (const line of lines) {
      const [key = '', score, normalised, label] = line.split(',');
      expect(key).toMatch(/^digits\/train-images-idx3-ubyte\/\d+$/);
      expect(Number(label)).toBe(Number(score) > threshold ? 1 : 0);
      expect(Number(normalised) > 0.5).toBe(Number(score) > threshold);
    }
    const printed = await run('score runs/a digits/train-images-idx3-ubyte');
    expect(printed.stdout).toBe(readFileSync(path('s/scores.csv'), 'utf8'));
    const document = json((await run('score runs/a digits/train-images-idx3-ubyte --json')).stdout);
    expect(document['samples']).toBe(300);
    expect(Math.fround(Number(document['threshold']))).toBe(Math.fround(threshold));
    expect(document['scores']).toHaveLength(300);

    expect(await run('export runs/a --out m/model.onnx')).toMatchObject({ status: 0 });
    expect(readFileSync(path('m/model.onnx')).equals(model)).toBe(true);
  });

  test('every method trains; an earlier run is left alone, or replaced by --force', async () => {
    for (const method of ['ae', 'memae-nonspar']) {
      const line = `train --data digits --normal 1 --limit 20 --method ${method} --epochs 1 --out runs/b`;
      const first = await run(`${line} --json --force`);
      expect(json(first.stdout)).toMatchObject({ method, epochs: 1, samples: { train: 12 } });
      expect(first.stderr).toMatch(/^warning: 5 % false alarms .*\n$/);
      expect(await run(line)).toMatchObject({
        status: 1,
        stderr: expect.stringContaining('CLI_RUN_EXISTS') as string,
      });
    }
    expect((await readArtifact(path('runs/b'))).manifest.method).toBe('memae-nonspar');
  });

  test('strokes need no files', async () => {
    const trained = await run(
      'train --data strokes --normal 8 --limit 30 --epochs 1 --out runs/s --json',
    );
    expect(trained.stderr).toMatch(/^warning: 5 % false alarms .*\n$/);
    expect(json((await run('evaluate runs/s --json')).stdout)).toMatchObject({ samples: 14 });
    // Other data are evaluated whole, unless a limit is asked for.
    await writeDigits(path('many'), { count: 400 });
    const other = 'evaluate runs/s --data many --normal 3 --json';
    expect(json((await run(other)).stdout)).toMatchObject({ samples: 400, part: 'all' });
    const few = json((await run(`${other} --limit 5`)).stdout);
    expect(few).toMatchObject({ samples: 50, part: 'all' });
  });

  test('start leaves a page, and two runs that evaluate to what it told', async () => {
    const { status, stdout, stderr } = await run(
      'start --data digits --normal 3 --epochs 1 --out st --json',
    );
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    const { report, methods } = json(stdout) as {
      report: string;
      methods: { id: string; auroc: number; largestDifference: number }[];
    };
    expect(readFileSync(report, 'utf8')).toContain('<html');
    expect(methods.map(({ id }) => id)).toEqual(['ae', 'memae']);
    for (const { id, auroc } of methods) {
      const evaluated = json((await run(`evaluate st/${id} --json`)).stdout);
      expect(evaluated).toMatchObject({ auroc, part: 'test' });
    }
    const told = await run('start --data digits --normal 3 --epochs 1 --out st');
    expect(told.stdout).toMatch(/^AE: AUROC .*\nMemAE: AUROC .*\nDone in .*report\.html\n$/m);
  });

  test('a configuration file says the same as flags, flags win, and run.json is one', async () => {
    const flags = '--data digits --normal 2 --seed 3 --method memae --preset paper --limit 20';
    await run(
      `train ${flags} --set memory.slots=12 --epochs 1 --false-alarms 0.1 --out runs/flags`,
    );
    writeFileSync(
      path('run.yaml'),
      'data: digits\nnormal: 2\nseed: 3\npreset: paper\nlimit: 20\nquantile: 0.9\n' +
        'options:\n  memory:\n    slots: 12\n  training.epochs: 5\n',
    );
    await run('train --config run.yaml --epochs 1 --out runs/yaml');
    await run('train --config runs/flags/run.json --out runs/json');
    const model = readFileSync(path('runs/flags/model.onnx'));
    expect(readFileSync(path('runs/yaml/model.onnx')).equals(model)).toBe(true);
    expect(readFileSync(path('runs/json/model.onnx')).equals(model)).toBe(true);
    const config = json(readFileSync(path('runs/yaml/run.json'), 'utf8'));
    expect(config).not.toHaveProperty('quantile');
    expect(config).toMatchObject({
      thresholdRule: 'quantile',
      falseAlarms: 0.1,
      preset: 'paper',
      seed: 3,
    });
    expect(config['options']).toMatchObject({ 'memory.slots': 12, 'training.rate': 1e-4 });
  });

  test('pictures by class, resized, and the user is told of a class without others', async () => {
    const draw = async (folder: string, grey: number): Promise<void> => {
      await mkdir(path(folder), { recursive: true });
      for (let i = 0; i < 8; i += 1) {
        const background = { r: grey + i, g: grey, b: grey };
        await sharp({ create: { width: 40 + i, height: 36, channels: 3, background } })
          .png()
          .toFile(path(`${folder}/${i}.png`));
      }
    };
    await draw('parts/good', 40);
    const lone = await run('train --data parts --normal good --size 32x32 --epochs 1 --out runs/p');
    expect(lone).toMatchObject({
      status: 0,
      stderr: expect.stringContaining('no anomalies') as string,
    });
    expect((await run('evaluate runs/p')).stderr).toContain('METRIC_SINGLE_CLASS');

    await draw('later/good', 44);
    await draw('later/bad', 220);
    const other = await run('evaluate runs/p --data later');
    expect(other.stderr).toContain('all of its 16 samples are scored');
    expect(other.stdout).toContain('16 samples with 8 anomalies');

    const scored = await run('score runs/p later/bad later/good/0.png --size 32x32');
    expect(scored.stdout.split('\n')).toHaveLength(11);
    expect(scored.stdout).toContain('\nlater/bad/0.png,');
    // The manifest knows the size; another one is asked for in vain.
    const again = await run('score runs/p later/bad/0.png');
    expect(again.stdout.split('\n')[1]).toBe(scored.stdout.split('\n')[1]);
    expect(await run('score runs/p later/bad/1.png --size 36x41')).toMatchObject({
      status: 1,
      stderr: expect.stringMatching(
        /SCORING_SHAPE_MISMATCH.*3×32×32.*3×36×41.*--size 32x32/,
      ) as string,
    });
  });

  test('on a terminal one line is written over, and cleared', async () => {
    const { stderr } = await run(
      'train --data digits --normal 4 --limit 20 --epochs 1 --out runs/t',
      { tty: true },
    );
    const [nothing, step, cleared] = stderr.split('\r\x1b[2K');
    expect(nothing).toBe('');
    expect(step).toMatch(/^epoch 1\/1 {2}step 1 {2}loss .* samples\/s {2}.* left$/);
    expect(cleared).toMatch(/^epoch 1: loss .*\nwarning: 5 % false alarms .*\n$/);
  });
});

describe('what is at hand', () => {
  test('methods with their options, data sets, engines', async () => {
    const document = json((await run('list --json')).stdout);
    expect(document['data']).toContainEqual({
      name: 'flows',
      modality: 'tabular',
      title: expect.any(String) as string,
      comes: 'drawn',
    });
    const engines = document['engines'] as Record<'id' | 'description' | 'unavailable', unknown>[];
    expect(engines.map(({ id }) => id)).toEqual([
      ...['ort', 'tfjs', 'tfjs-gpu', 'tfjs-node', 'tfjs-wasm', 'tfjs-cpu', 'reference'],
    ]);
    expect(engines[0]).toEqual({
      id: 'ort',
      description: expect.stringMatching(/^onnxruntime-node [\d.]+, CPU, 2 threads$/) as string,
      unavailable: null,
    });
    for (const { description, unavailable } of engines) {
      expect(description === null).toBe(unavailable !== null);
    }
    const ids = (document['methods'] as { id: string }[]).map(({ id }) => id);
    expect(ids.slice(0, 2)).toEqual(['memae', 'memae-nonspar']);
    const [{ options }] = document['methods'] as [{ options: Record<string, unknown> }];
    expect(options['network.widths']).toMatchObject({
      pattern: String.raw`^(auto|[1-9]\d{0,4}(-[1-9]\d{0,4})*)$`,
    });
    const { stdout } = await run('list');
    expect(stdout).toContain('memory.slots');
    expect(stdout).toMatch(
      /\n {2}tfjs-wasm +WebAssembly on the CPU, @tensorflow\/tfjs-backend-wasm \d/,
    );
    expect(stdout).toMatch(/\n {2}ucsd-ped2 +videos +UCSD Ped2: .*; brought\n/);
  });

  test('data are checked before training', async () => {
    expect((await run('data check digits')).stdout).toContain('300 samples, uint8 1×28×28');
    expect(json((await run('data check digits --json')).stdout)).toMatchObject({
      samples: 300,
      classes: { 0: 30, 9: 30 },
    });
    const missing = await run('data check mnist');
    expect(missing.status).toBe(1);
    expect(missing.stdout).toContain(path('cache/memae/mnist/t10k-labels-idx1-ubyte.gz'));
    expect((await run('data get strokes')).status).toBe(0);
    expect(await run('data get imagenet')).toMatchObject({ status: 2 });
  });

  const data = process.env['MEMAE_DATA'] ?? '';
  test.skipIf(data === '')('MNIST where MEMAE_DATA says', async () => {
    const env = { MEMAE_DATA: data };
    expect((await run('data get mnist', { env })).stdout).toBe(`mnist is in ${data}/mnist\n`);
    expect(await run('data check mnist', { env })).toMatchObject({ status: 0 });
  });
});

describe('help', () => {
  test('the README tells every error code', () => {
    const read = (file: string): string => readFileSync(join(import.meta.dirname, file), 'utf8');
    const codes = (text: string): string[] => [...new Set(text.match(/\bCLI_[A-Z_]+/g))].sort();
    expect(codes(read('../README.md'))).toEqual(codes(read('error.ts')));
  });

  test('the README and train --help tell every option of the data', async () => {
    const readme = readFileSync(join(import.meta.dirname, '../README.md'), 'utf8');
    const { stdout } = await run('train --help');
    for (const name of Object.keys(aboutDataOptions)) {
      expect(readme).toMatch(new RegExp(`\\| .*\`${name}\``));
      expect(stdout.replaceAll(/\s+/g, ' ')).toContain(`${name}: `);
    }
  });

  test.each([
    'start',
    'list',
    'data get',
    'data check',
    'train',
    'evaluate',
    'score',
    'metrics',
    'export',
  ])('%s has examples, exit codes and the common options', async (command) => {
    const { status, stdout, stderr } = await run(`${command} --help`);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toContain('\nExamples:\n  ');
    expect(stdout).toContain('130 interrupted');
    for (const option of ['--json', '--seed', '--engine', '--threads']) {
      expect(stdout).toContain(option);
    }
  });

  test('version and overview', async () => {
    expect((await run('--version')).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
    expect((await run('--help')).stdout).toContain('Commands:');
  });
});
