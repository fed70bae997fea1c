import { chmod, mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { createRandom } from '@memae/graph';
import { describe, expect, test } from 'vitest';
import { modalityOf } from '../modality-of.ts';
import { collect } from '../testing/collect.ts';
import { ffmpeg, noFfmpeg } from '../testing/films.ts';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { writeFrames } from '../testing/video-frames.ts';
import { scanFilm } from '../ffmpeg/scan-film.ts';
import { openClips } from './open-clips.ts';
import { openVideoSplit, openVideoTest } from './open-video-split.ts';
import { suitedVideoSize } from './suited-video-size.ts';

const random = createRandom(3);
const colours = (seconds: number): string =>
  `-f lavfi -i testsrc=size=64x48:rate=10:duration=${seconds}`;

async function film(name: string, line: string): Promise<string> {
  const path = join(await temporaryFolder(), name);
  ffmpeg(`${line} ${path}`);
  return path;
}

async function samplesOf(path: string, size?: readonly [number, number]) {
  const [clips] = await openClips(path, { frames: 4, ...(size && { size }) });
  return clips === undefined ? [] : collect(clips.batches({ size: 64 }));
}

describe.skipIf(noFfmpeg)(`films, by ffmpeg ${noFfmpeg ?? ''}`, () => {
  test.each(['mp4', 'mkv', 'avi', 'webm', 'mov', 'mpg', 'ts'])(
    'a film in %s has a clip around each frame',
    async (ending) => {
      const rate = ending === 'mpg' ? ' -r 25' : '';
      const path = await film(`walk.${ending}`, colours(2) + rate);
      expect(await modalityOf(path)).toBe('video');
      const batches = await samplesOf(path);
      const keys = batches.flatMap((batch) => batch.keys);
      const frames = ending === 'mpg' ? 50 : 20;
      expect(keys).toEqual(Array.from({ length: frames }, (_, i) => `${path}/${i}`));
      expect(batches[0]?.samples.shape.slice(1)).toEqual([1, 4, 48, 64]);
    },
    20_000,
  );

  test('its samples are, byte for byte, those of its frames as PNG files', async () => {
    const path = await film('walk.mp4', colours(2));
    const frames = await temporaryFolder();
    ffmpeg(`-i ${path} -pix_fmt rgb24 ${frames}/%03d.png`);
    for (const size of [undefined, [20, 24]] as const) {
      const [of, from] = [await samplesOf(path, size), await samplesOf(frames, size)];
      expect(of.map(({ samples }) => samples.shape)).toEqual(
        from.map(({ samples }) => samples.shape),
      );
      of.forEach(({ samples }, i) => {
        expect(
          Buffer.compare(samples.data as Uint8Array, from[i]?.samples.data as Uint8Array),
        ).toBe(0);
      });
    }
  });

  test('frames of variable rate are all there, each at its time', async () => {
    const path = await film(
      'vfr.mkv',
      `${colours(3)} -vf select=not(mod(n\\,3))+gt(n\\,20) -fps_mode vfr`,
    );
    const { times } = await scanFilm({ name: 'vfr', path });
    expect(Array.from(times.slice(0, 3))).toEqual([0, 0.3, 0.6]);
    expect(times).toHaveLength(7 + 9);
    expect(times.at(-1)).toBeCloseTo(2.9, 5);
    expect((await samplesOf(path)).flatMap(({ keys }) => keys)).toHaveLength(16);
  });

  test('a film that is turned is seen upright', async () => {
    const path = await film('a.mp4', colours(1));
    const turned = join(await temporaryFolder(), 'turned.mp4');
    ffmpeg(`-i ${path} -c copy -metadata:s:v:0 rotate=90 ${turned}`);
    expect((await scanFilm({ name: 'turned', path: turned })).size).toEqual([64, 48]);
    expect((await samplesOf(turned))[0]?.samples.shape.slice(1)).toEqual([1, 4, 64, 48]);
  });

  test('a folder may mix films and folders of frames; two of one name are refused', async () => {
    const folder = await temporaryFolder();
    ffmpeg(`${colours(2)} ${folder}/b.mp4`);
    await writeFrames(join(folder, 'a'), 18, { size: [48, 64] });
    await writeFile(join(folder, 'notes.txt'), 'no video');
    expect(await modalityOf(folder)).toBe('video');
    const clips = await openClips(folder, { frames: 4 });
    expect(clips.map(({ name, length }) => [basename(name), length])).toEqual([
      ['a', 18],
      ['b.mp4', 20],
    ]);
    await writeFrames(join(folder, 'b'), 18);
    await expect(openClips(folder)).rejects.toThrow(/two are called b\. Rename/);
  });

  test('what is broken is refused by name, with what ffmpeg says', async () => {
    const whole = await film('whole.mp4', `${colours(4)} -movflags +faststart`);
    const bytes = await readFile(whole);
    const folder = await temporaryFolder();
    const write = async (name: string, content: Uint8Array | string): Promise<string> => {
      await writeFile(join(folder, name), content);
      return join(folder, name);
    };
    const cut = await write('cut.mp4', bytes.subarray(0, bytes.length * 0.7));
    await expect(openClips(cut)).rejects.toMatchObject({ code: 'DATASET_CORRUPT' });
    await expect(openClips(cut)).rejects.toThrow(/cut\.mp4: reading it by ffmpeg failed: .+/);
    for (const ending of ['mkv', 'webm']) {
      const bytes = await readFile(await film(`whole.${ending}`, colours(4)));
      const short = await write(`short.${ending}`, bytes.subarray(0, bytes.length * 0.7));
      await expect(openClips(short)).rejects.toMatchObject({ code: 'DATASET_CORRUPT' });
      await expect(openClips(short)).rejects.toThrow(/short\.\w+: .*ended prematurely/);
    }
    const headless = await film('headless.mp4', colours(4));
    await writeFile(headless, (await readFile(headless)).subarray(0, 3000));
    await expect(openClips(headless)).rejects.toThrow(/headless\.mp4: .*moov atom not found/);
    const text = await write('text.mp4', 'no film at all');
    await expect(openClips(text)).rejects.toThrow(/text\.mp4: .*Invalid data/);
    const sound = await film('sound.mp4', '-f lavfi -i sine=duration=1');
    const empty = await film('empty.mp4', `${colours(1)} -frames:v 0`);
    const avi = await film('empty.avi', `${colours(1)} -frames:v 0`);
    const mkv = await film('empty.mkv', `${colours(1)} -frames:v 0`);
    const head = await write('empty.y4m', 'YUV4MPEG2 W64 H48 F10:1 Ip A1:1 C420jpeg\n');
    for (const nothing of [sound, empty, avi, mkv, head]) {
      await expect(openClips(nothing)).rejects.toMatchObject({
        code: 'DATASET_EMPTY',
        message: expect.stringContaining(
          `${nothing}: a film with frames was expected, but it has none`,
        ) as string,
      });
    }
    const none = await film('none.mkv', `${colours(1)} -frames:v 0`);
    await expect(openClips(none)).rejects.toThrow(/none\.mkv: /);
    // A playlist would have other files read.
    const list = await write('list.mp4', `#EXTM3U\n#EXTINF:1,\n${whole}\n#EXT-X-ENDLIST\n`);
    await expect(openClips(list)).rejects.toThrow(/list\.mp4: .*(whitelist|Invalid data)/i);
  });

  test('a name is a name, and no option or address', async () => {
    const folder = await temporaryFolder();
    const odd = join(folder, "-i http: it's; $(touch gone).mp4");
    const path = await film('plain.mp4', colours(2));
    await writeFile(odd, await readFile(path));
    expect((await samplesOf(odd)).flatMap(({ keys }) => keys)).toHaveLength(20);
  });

  test('an aborted signal ends decoding with its reason', async () => {
    const path = await film('walk.mp4', colours(60));
    const stop = new AbortController();
    const opened = openClips(path, { signal: stop.signal });
    setTimeout(() => {
      stop.abort(new Error('enough'));
    }, 50);
    await expect(opened).rejects.toThrow('enough');
  });
});

describe.skipIf(noFfmpeg)('clips of the user', () => {
  test('without labels all are normal, and none is tested', async () => {
    const path = await film('walk.mp4', colours(10));
    const split = await openVideoSplit(path, { random, size: [8, 8] });
    expect(split).toMatchObject({ description: 'walk.mp4, 1 video file, 100 frames of 48×64' });
    expect(split.protocol).toContain('of the only training video, walk');
    expect(split.test.length).toBe(0);
    expect(split.test.videos).toEqual([]);
    const [batch] = await collect(split.train.batches({ size: 2 }));
    expect(batch?.samples.shape).toEqual([2, 1, 16, 8, 8]);
    const other = await openVideoSplit(path, { random, size: [8, 8] });
    expect(await other.train.fingerprint?.()).toBe(await split.train.fingerprint?.());
    expect(await split.validation.fingerprint?.()).not.toBe(await split.train.fingerprint?.());
  });

  test('with labels those with anomalies are tested, and may be tested alone', async () => {
    const folder = await temporaryFolder();
    for (const name of ['a', 'b', 'c']) ffmpeg(`${colours(3)} ${folder}/${name}.mp4`);
    await expect(openVideoTest(folder, { random })).rejects.toThrow(/labels=FILE/);
    await writeFile(join(folder, 'labels.csv'), 'clip,start_seconds,end_seconds\nb.mp4,1,2\n');
    const split = await openVideoSplit(folder, { random });
    expect(split.test.videos.map(({ name }) => name)).toEqual(['b']);
    expect(split.test.videos[0]?.labels.join('')).toBe(
      `${'0'.repeat(10)}${'1'.repeat(10)}${'0'.repeat(10)}`,
    );
    const all = await openVideoTest(folder, { random, frames: 8 });
    expect(all.videos.map(({ name }) => name)).toEqual(['a', 'b', 'c']);
    expect(all).toMatchObject({ length: 3 * 23, sampleShape: [1, 8, 48, 64] });
    const one = openVideoSplit(join(folder, 'b.mp4'), {
      random,
      labels: join(folder, 'labels.csv'),
    });
    await expect(one).rejects.toThrow(/clips without anomalies were expected/);
  });

  test('films in training and testing are read as folders of frames are', async () => {
    const folder = await temporaryFolder();
    await writeFrames(join(folder, 'training', '01'), 18, { size: [48, 64] });
    await writeFrames(join(folder, 'testing', '01'), 18, { size: [48, 64] });
    ffmpeg(`${colours(2)} ${folder}/training/02.avi`);
    ffmpeg(`${colours(2)} ${folder}/testing/02.avi`);
    await writeFile(join(folder, 'labels.csv'), 'clip,start,end\n2,3,9\n2,5,11\n');
    expect(await modalityOf(folder)).toBe('video');
    const { train, validation, test: tested } = await openVideoSplit(folder, { random });
    expect([train.length + validation.length, tested.length]).toEqual([3 + 5, 3 + 5]);
    expect(tested.videos[1]?.labels.join('')).toBe('00011111111100000000');
  });
});

describe.skipIf(noFfmpeg)('the size that large frames come to', () => {
  test('is told by the first to learn from: in a film, a folder of frames, or a part', async () => {
    const folder = await temporaryFolder();
    await mkdir(join(folder, 'train'));
    await mkdir(join(folder, 'test'));
    ffmpeg(`-f lavfi -i testsrc=size=192x108 -frames:v 2 ${folder}/train/a.mp4`);
    ffmpeg(`-f lavfi -i testsrc=size=64x48 -frames:v 2 ${folder}/test/a.mp4`);
    const suited = { size: [40, 64], found: 'of 108×192' };
    expect(await suitedVideoSize(folder)).toEqual(suited);
    expect(await suitedVideoSize(join(folder, 'train', 'a.mp4'))).toEqual(suited);
    expect(await suitedVideoSize(join(folder, 'test'))).toBeUndefined();
    await writeFrames(join(folder, 'frames', '1'), 2, { size: [300, 100] });
    // Whoever opens the videos says so.
    await symlink(join(folder, 'nowhere'), join(folder, 'frames', '0'), 'junction');
    expect(await suitedVideoSize(join(folder, 'frames'))).toEqual({
      size: [64, 24],
      found: 'of 300×100',
    });
  });
});

describe('ffmpeg', () => {
  test('where it is missing, the message says what to install', async () => {
    const path = join(await temporaryFolder(), 'walk.mp4');
    await writeFile(path, '');
    const opened = openClips(path, { ffmpeg: '/nowhere/ffmpeg' });
    await expect(opened).rejects.toMatchObject({ code: 'DATASET_NO_FFMPEG' });
    await expect(opened).rejects.toThrow(
      /"\/nowhere\/ffmpeg".*apt-get install ffmpeg.*brew.*MEMAE_FFMPEG/,
    );
  });

  test.skipIf(process.platform === 'win32')(
    'one that hangs is given up, with all it started',
    async () => {
      const folder = await temporaryFolder();
      const path = join(folder, 'walk.mp4');
      await writeFile(path, '');
      const hanging = join(folder, 'hanging');
      await writeFile(hanging, `#!/bin/sh\nsleep 30 & echo $! > ${folder}/pid\nwait\n`);
      await chmod(hanging, 0o755);
      await expect(openClips(path, { ffmpeg: hanging, patience: 0.5 })).rejects.toThrow(
        /walk\.mp4: .*it said nothing for 0\.5 s/,
      );
      const pid = Number(await readFile(join(folder, 'pid'), 'utf8'));
      await expect.poll(() => isRunning(pid)).toBe(false);
    },
  );
});

/** A process that has ended may wait for its parent to notice. */
async function isRunning(pid: number): Promise<boolean> {
  const status = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => ') Z');
  return !/\) Z/.test(status);
}
