// The evaluator alone: scores from anywhere, by the command line.

import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { createWorld } from './testing/world.ts';

const world = createWorld();
const { run, path } = world;
afterAll(world.clear);

function write(name: string, text: string): void {
  writeFileSync(path(name), text);
}

async function setsOf(line: string): Promise<Record<string, unknown>[]> {
  const { status, stdout, stderr } = await run(`${line} --json`);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  return (JSON.parse(stdout) as { sets: Record<string, unknown>[] }).sets;
}

// Clip a: 1, 2 | 3 in order of frames; clip b has the highest scores of all, and one kind of frame.
const frames = 'clip,frame,label,score\na,2,0,2\nb,1,0,5\nb,2,0,6\nb,3,0,6.5\na,1,0,1\na,3,1,3\n';

describe('measures', () => {
  test('frames of videos, raw and scaled, each file on its own', async () => {
    write('frames.csv', frames);
    write('again.csv', `\uFEFF${frames.replaceAll('\n', '\r\n')}\r\n`);
    const [first, second] = await setsOf('metrics frames.csv again.csv --causal 2');
    expect(first).toEqual({
      name: 'frames.csv',
      samples: 6,
      anomalies: 1,
      // Of five normal frames, two are below the anomaly.
      raw: { auroc: 0.4, aupr: 1 / 4, eer: 0.6, f1Max: 0.4 },
      videos: {
        count: 2,
        // From 0 to 1 in both; the anomaly ties with one normal frame.
        normalised: { auroc: 0.9, aupr: 0.5, eer: expect.closeTo(1 / 6) as number, f1Max: 2 / 3 },
        // By frames 1 and 2 of each, whatever the order of rows: 3 is further off in a than 6.5 in b.
        causal: { frames: 2, auroc: 1, aupr: 1, eer: 0, f1Max: 1 },
        parts: null,
        // One and, of the anomaly added to clip b, three and a half of four.
        macro: (1 + 3.5 / 4) / 2,
        singleClass: ['b'],
        constant: [],
      },
    });
    expect(second).toEqual({ ...first, name: 'again.csv' });
    const [left] = await setsOf('metrics frames.csv --macro leave-out');
    expect(left).toMatchObject({ videos: { macro: 1, causal: null, singleClass: ['b'] } });
    write('wild.csv', `${frames}c,1,1,7\nc,2,1,9\n`);
    const [wild] = await setsOf('metrics wild.csv');
    expect(wild).toMatchObject({
      videos: { parts: { share: 2 / 3, throughout: 0.55, others: 0.9 } },
    });
    expect((await run('metrics wild.csv')).stdout).toMatch(
      /\n {4}67 % in videos all anomalous +0\.5500\n {4}33 % in videos that are not +0\.9000\n/,
    );

    const { stdout } = await run('metrics frames.csv --causal 2');
    expect(stdout).toContain('frames.csv: 6 frames of 2 videos, 1 of them anomalous\n');
    expect(stdout).toMatch(/\n {2}all frames, raw +0\.4000 {2}0\.2500 {2}0\.6000 {2}0\.4000\n/);
    expect(stdout).toMatch(/\n {2}mean over videos +0\.9375\n.*one kind of frame: b\n$/);
  });

  test('samples without clips, columns by other names, and scores of normality', async () => {
    write('plain.csv', 'id,truth,psnr\n"a,1",1,10\nb,0,30\nc,1,20\nd,0,20\n');
    const [set] = await setsOf('metrics plain.csv --label truth --score psnr --normality');
    expect(set).toMatchObject({ samples: 4, anomalies: 2, raw: { auroc: 3.5 / 4 }, videos: null });
    const { stdout } = await run('metrics plain.csv --label truth --score psnr --normality');
    expect(stdout).toMatch(
      /^plain\.csv: 4 samples, 2 of them anomalous\n.*\n {2}as they are +0\.8750/,
    );
  });

  test('files joined: clips of the same name stay apart', async () => {
    write('one.csv', 'clip,label,score\n1,0,1\n1,1,2\n');
    write('two.csv', 'clip,label,score\n1,0,10\n1,1,20\n');
    const [joined] = await setsOf('metrics one.csv two.csv --join');
    expect(joined).toMatchObject({
      name: 'one.csv + two.csv',
      samples: 4,
      raw: { auroc: 0.75 },
      videos: { count: 2, normalised: { auroc: 1 }, macro: 1 },
    });
  });

  test('what memae score and memae evaluate know as keys need not be clips', async () => {
    write('own.csv', 'key,score,normalised,label,truth\na,1,0.1,0,0\nb,2,0.9,1,1\n');
    const [set] = await setsOf('metrics own.csv --label truth');
    expect(set).toMatchObject({ raw: { auroc: 1 }, videos: null });
  });
});

describe('refuses by name', () => {
  test.each<[string, string, string, number, RegExp]>([
    ['a score of NaN', 'label,score\n0,1\n1,NaN\n', 'CLI_BAD_SCORES', 1, /s\.csv, line 3: .*"NaN"/],
    ['an empty score', 'label,score\n0,\n1,2\n', 'CLI_BAD_SCORES', 1, /line 2: a score .*""/],
    ['words', 'label,score\n0,1\n1,high\n', 'CLI_BAD_SCORES', 1, /line 3: .*"high"/],
    ['an infinite one', 'label,score\n0,1\n1,Infinity\n', 'CLI_BAD_SCORES', 1, /line 3/],
    ['a label of 2', 'label,score\n0,1\n2,2\n', 'CLI_BAD_SCORES', 1, /line 3: a label .*"2"/],
    ['ragged rows', 'label,score\n0,1\n1\n', 'CLI_BAD_SCORES', 1, /s\.csv .*on line 3/],
    ['an open quote', 'label,score\n0,"1\n1,2\n', 'CLI_BAD_SCORES', 1, /s\.csv .*[Qq]uot/],
    [
      'no score column',
      'clip,label\na,0\n',
      'CLI_BAD_SCORES',
      1,
      /score or .*it has clip, label.*--score/,
    ],
    ['no label column', 'score\n1\n', 'CLI_BAD_SCORES', 1, /label or gt; it has score\. .*--label/],
    ['no header', '0,1\n1,2\n', 'CLI_BAD_SCORES', 1, /no column score.*it has 0, 1/],
    ['no rows', 'label,score\n', 'CLI_BAD_SCORES', 1, /s\.csv holds no scores/],
    ['nothing at all', '', 'CLI_BAD_SCORES', 1, /s\.csv holds no scores/],
    [
      'one class',
      'label,score\n0,1\n0,2\n',
      'METRIC_SINGLE_CLASS',
      1,
      /^s\.csv: .*all 2 labels are 0/,
    ],
    [
      'a frame that comes twice',
      'clip,frame,label,score\na,1,0,1\nb,1,1,2\na,1,0,1\n',
      'CLI_BAD_SCORES',
      1,
      /lines 2 and 4: both are frame 1 of clip a/,
    ],
    [
      'a frame by name',
      'frame,label,score\nx,0,1\n',
      'CLI_BAD_SCORES',
      1,
      /a frame must be a number/,
    ],
    [
      'verdicts of a live stream taken for the truth',
      'frame,seconds,score,normalised,label,normality,alarm\n0,0,1,0.5,0,,0\n1,1,2,0.6,1,,0\n',
      'CLI_BAD_SCORES',
      1,
      /verdict, not the truth/,
    ],
    [
      'verdicts taken for the truth',
      'key,score,normalised,label\na,1,0.5,0\nb,2,0.6,1\n',
      'CLI_BAD_SCORES',
      1,
      /memae score.*verdict, not the truth.*--label/,
    ],
  ])('%s', async (_, text, code, status, words) => {
    write('s.csv', text);
    const told = await run('metrics s.csv');
    expect(told).toMatchObject({ status, stdout: '' });
    expect(told.stderr).toContain(`memae: ${code}: `);
    const { error } = JSON.parse((await run('metrics s.csv --json')).stdout) as {
      error: { code: string; message: string };
    };
    expect(error.code).toBe(code);
    expect(error.message).toMatch(words);
  });

  test('a column, a file, and options that are not there', async () => {
    write('frames.csv', frames);
    write('alone.csv', 'label,score\n0,1\n1,2\n0,3\n');
    mkdirSync(path('folder'));
    const wrong: [string, number, RegExp][] = [
      ['frames.csv --clip video', 1, /CLI_BAD_SCORES.*no column video; it has clip, frame/],
      ['frames.csv gone.csv', 1, /CLI_UNREADABLE: gone\.csv cannot be read/],
      ['folder', 1, /CLI_UNREADABLE: folder cannot be read/],
      ['', 2, /missing required argument 'files'/],
      ['frames.csv --macro half', 2, /pad, leave-out/],
      ['frames.csv --causal 0', 2, /whole number of 1 or more/],
      ['alone.csv --causal 2', 2, /alone\.csv has no column that tells videos apart.*--causal is/],
      ['alone.csv --macro pad', 2, /but --macro is of videos. Name it by --clip/],
      ['frames.csv alone.csv --join', 2, /alone\.csv has no column .* other files joined are/],
    ];
    for (const [rest, status, words] of wrong) {
      const told = await run(`metrics ${rest}`);
      expect(told).toMatchObject({ status, stdout: '' });
      expect(told.stderr).toMatch(words);
    }
  });
});

const published = join(process.env['MEMAE_DATA'] ?? '', 'oracle', 'lyn1874-memAE', 'plain');
test('a published run, as its files are', async (context) => {
  if (!existsSync(published)) {
    context.skip('MEMAE_DATA names no folder that holds oracle/lyn1874-memAE/plain.');
  }
  const files = ['UCSDped2', 'Avenue'].map((name) => join(published, `${name}.csv`));
  const sets = await setsOf(`metrics ${files.join(' ')}`);
  const areas = sets.map((set) => set as { raw: Area; videos: { normalised: Area } });
  const [ped2, avenue] = areas.map(({ videos }) => videos.normalised.auroc);
  expect(ped2).toBeCloseTo(0.93406, 6);
  expect(avenue).toBeCloseTo(0.809908, 6);
  expect(areas[0]?.raw.auroc).toBeCloseTo(0.6958, 4);
});

interface Area {
  readonly auroc: number;
}
