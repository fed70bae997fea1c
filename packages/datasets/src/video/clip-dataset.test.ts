import { setImmediate } from 'node:timers/promises';
import { createRandom } from '@memae/graph';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fingerprint } from '../fingerprint.ts';
import { collect } from '../testing/collect.ts';
import { numberedVideo } from '../testing/video-frames.ts';
import { clipDataset, clipTestSet, whole } from './clip-dataset.ts';
import { type ClipOptions, clipsOf } from './clips.ts';
import { type Video, frameOf } from './video.ts';

function clipsOfVideos(videos: readonly Video[], options: ClipOptions) {
  return clipDataset({
    name: 'test',
    prefix: 'set',
    size: [1, 1],
    stretches: videos.map(whole),
    clips: clipsOf(options),
  });
}

describe('clips', () => {
  test('that start at frame j stand for frame j + 8, as the reference does: labels [8:-7]', async () => {
    const labels = Uint8Array.from({ length: 40 }, (_, i) => (i < 8 || i > 32 ? 1 : 0));
    const video = numberedVideo('01', 40, { labels });
    const set = clipTestSet({
      name: 'test',
      prefix: 'set',
      size: [1, 1],
      stretches: [whole(video)],
      clips: clipsOf({}),
    });
    expect(set.length).toBe(40 - 15);
    expect(set.sampleShape).toEqual([1, 16, 1, 1]);
    expect(set.ends).toBe('trim');
    const [batch] = await collect(set.batches({ size: 100 }));
    expect(batch?.keys[0]).toBe('set/01/8');
    expect(batch?.keys.at(-1)).toBe('set/01/32');
    expect([...(batch?.samples.data.subarray(0, 16) ?? [])]).toEqual(
      Array.from({ length: 16 }, (_, i) => i),
    );
    expect([...(batch?.labels ?? [])]).toEqual([...labels.slice(8, -7)]);
  });

  test('are told apart by their frames and how they lie, not by names; labels do not count', async () => {
    const base = { frames: 4 };
    const of = (options: ClipOptions, ...videos: Video[]) =>
      fingerprint(clipsOfVideos(videos, { ...base, ...options }));
    const one = numberedVideo('01', 9);
    const expected = await of({}, one);
    expect(expected).toMatch(/^[0-9a-f]{64}$/);
    expect(await of({}, numberedVideo('02', 9, { labels: new Uint8Array(9).fill(1) }))).toBe(
      expected,
    );
    const others = await Promise.all([
      of({ frames: 5 }, one),
      of({ dilation: 2 }, one),
      of({ stride: 2 }, one),
      of({ ends: 'repeat' }, one),
      of({}, numberedVideo('01', 10)),
      of({}, numberedVideo('01', 9, { base: 1 })),
      of({}, numberedVideo('01', 4), numberedVideo('02', 5, { base: 4 })),
      of({}, numberedVideo('01', 5), numberedVideo('02', 4, { base: 5 })),
    ]);
    expect(new Set([expected, ...others]).size).toBe(others.length + 1);
  });

  test('repeat the ends where it is asked for: each frame has a clip, and each clip its label', async () => {
    const labels = Uint8Array.from([1, 0, 0, 0, 1]);
    const set = clipTestSet({
      name: 'test',
      prefix: 'set',
      size: [1, 1],
      stretches: [whole(numberedVideo('01', 5, { labels }))],
      clips: clipsOf({ frames: 4, ends: 'repeat' }),
    });
    const [batch] = await collect(set.batches({ size: 5 }));
    expect(batch?.keys).toEqual([0, 1, 2, 3, 4].map((frame) => `set/01/${frame}`));
    expect([...(batch?.labels ?? [])]).toEqual([...labels]);
    expect([...(batch?.samples.data ?? [])]).toEqual(
      [0, 0, 0, 1].concat([0, 0, 1, 2], [0, 1, 2, 3], [1, 2, 3, 4], [2, 3, 4, 4]),
    );
  });

  test('hold the frames they say, whatever the lengths and steps', async () => {
    const steps = fc.record({
      frames: fc.integer({ min: 1, max: 6 }),
      dilation: fc.integer({ min: 1, max: 3 }),
      stride: fc.integer({ min: 1, max: 4 }),
      ends: fc.constantFrom('trim' as const, 'repeat' as const),
    });
    const lengths = fc.array(fc.integer({ min: 16, max: 30 }), { minLength: 1, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(steps, lengths, fc.integer(), async (options, all, seed) => {
        const videos = all.map((frames, i) => numberedVideo(`v${i}`, frames, { base: 50 * i }));
        const set = clipsOfVideos(videos, options);
        const shuffle = createRandom(seed);
        const seen: string[] = [];
        for await (const { samples, keys } of set.batches({ size: 5, shuffle })) {
          keys.forEach((key, i) => {
            const { video, frame } = frameOf(key);
            const index = Number(video.slice(1));
            const at = samples.data.subarray(i * options.frames, (i + 1) * options.frames);
            const expected = Array.from(at, (_, k) => {
              const wanted = frame + (k - Math.floor(options.frames / 2)) * options.dilation;
              return 50 * index + Math.max(0, Math.min((all[index] ?? 0) - 1, wanted));
            });
            expect([...at]).toEqual(expected);
          });
          seen.push(...keys);
        }
        expect(new Set(seen).size).toBe(set.length);
        const span = (options.frames - 1) * options.dilation + 1;
        const counts = all.map((frames) =>
          options.ends === 'repeat' ? frames : frames - span + 1,
        );
        const expected = counts.reduce((sum, count) => sum + Math.ceil(count / options.stride), 0);
        expect(set.length).toBe(expected);
      }),
      { numRuns: 60 },
    );
  });

  test('a video too short for one is refused by name; so are none at all and odd lengths', () => {
    const videos = [numberedVideo('long', 40), numberedVideo('short', 15)];
    expect(() => clipsOfVideos(videos, {})).toThrow(/video short: a clip spans 16 frames.* 15/);
    expect(() => clipsOfVideos(videos, { frames: 8, dilation: 3 })).toThrow(/spans 22 frames/);
    expect(() => clipsOfVideos([], {})).toThrow(/no videos/);
    expect(() => clipsOfVideos(videos, { stride: 0 })).toThrow(/stride is a whole number from 1/);
    expect(() => clipsOfVideos(videos, { frames: 2.5 })).toThrow(/frames is a whole number from 1/);
  });
});

describe('frames are read when batches come to need them', () => {
  test('those of the next batch while one is used, and no others', async () => {
    const reads: string[] = [];
    const videos = ['a', 'b', 'c', 'd'].map((name) => numberedVideo(name, 20, { reads }));
    const batches = clipsOfVideos(videos, {}).batches({ size: 3 })[Symbol.asyncIterator]();
    expect(reads).toEqual([]);
    await batches.next();
    expect(reads).toEqual(['a 0-16', 'a 1-17', 'a 2-18']);
    await setImmediate();
    expect(reads.slice(3)).toEqual(['a 3-19', 'a 4-20', 'b 0-16']);
    await setImmediate();
    expect(reads).toHaveLength(6);
    await batches.return?.();
  });

  test('one that fails fails the batch that needs it, and no other', async () => {
    const broken: Video = {
      ...numberedVideo('broken', 20),
      read: () => Promise.reject(new Error('broken/007.jpg')),
    };
    const set = clipsOfVideos([numberedVideo('good', 20), broken], {});
    const batches = set.batches({ size: 5 })[Symbol.asyncIterator]();
    expect((await batches.next()).done).toBe(false);
    await expect(batches.next()).rejects.toThrow('broken/007.jpg');
  });
});

test('the key of a clip names its video and frame', () => {
  expect(frameOf('ucsd-ped2/Test001/12')).toEqual({ video: 'Test001', frame: 12 });
  expect(frameOf('a/b/01/0')).toEqual({ video: '01', frame: 0 });
  expect(() => frameOf('mnist')).toThrow(/key of a clip/);
});
