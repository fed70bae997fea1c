// What goes wrong in real life: each is refused by name, with an exit status, and harms nothing.

import { execFileSync, spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  readdirSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { cp, mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileCheckpoints } from '@memae/training';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { start } from './testing/child.ts';
import { createWorld, idx, writeDigits } from './testing/world.ts';

const world = createWorld();
const { run, path, folder: cwd } = world;
const quick = 'train --data digits --limit 20 --epochs 1';

beforeAll(async () => {
  await writeDigits(path('digits'));
  expect(await run(`${quick} --normal 3 --out run`)).toMatchObject({ status: 0 });
});
afterAll(world.clear);

/** Expects a command line to fail with this status, code and words, in text and as JSON. */
async function refuses(line: string, status: number, code: string, words: RegExp): Promise<void> {
  const text = await run(line);
  expect(text).toMatchObject({ status, stdout: '' });
  expect(text.stderr).toMatch(new RegExp(`(^|\\n)memae: ${code}: `));
  expect(text.stderr).toMatch(words);
  expect(text.stderr).not.toMatch(/^ {4}at /m);
  const { error } = JSON.parse((await run(`${line} --json`)).stdout) as {
    error: { code: string; message: string };
  };
  expect(error.code).toBe(code);
  expect(error.message).toMatch(words);
}

describe('data', () => {
  test('a truncated IDX file', async () => {
    await cp(path('digits'), path('cut'), { recursive: true });
    truncateSync(path('cut/train-images-idx3-ubyte'), 5000);
    await refuses('train --data cut --normal 3 --out o/a', 1, 'DATASET_CORRUPT', /cut short/);
    await refuses('score run cut/train-images-idx3-ubyte', 1, 'DATASET_CORRUPT', /cut short/);
    expect(readdirSync(cwd)).not.toContain('o');
  });

  test('an IDX file of another shape or type at scoring; an earlier output stays', async () => {
    writeFileSync(path('big-idx3-ubyte'), idx(new Uint8Array(2 * 32 * 32), [2, 32, 32]));
    writeFileSync(path('float-idx3-ubyte'), idx(new Float32Array(2 * 28 * 28), [2, 28, 28]));
    await run('score run digits/train-images-idx3-ubyte --out scores.csv');
    const before = readFileSync(path('scores.csv'));
    const line = 'score run big-idx3-ubyte --out scores.csv';
    await refuses(line, 1, 'SCORING_SHAPE_MISMATCH', /uint8 samples of 1×28×28.*uint8 1×32×32/);
    await refuses('score run float-idx3-ubyte', 1, 'SCORING_SHAPE_MISMATCH', /float32 1×28×28/);
    expect(readFileSync(path('scores.csv')).equals(before)).toBe(true);
  });

  test('a class that is empty', async () => {
    await refuses(
      `${quick} --normal 11 --out o/b`,
      1,
      'DATASET_EMPTY',
      /0 samples of the class "11"/,
    );
    await refuses('evaluate run --normal 11', 1, 'DATASET_EMPTY', /class "11"/);
  });

  test('NaN among the pixels of a float IDX file', async () => {
    const pixels = new Float32Array(30 * 28 * 28);
    pixels[28 * 28 + 5] = NaN;
    await mkdir(path('nan'));
    writeFileSync(path('nan/train-images-idx3-ubyte'), idx(pixels, [30, 28, 28]));
    writeFileSync(path('nan/train-labels-idx1-ubyte'), idx(new Uint8Array(30), [30]));
    await refuses('train --data nan --normal 0 --out o/c', 1, 'DATASET_CORRUPT', /sample 1 is NaN/);
    await refuses('score run nan/train-images-idx3-ubyte', 1, 'DATASET_CORRUPT', /NaN/);
  });

  test('data that are not there, and data that are not those of the run', async () => {
    await refuses('train --data none --normal 0 --out o/d', 1, 'DATASET_NOT_FOUND', /strokes/);
    await refuses('score run none.png', 1, 'DATASET_NOT_FOUND', /none\.png/);
    await refuses('evaluate run --seed 8', 1, 'CLI_DATA_DIFFERS', /not those that the model/);
  });
});

describe('words', () => {
  test.each([
    ['fit', /unknown command 'fit'.*Known: start, list, data, init, train/],
    ['data fetch mnist', /unknown command 'fetch'.*get, check/],
    ['score runs/x --explain --out x', /"--explain <folder>" needs.*but "--out" came/],
    ['export run --out=', /"--out <file>" needs what it names, but it is empty/],
    ['train --oot x', /unknown option '--oot'.*Known: .*--out/],
    ['train', /Name the data to learn from: a folder/],
    ['train --resume', /--out is missing/],
    ['train digits --data digits', /The data are digits or digits/],
    ['export run', /--out is missing/],
    ['train --normal 3 --out o/e', /--data is missing.*mnist, .*strokes/],
    ['train --data digits --out o/e', /--normal is missing/],
    [
      'train --data digits --normal 3 --out o/e --engine torch',
      /Allowed choices are ort, tfjs, tfjs-gpu, tfjs-node, tfjs-wasm, tfjs-cpu, reference/,
    ],
    ['train --data digits --normal 3 --out o/e --epochs 0', /whole number of 1 or more/],
    ['evaluate run --threads 100000', /whole number from 1 to \d+/],
    ['score run digits --top 3', /--top says how many are explained/],
    ['data get mnist --out o/e', /--out and --size are for textures/],
    ['train --data digits --normal 3 --out o/e --false-alarms 5', /above 0 and below 1/],
    ['train --data digits --normal 3 --out o/e --set slots', /memory\.slots=100/],
    ['train --data digits --normal 3 --out o/e --size 28', /28x28/],
    ['train --data digits --normal 3 --out o/e --data-option stride', /protocol=B/],
    [
      'train --data digits --normal 3 --out o/e --data-option pace=2',
      /no data option pace.*stride/,
    ],
    [
      'train --data moving-shapes --out o/e --data-option stride=0',
      /stride takes a whole number of 1/,
    ],
    ['train --data flows --out o/e --data-option protocol=C', /protocol takes A or B, but "C"/],
    [
      'train --data flows --out o/e --data-option stride=2',
      /stride is for videos, but flows is a table/,
    ],
    ['evaluate run more', /too many arguments/],
    ['score run', /Name files to score, or a live source/],
  ])('memae %s', async (line, words) => {
    await refuses(line, 2, 'CLI_USAGE', words);
  });

  test('an empty path, as of a variable that is not set', () => {
    const main = join(import.meta.dirname, 'main.ts');
    for (const args of [
      ['info', ''],
      ['score', 'run', 'digits', ''],
    ]) {
      const { status, stderr } = spawnSync(
        process.execPath,
        ['--conditions=@memae/source', main, ...args],
        { cwd, encoding: 'utf8' },
      );
      expect([status, stderr]).toEqual([
        2,
        expect.stringMatching(
          /^memae: CLI_USAGE: A name or a path is empty\. "memae (info|score) --help"/,
        ),
      ]);
    }
  });

  test('no command at all', async () => {
    expect(await run('')).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('Name a command: start, list, data, init, train') as string,
    });
  });

  test('an option, a method, a preset or a value that the method does not know', async () => {
    const line = `${quick} --normal 3 --out o/e`;
    await refuses(
      `${line} --set slots=9`,
      2,
      'DETECTOR_BAD_OPTION',
      /no option slots.*memory\.slots/,
    );
    await refuses(`${line} --set training.rate=-1`, 2, 'DETECTOR_BAD_OPTION', /training\.rate/);
    await refuses(`${line} --preset best`, 2, 'DETECTOR_BAD_OPTION', /Known: paper/);
    await refuses(`${line} --method pca`, 2, 'DETECTOR_UNKNOWN', /Known: memae/);
  });

  test('one option said twice and differently', async () => {
    const line = `${quick} --normal 3 --out o/e`;
    const told = /training\.epochs is 2 by --set, but 1 by --epochs, which is short for it/;
    await refuses(`${line} --set training.epochs=2 --epochs 1`, 2, 'CLI_USAGE', told);
    await refuses(
      'reproduce table1 --out o/e --set training.epochs=2 --epochs 1',
      2,
      'CLI_USAGE',
      told,
    );
    await refuses(`${line} --batch 4 --set training.batch=5`, 2, 'CLI_USAGE', /is 5 .* by --batch/);
    const twice = '--label a --data-option label=b';
    for (const command of ['train --data x.csv', 'init x.csv', 'data check x.csv']) {
      await refuses(
        `${command} ${twice}`,
        2,
        'CLI_USAGE',
        /label is b by --data-option, but a by --label/,
      );
    }
    const strict = 'train x --strict --data-option strict=false';
    await refuses(strict, 2, 'CLI_USAGE', /strict is false/);
    // Said twice and alike.
    await refuses(
      `${line} --epochs 2 --set training.epochs=2 --preset best`,
      2,
      'DETECTOR_BAD_OPTION',
      /best/,
    );
  });

  test('an option that does not fit the kind of data', async () => {
    const wrong: [string, RegExp][] = [
      [
        '--data flows --normal 3',
        /"normal" is for images and a table of your own, but flows is a table/,
      ],
      ['--data moving-shapes --limit 5', /"limit" is for images and a table, but moving-shapes/],
      [
        '--data strokes --normal 3 --size 9x9',
        /"size" is for a folder of pictures and textures and videos/,
      ],
      ['--data strokes --normal 3 --data-option protocol=A', /"protocol" is for a table/],
      [
        '--data strokes --normal 3 --data-option kind=video',
        /strokes is known, and of the kind image/,
      ],
    ];
    for (const [rest, words] of wrong) {
      await refuses(`train ${rest} --out o/k`, 2, 'DATASET_BAD_OPTION', words);
    }
    expect(readdirSync(cwd)).not.toContain('o/k');
  });

  test('a configuration file that is missing, broken, or has other keys', async () => {
    const line = `${quick} --normal 3 --out o/e --config bad.yaml`;
    await refuses(line, 1, 'CLI_UNREADABLE', /bad\.yaml/);
    const wrong = [
      ['data: [', /neither YAML nor JSON/],
      ['sead: 3', /there is no key sead\. Known keys: .*seed/],
      ['seed: soon', /seed: /],
      ['dataOptions: {stride: fast}', /dataOptions\.stride: /],
      ['dataOptions: {pace: 2}', /pace/],
      ['options: {memory: {slots: [1]}}', /options/],
      ['- 1', /Known keys/],
    ] as const;
    for (const [text, words] of wrong) {
      writeFileSync(path('bad.yaml'), text);
      await refuses(line, 2, 'CLI_USAGE', words);
    }
  });

  test('a preset beside a file whose options would win over it', async () => {
    const told = (file: string, options: string): RegExp =>
      new RegExp(`--preset paper sets .*${options}.*, but ${file} says otherwise`);
    const whole = 'train --config run/run.json --preset paper --out o/p';
    await refuses(whole, 2, 'CLI_USAGE', told('run/run.json', 'training'));
    const line = 'train --config own.yaml --preset paper --out o/p';
    writeFileSync(path('own.yaml'), 'data: none\noptions: { memory: { shrinkage: 0.25 } }\n');
    await refuses(line, 2, 'CLI_USAGE', told('own.yaml', 'memory.shrinkage'));
    // What the preset does not set, or the file sets alike, stands beside it; that there are no data comes later.
    writeFileSync(path('own.yaml'), 'data: none\noptions: { memory.similarity: cosine }\n');
    await refuses(line, 1, 'DATASET_NOT_FOUND', /none/);
    writeFileSync(path('own.yaml'), 'data: none\npreset: paper\noptions: { memory.slots: 5 }\n');
    await refuses(line, 1, 'DATASET_NOT_FOUND', /none/);
  });

  test('λ that empties every row', async () => {
    const line = `${quick} --normal 3 --out o/f --set memory.temperature=1`;
    const words = /200\/N empties every row.*no weight exceeds/;
    await refuses(`${line} --set memory.shrinkage=200`, 1, 'MEMORY_BAD_OPTION', words);
  });
});

describe('the disk', () => {
  test.skipIf(!existsSync('/dev/full'))(
    'a full one that the output is sent to (needs /dev/full)',
    () => {
      const full = openSync('/dev/full', 'w');
      const main = join(import.meta.dirname, 'main.ts');
      const { status, stderr } = spawnSync(
        process.execPath,
        ['--conditions=@memae/source', main, 'score', 'run', 'digits/train-images-idx3-ubyte'],
        { cwd, stdio: ['ignore', full, 'pipe'], encoding: 'utf8' },
      );
      expect(stderr).toMatch(
        /^memae: CLI_UNWRITABLE: The output is incomplete, .*ENOSPC.*elsewhere\.\n$/,
      );
      expect(status).toBe(1);
    },
  );

  test('a file that the command reads, under its own name or another', async () => {
    const images = readFileSync(path('digits/train-images-idx3-ubyte'));
    const manifest = readFileSync(path('run/manifest.json'));
    symlinkSync('digits/train-images-idx3-ubyte', path('link'));
    const score = 'score run digits/train-images-idx3-ubyte --out';
    const lost = /would be lost\. Name another file/;
    await refuses(`${score} digits/../digits/train-images-idx3-ubyte`, 2, 'CLI_USAGE', lost);
    await refuses(`${score} link`, 2, 'CLI_USAGE', lost);
    await refuses(`${score} run/manifest.json`, 2, 'CLI_USAGE', lost);
    await refuses('evaluate run --out run/run.json', 2, 'CLI_USAGE', lost);
    await refuses('export run --out run/model.onnx', 2, 'CLI_USAGE', lost);
    const rows = 'a,b\n1,2\n2,3\n3,5\n4,1\n';
    mkdirSync(path('parts'));
    for (const name of ['parts/a.csv', 'parts/b.csv', 'c.csv']) writeFileSync(path(name), rows);
    await refuses('init c.csv --out c.csv --force', 2, 'CLI_USAGE', lost);
    expect(await run('train --data parts --epochs 1 --out rows')).toMatchObject({ status: 0 });
    await refuses('score rows parts --out parts/b.csv', 2, 'CLI_USAGE', lost);
    await refuses('score rows parts/*.csv --out parts/b.csv', 2, 'CLI_USAGE', lost);
    await refuses('evaluate rows --out parts/b.csv', 2, 'CLI_USAGE', lost);
    expect((await run('score rows parts/ --out parts.csv')).status).toBe(0);
    expect(readFileSync(path('parts.csv'), 'utf8')).toMatch(/^parts\/0,/m);
    expect(readFileSync(path('parts/b.csv'), 'utf8')).toBe(rows);
    expect(readFileSync(path('digits/train-images-idx3-ubyte')).equals(images)).toBe(true);
    expect(readFileSync(path('run/manifest.json')).equals(manifest)).toBe(true);
  });

  test('a folder under a file', async () => {
    writeFileSync(path('file'), '');
    await refuses(`${quick} --normal 3 --out file/run`, 1, 'CLI_UNWRITABLE', /file\/run.*another/);
    await refuses('export run --out file/model.onnx', 1, 'CLI_UNWRITABLE', /file/);
    await refuses('score run digits --out file/s.csv', 1, 'CLI_UNWRITABLE', /file/);
  });

  test('a full disk, while a checkpoint and while an export is written', async (context) => {
    await mkdir(path('small'));
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=4m', 'tmpfs', path('small')]);
    } catch {
      context.skip('mounting a small disk needs root');
    }
    try {
      expect(await run(`${quick} --normal 3 --out small/run`)).toMatchObject({ status: 0 });
      const before = readFileSync(path('small/run/model.onnx'));
      writeFileSync(path('small/filler'), new Uint8Array(2_300_000));
      const line = `${quick} --normal 4 --out small/run --force`;
      await refuses(line, 1, 'FILE_UNWRITABLE', /checkpoint\.safetensors.*ENOSPC.*Make room/);
      expect(readFileSync(path('small/run/model.onnx')).equals(before)).toBe(true);
      expect(await run('evaluate small/run')).toMatchObject({ status: 0 });
      writeFileSync(path('small/filler'), new Uint8Array(3_000_000));
      await refuses('export run --out small/m.onnx', 1, 'FILE_UNWRITABLE', /ENOSPC/);
      expect(readdirSync(path('small')).sort()).toEqual(['filler', 'run']);
    } finally {
      execFileSync('umount', [path('small')]);
    }
  });
});

describe('checkpoints', () => {
  test('a corrupt one', async () => {
    const line = `${quick} --normal 3 --epochs 9 --out stopped`;
    await run(line, { interruptAt: 'epoch 1:' });
    const file = path('stopped/checkpoint.safetensors');
    const whole = readFileSync(file);
    writeFileSync(
      file,
      whole.map((byte, i) => (i === whole.length - 9 ? byte ^ 1 : byte)),
    );
    const resume = 'train --out stopped --resume';
    await refuses(
      resume,
      1,
      'TRAIN_CHECKPOINT_CORRUPT',
      /stopped\/checkpoint.*checksum.*Remove it/,
    );
    truncateSync(file, 1000);
    await refuses(resume, 1, 'TRAIN_CHECKPOINT_CORRUPT', /header/);
    writeFileSync(file, '');
    await refuses(resume, 1, 'TRAIN_CHECKPOINT_CORRUPT', /8 bytes/);
  });

  test('a loss that diverges: an earlier run is kept', async () => {
    await cp(path('run'), path('diverged'), { recursive: true });
    const settings = '--method ae --set network.output=linear --set training.rate=1e6';
    const line = `${quick} --normal 3 ${settings} --out diverged --force`;
    await refuses(line, 1, 'TRAIN_DIVERGED', /epoch 1.*Lower the learning rate/);
    expect(readdirSync(path('diverged'))).toEqual(readdirSync(path('run')));
    expect(await run('evaluate diverged')).toMatchObject({ status: 0 });
  });

  test('a loss that diverges: the last good one is kept', async () => {
    await run(`${quick} --normal 3 --epochs 9 --out steep`, { interruptAt: 'epoch 1:' });
    const file = path('steep/checkpoint.safetensors');
    const store = fileCheckpoints(file);
    const checkpoint = await store.load();
    if (checkpoint === null) throw new Error('no checkpoint');
    // At the brink: finite, but the next step is not.
    for (const { data } of checkpoint.parameters.values())
      data.forEach((x, i) => (data[i] = x * 1e30));
    await store.save(checkpoint);
    const before = readFileSync(file);
    await refuses('train --out steep --resume', 1, 'TRAIN_DIVERGED', /checkpoint is unharmed/);
    expect(readFileSync(file).equals(before)).toBe(true);
    const progress = { ...(checkpoint.progress as object), epoch: 'two' };
    await store.save({ ...checkpoint, progress });
    await refuses('info steep', 1, 'TRAIN_CHECKPOINT_CORRUPT', /progress\.epoch should be/);
  });
});

describe('artifacts', () => {
  const damaged = async (name: string, change: () => void): Promise<void> => {
    await rm(path(name), { recursive: true, force: true });
    await cp(path('run'), path(name), { recursive: true });
    change();
  };

  test('a changed byte', async () => {
    await damaged('changed', () => {
      const file = path('changed/model.onnx');
      writeFileSync(
        file,
        readFileSync(file).map((byte, i) => (i === 1000 ? byte ^ 1 : byte)),
      );
    });
    for (const line of [
      'evaluate changed',
      'score changed digits',
      'export changed --out x.onnx',
    ]) {
      await refuses(line, 1, 'ARTIFACT_CORRUPT', /model\.onnx: its SHA-256/);
    }
    expect(readdirSync(cwd)).not.toContain('x.onnx');
  });

  test('a newer format', async () => {
    await damaged('newer', () => {
      const file = path('newer/manifest.json');
      writeFileSync(file, readFileSync(file, 'utf8').replace('"format": 2', '"format": 3'));
    });
    await refuses('evaluate newer', 1, 'ARTIFACT_TOO_NEW', /install a newer memae/);
  });

  test('none, and one without its run.json', async () => {
    await refuses('evaluate digits', 1, 'ARTIFACT_NOT_FOUND', /manifest\.json does not exist/);
    await damaged('alone', () => undefined);
    await rm(path('alone/run.json'));
    await refuses('evaluate alone', 2, 'CLI_USAGE', /name --data, and of images --normal/);
    const named = 'evaluate alone --data digits --normal 3 --limit 20 --json';
    const { stdout } = await run(named);
    expect(stdout).toBe((await run('evaluate run --json')).stdout);
    writeFileSync(path('alone/run.json'), '{"format":1}');
    await refuses('evaluate alone', 1, 'CLI_UNREADABLE', /run\.json/);
  });
});

describe('engines', () => {
  const hook =
    'import{registerHooks}from"node:module";registerHooks({resolve:(name,context,next)=>{' +
    'if(name==="onnxruntime-node")throw new Error("Cannot find package");return next(name,context)}})';
  const nodeOptions = [`--import=data:text/javascript,${encodeURIComponent(hook)}`];

  test('one that cannot be loaded is refused by name, with the reason', async () => {
    for (const line of [`${quick} --normal 3 --out o/g --json`, 'evaluate run --json']) {
      const { status, stdout } = await start(line, { cwd, nodeOptions }).ended;
      expect(status).toBe(1);
      const { error } = JSON.parse(stdout) as { error: { code: string; message: string } };
      expect(error.code).toBe('BACKEND_UNAVAILABLE');
      expect(error.message).toMatch(
        /^ort: .*onnxruntime-node cannot be loaded: Cannot find package/,
      );
    }
    const listed = await start('list', { cwd, nodeOptions }).ended;
    expect(listed.status).toBe(0);
    expect(listed.stdout).toContain(
      'ort        cannot run here: onnxruntime-node cannot be loaded',
    );
  });

  test('one that cannot score what is exported', async () => {
    await refuses('evaluate run --engine reference', 1, 'CLI_WRONG_ENGINE', /engine ort/);
  });
});
