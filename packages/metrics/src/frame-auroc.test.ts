import fc from 'fast-check';
import { expect, test } from 'vitest';

import { type LabelledScores, labelledScores } from './arbitraries.ts';
import { frameAuroc } from './frame-auroc.ts';
import { rocAuc } from './roc.ts';
import { type Video, groupByVideo, joinVideos, normaliseVideos } from './video.ts';

const someVideos: fc.Arbitrary<Video[]> = fc
  .array(labelledScores, { minLength: 1, maxLength: 5 })
  .map((all) => all.map((frames, i) => ({ name: String(i), ...frames })));

/** A video's AUROC as the evaluators have it: scaled to [0, 1], with a 0 before and a 1 behind. */
function anchored({ scores, labels }: LabelledScores): number {
  const [low, high] = [Math.min(...scores), Math.max(...scores)];
  const scaled = scores.map((score) => (score - low) / (high - low));
  return rocAuc([0, ...scaled, 1], [0, ...labels, 1]);
}

test('the frames of two videos, by hand', () => {
  const first = { name: 'first', scores: [1, 2, 3], labels: [0, 1, 1] };
  const second = { name: 'second', scores: [10, 40, 30], labels: [0, 0, 1] };
  expect(frameAuroc([first, second], { macro: 'leave-out' })).toEqual({
    // Of nine pairs: 1 is below all three anomalies, 10 and 40 are above two and three.
    micro: 4 / 9,
    // 0, 0 and 1 among the normal frames; ½, 1 and ⅔ among the anomalous: 3 + 3 + ½.
    microNormalised: 6.5 / 9,
    parts: null,
    macro: (1 + 0.5) / 2,
    singleClass: [],
    constant: [],
  });
  expect(first.scores).toEqual([1, 2, 3]);
});

test('a video of normal frames only is padded, or left out, and named either way', () => {
  const mixed = { name: 'mixed', scores: [1, 2], labels: [0, 1] };
  const calm = { name: 'calm', scores: [1, 2, 3, 4], labels: [0, 0, 0, 0] };
  // The added anomaly ties with the highest of five normal frames.
  expect(frameAuroc([mixed, calm])).toMatchObject({
    macro: (1 + 4.5 / 5) / 2,
    singleClass: ['calm'],
  });
  const left = frameAuroc([mixed, calm], { macro: 'leave-out' });
  expect(left).toMatchObject({ macro: 1, singleClass: ['calm'] });
  expect(() => frameAuroc([calm])).toThrow(/all 4 labels are 0/);
  const wild = { name: 'wild', scores: [1], labels: [1] };
  expect(() => frameAuroc([calm, wild], { macro: 'leave-out' })).toThrow(/No video has both/);
});

test('a video with one score throughout normalises to 0 and is named', () => {
  const still = { name: 'still', scores: [5, 5, 5], labels: [0, 1, 0] };
  expect(normaliseVideos([still])[0]?.scores).toEqual(Float64Array.of(0, 0, 0));
  expect(frameAuroc([still])).toEqual({
    micro: 0.5,
    microNormalised: 0.5,
    parts: null,
    macro: 0.5,
    singleClass: [],
    constant: ['still'],
  });
});

test('videos that are anomalous throughout are told apart from the others, by hand', () => {
  const mixed = { name: 'mixed', scores: [1, 2, 3], labels: [0, 0, 1] };
  const wild = { name: 'wild', scores: [9, 7, 8], labels: [1, 1, 1] };
  expect(frameAuroc([mixed, wild])).toMatchObject({
    // Normal frames have 0 and ½, the wild ones 1, 0 and ½: of six pairs two, none and a half, one and a half.
    parts: { share: 3 / 4, throughout: (2 + 0.5 + 1.5) / 6, others: 1 },
    singleClass: ['wild'],
  });
  const calm = { name: 'calm', scores: [1, 2], labels: [0, 0] };
  expect(frameAuroc([calm, wild]).parts).toBeNull();
});

test('the parts make up the whole', () => {
  fc.assert(
    fc.property(someVideos, fc.array(fc.integer(), { minLength: 1 }), (videos, scores) => {
      const wild = { name: 'wild', scores, labels: scores.map(() => 1) };
      const { microNormalised, parts } = frameAuroc([...videos, wild]);
      const { share = NaN, throughout = NaN, others = NaN } = parts ?? {};
      expect(share * throughout + (1 - share) * others).toBeCloseTo(microNormalised, 9);
    }),
  );
});

test('padding is that of the evaluators, at any scale of scores', () => {
  const varied = labelledScores.filter(({ scores }) => new Set(scores).size > 1);
  fc.assert(
    fc.property(fc.array(varied, { minLength: 1, maxLength: 5 }), (all) => {
      const videos = all.map((frames, i) => ({ name: String(i), ...frames }));
      const theirs = all.map(anchored).reduce((sum, area) => sum + area, 0) / all.length;
      expect(frameAuroc(videos).macro).toBeCloseTo(theirs, 12);
    }),
  );
});

test('scaling each video on its own leaves macro and the normalised micro as they are', () => {
  fc.assert(
    fc.property(someVideos, (videos) => {
      const moved = videos.map((video, i) => ({
        ...video,
        scores: Array.from(video.scores, (score) => score * 2 ** i + 8 * i),
      }));
      const [before, after] = [frameAuroc(videos), frameAuroc(moved)];
      expect(after.macro).toBe(before.macro);
      expect(after.microNormalised).toBe(before.microNormalised);
      expect(after.constant).toEqual(before.constant);
    }),
  );
});

test('of one video, micro is its AUROC, and so is macro without padding', () => {
  fc.assert(
    fc.property(labelledScores, (frames) => {
      const { micro, macro } = frameAuroc([{ name: 'one', ...frames }], { macro: 'leave-out' });
      expect([micro, macro]).toEqual(Array(2).fill(rocAuc(frames.scores, frames.labels)));
    }),
  );
});

test('frames are sorted into videos in order, and joined again', () => {
  const videos = groupByVideo(['b', 'a', 'b'], { scores: [1, 2, 3], labels: [0, 1, 1] });
  expect(videos).toEqual([
    { name: 'b', scores: [1, 3], labels: [0, 1] },
    { name: 'a', scores: [2], labels: [1] },
  ]);
  expect(joinVideos(videos)).toEqual({
    scores: Float64Array.of(1, 3, 2),
    labels: Uint8Array.of(0, 1, 1),
  });
});
