import { createRandom } from '@memae/graph';
import { describe, expect, test } from 'vitest';
import { collect } from '../testing/collect.ts';
import { numberedVideo } from '../testing/video-frames.ts';
import { type VideoSplitOptions, videoSplit } from './video-split.ts';
import { frameOf } from './video.ts';

const random = createRandom(5);

function split(lengths: readonly number[], options: Partial<VideoSplitOptions> = {}) {
  const source = {
    name: 'set',
    edition: 'official labels',
    size: [1, 1] as const,
    training: lengths.map((frames, i) => numberedVideo(`v${i}`, frames)),
    testing: [numberedVideo('test', 30)],
  };
  return videoSplit(source, { random, ...options });
}

async function framesOf(dataset: ReturnType<typeof split>['train']) {
  const batches = await collect(dataset.batches({ size: 64 }));
  return batches.flatMap(({ keys }) => keys.map(frameOf));
}

describe('a split of videos', () => {
  test('holds out whole training videos, about a tenth of the frames, named in the protocol', async () => {
    const lengths = [40, 60, 50, 30, 20, 40, 60, 50, 30, 20, 55, 45];
    const { train, validation, protocol } = split(lengths);
    const held = new Set((await framesOf(validation)).map(({ video }) => video));
    const kept = new Set((await framesOf(train)).map(({ video }) => video));
    expect(held.size + kept.size).toBe(lengths.length);
    expect([...held].filter((video) => kept.has(video))).toEqual([]);
    const frames = [...held].reduce(
      (sum, video) => sum + (lengths[Number(video.slice(1))] ?? 0),
      0,
    );
    expect(frames).toBeGreaterThan(0.05 * 500);
    expect(frames).toBeLessThan(0.17 * 500);
    expect(protocol).toContain(`validation: the training videos ${[...held].join(', ')}`);
    expect(protocol).toContain('official labels, frames of 1×1; clips of 16 frames every 1');
    expect(split(lengths).protocol).toBe(protocol);
    const others = [1, 2, 3, 4].map(
      (seed) => split(lengths, { random: createRandom(seed) }).protocol,
    );
    expect(new Set(others).size).toBeGreaterThan(1);
  });

  test('of two videos, one is held out; of one, its end, and no frame is in clips of both', async () => {
    expect([split([30, 30]).train.length, split([30, 30]).validation.length]).toEqual([15, 15]);
    const { train, validation, protocol } = split([100], { frames: 4 });
    expect((await framesOf(train)).at(-1)).toEqual({ video: 'v0', frame: 88 });
    expect((await framesOf(validation))[0]).toEqual({ video: 'v0', frame: 92 });
    expect(protocol).toContain('frames 90 to 99 of the only training video, v0');
    expect(split([100]).validation.length).toBe(1);
    expect(() => split([20])).toThrow(/v0: 32 frames at least .* a clip of 16 .* there are 20/);
  });

  test('where all videos are too long to hold out, the shortest is, unless it has no clip', async () => {
    for (const seed of [1, 2, 3, 4, 5]) {
      const heldOf = async (lengths: number[]) =>
        (await framesOf(split(lengths, { random: createRandom(seed) }).validation))[0]?.video;
      expect(await heldOf([100, 40, 60])).toBe('v1');
      expect(['v1', 'v2', 'v3']).toContain(await heldOf([3000, 100, 100, 100]));
      expect(await heldOf([100, 50, 60, 15].slice(0, 3))).toBe('v1');
    }
  });

  test('steps through training and test clips apart; only the test repeats its ends', () => {
    const options = { stride: 5, testStride: 2, ends: 'repeat' } as const;
    const {
      train,
      test: tested,
      protocol,
    } = split([35, 16], { ...options, random: createRandom(1) });
    expect([4, 1]).toContain(train.length);
    expect(tested.length).toBe(15);
    expect(tested.videos.map(({ name }) => name)).toEqual(['test']);
    expect(protocol).toContain('every 5 to learn from, every 2 to test, ends repeated');
  });

  test('refuses no videos and shares out of range', () => {
    expect(() => split([])).toThrow(/set: no training videos/);
    expect(() => split([30, 30], { validationShare: 0 })).toThrow(/validationShare is a share/);
    expect(() => split([30, 30], { validationShare: 1 })).toThrow(/validationShare is a share/);
  });
});
