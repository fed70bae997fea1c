import { openBackend } from '@memae/backend';
import { ortBackend } from '@memae/backend/ort';
import { type VideoTestSet, openSplit } from '@memae/datasets';
import { createRandom, ndarray } from '@memae/graph';
import { expect, it } from 'vitest';
import { meanDetector } from '../testing/mean-detector.ts';
import { measureTest } from './measure-test.ts';

it('masks without an anomaly leave out pixel figures, with a warning, and nothing else', async () => {
  const backend = await openBackend([ortBackend()]);
  const random = createRandom(1);
  const split = await openSplit('moving-shapes', {
    ...{ random, size: [16, 16], video: { stride: 16, testStride: 8 } },
  });
  const detector = await meanDetector.createFrom({}).fit(split.train, { backend, random });
  const warnings: string[] = [];
  const measured = (test: typeof split.test) =>
    measureTest(detector, {
      ...{ test, backend },
      onWarning: (message) => warnings.push(message),
    });
  const { videos } = split.test as VideoTestSet;
  const blank = videos.map(({ masks, ...video }) => ({
    ...video,
    masks: async () => {
      const { data, shape } = (await masks?.()) ?? ndarray(new Uint8Array(), [0, 0, 0]);
      return ndarray(new Uint8Array(data.length), shape);
    },
  }));
  const whole = await measured(split.test);
  expect(warnings).toEqual([]);
  const { pixelAuroc, pro, ...others } = whole.figures;
  expect([pixelAuroc, pro].every(Number.isFinite)).toBe(true);
  const { figures } = await measured({ ...split.test, videos: blank } as typeof split.test);
  expect(figures).toEqual(others);
  expect(warnings).toEqual([
    expect.stringMatching(/^Pixel figures are left out: .* 0 are anomalous/),
  ]);
  await detector[Symbol.asyncDispose]();
  await backend[Symbol.asyncDispose]();
}, 60_000);
