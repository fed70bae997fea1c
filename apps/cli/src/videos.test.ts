// Video files and live sources through the whole line: trained on, evaluated with intervals as labels, scored, watched.

import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { start } from './testing/child.ts';
import { createWorld } from './testing/world.ts';

const world = createWorld();
const { run, path } = world;
afterAll(world.clear);

const noFfmpeg = missingFfmpeg();

function missingFfmpeg(): string {
  try {
    execFileSync('ffmpeg', ['-version'], { stdio: 'ignore' });
    return '';
  } catch {
    return 'they need the program ffmpeg (apt-get install ffmpeg)';
  }
}

/** A film of a drawing of ffmpeg's own, 64 × 48. */
function film(name: string, { seconds = 3, drawing = 'testsrc' } = {}): void {
  const source = `${drawing}=size=64x48:rate=10:duration=${seconds}`;
  execFileSync('ffmpeg', ['-v', 'error', '-y', '-f', 'lavfi', '-i', source, path(name)]);
}

async function done(line: string): Promise<string> {
  const { status, stdout, stderr } = await run(line);
  expect({ line, status, stderr: status === 0 ? '' : stderr }).toEqual({
    line,
    status: 0,
    stderr: '',
  });
  return stdout;
}

const rowsOf = (csv: string): string[][] =>
  csv
    .trimEnd()
    .split('\n')
    .slice(1)
    .map((line) => line.split(','));

describe.skipIf(noFfmpeg)(`video files and live sources ${noFfmpeg}`, () => {
  beforeAll(async () => {
    mkdirSync(path('normal'));
    film('normal/a.mp4', { seconds: 4 });
    film('normal/b.mkv', { seconds: 4 });
    film('odd.mp4', { drawing: 'testsrc2' });
    const trained = await run(
      'train --data normal --size 16x16 --method ae --set network.width=0.05 --epochs 2 --threads 2 --out run',
    );
    expect(trained.status).toBe(0);
    expect(trained.stderr).toContain('Data: normal, 2 video files, 80 frames of 48×64\n');
    expect(trained.stderr).toContain('normal has no anomalies to test on');
  }, 60_000);

  test('large frames come to a size that is said, where none was', async () => {
    const large = 'testsrc=size=192x108:rate=10:duration=2';
    execFileSync('ffmpeg', ['-v', 'error', '-f', 'lavfi', '-i', large, path('large.mp4')]);
    const { stdout, stderr } = await run('data check large.mp4 --data-option frames=4');
    expect(stderr).toBe('The frames are of 108×192; they come to 40×64. --size says otherwise.\n');
    expect(stdout).toContain('large.mp4: clips of uint8 1×4×40×64');
  });

  test('a film is evaluated with intervals as labels, and refused without', async () => {
    const own = await run('evaluate run');
    expect(own.stderr).toMatch(/no labels that say which frames .* --data-option labels=FILE/);
    const bare = await run('evaluate run --data odd.mp4');
    expect(bare.stderr).toMatch(/DATASET_NOT_FOUND: .*odd\.mp4: a file that says which frames/);
    const evaluate =
      'evaluate run --data odd.mp4 --data-option ends=repeat --data-option labels=./labels.csv --json';
    writeFileSync(path('labels.csv'), 'clip,start_seconds,end_seconds\nodd,0.5,1\nodd,0.8,1.5\n');
    expect(JSON.parse(await done(evaluate))).toMatchObject({
      samples: 30,
      anomalies: 10,
      part: 'all',
    });
    writeFileSync(path('labels.csv'), 'clip,start,end\neven,5,9\n');
    const unknown = await run(evaluate);
    expect(unknown.stdout).toContain('row 2: one of the clips odd was expected');
  });

  test('a film scores as its frames do, and as it does when it is watched', async () => {
    mkdirSync(path('frames'));
    const all = ['-i', path('odd.mp4'), '-pix_fmt', 'rgb24', path('frames/%d.png')];
    execFileSync('ffmpeg', ['-v', 'error', ...all]);
    const scored = rowsOf(await done('score run odd.mp4'));
    const frames = rowsOf(await done('score run frames'));
    const live = rowsOf(await done('score run --live odd.mp4'));
    expect(scored.map(([key]) => key)).toEqual(scored.map((_, i) => `odd.mp4/${i}`));
    expect(frames.map((row) => row.slice(1))).toEqual(scored.map((row) => row.slice(1)));
    expect(live.map(([frame]) => Number(frame))).toEqual(scored.map((_, i) => i));
    // Batches of another size round otherwise.
    live.forEach(([, , score, , label], i) => {
      expect(Number(score)).toBeCloseTo(Number(scored[i]?.[1]), 6);
      expect(label).toBe(scored[i]?.[3]);
    });
  });

  test('a live source is told line by line, with alarms, and summed up at the end', async () => {
    const line =
      'score run --live lavfi:testsrc2=size=64x48:rate=20 --frames 25 --alarm-begin 2 --sensitivity 0.9';
    const lines = (await done(`${line} --json`)).trimEnd().split('\n');
    const told = lines.map((each) => JSON.parse(each) as Readonly<Record<string, unknown>>);
    expect(told).toHaveLength(26);
    expect(told[0]).toMatchObject({ frame: 0, label: 1, alarm: null });
    expect(told[1]).toMatchObject({ frame: 1, label: 1, alarm: 'begin' });
    expect(Object.keys(told[0] ?? {}).sort()).toEqual([
      'alarm',
      'frame',
      'label',
      'normalised',
      'normality',
      'score',
      'seconds',
    ]);
    expect(told.at(-1)).toMatchObject({
      summary: { frames: 25, flagged: 25, alarms: 1, dropped: 0 },
    });
    const text = await run(line);
    expect(text.stdout).toMatch(/^frame,seconds,score,normalised,label,normality,alarm\n0,/);
    expect(text.stderr).toMatch(/: 25 frames in .*, 25 above the threshold, 1 alarm/);
  });

  test('Ctrl-C ends it with what was seen, and ffmpeg with it', async () => {
    const child = start('score run --live lavfi:testsrc=size=64x48:rate=20 --realtime', {
      cwd: world.folder,
    });
    const told = child.process.stdout ?? child.process;
    // The header, and some frames.
    await once(told, 'data');
    await once(told, 'data');
    child.process.kill('SIGINT');
    const { status, stdout, stderr } = await child.ended;
    expect(status).toBe(0);
    const frames = rowsOf(stdout).length;
    expect(frames).toBeGreaterThan(0);
    expect(stderr).toContain(`: ${frames} frames in`);
  });

  test('what cannot be is refused by name', async () => {
    const refuse = async (line: string, message: RegExp) => {
      const { status, stderr } = await run(line);
      expect({ line, status: status > 0, stderr }).toEqual({
        line,
        status: true,
        stderr: expect.stringMatching(message) as string,
      });
    };
    await refuse('score run', /CLI_USAGE: Name files to score, or a live source/);
    await refuse('score run odd.mp4 --live lavfi:testsrc', /CLI_USAGE: .* name one or the other/);
    await refuse(
      'score run odd.mp4 --alarm-begin 2',
      /CLI_USAGE: --alarm-begin is for a live source/,
    );
    await refuse(
      'score run --live lavfi:testsrc --out x.csv',
      /CLI_USAGE: --out is not for a live/,
    );
    await refuse('score run --live nowhere.mp4', /nowhere\.mp4: .*No such file/);
    await refuse('score run odd.mp4 --size 8x8', /SCORING_SHAPE_MISMATCH.*--size 16x16/);
    writeFileSync(path('cut.mp4'), readFileSync(path('odd.mp4')).subarray(0, 2000));
    await refuse('score run cut.mp4 --out x.csv', /DATASET_CORRUPT: .*cut\.mp4: .*moov/);
    await refuse('data check normal --data-option kind=image', /DATASET_|no /);
  });
});

describe('without ffmpeg', () => {
  test.each([{ PATH: '' }, { MEMAE_FFMPEG: '/nowhere/ffmpeg' }])(
    '%o: what to install is said',
    async (env) => {
      writeFileSync(path('any.mp4'), '');
      const checked = start('data check any.mp4', { cwd: world.folder, env });
      const { status, stderr } = await checked.ended;
      expect(status).toBe(1);
      expect(stderr).toMatch(
        /DATASET_NO_FFMPEG: .*ffmpeg \(5\.1 or later\).*apt-get install ffmpeg.*MEMAE_FFMPEG/,
      );
    },
  );
});
