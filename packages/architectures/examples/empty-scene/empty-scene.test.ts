import { ortBackend } from '@memae/backend/ort';
import { arrayDataset } from '@memae/datasets';
import { createRandom, ndarray } from '@memae/graph';
import { expect, it } from 'vitest';
import { emptyScene } from './empty-scene.ts';

it.each([
  // Levels of the two pixels, in three clips of a frame: 10 10 100 and 20 50 50.
  ['median', 'absolute', (Math.abs(30 - 10) + Math.abs(50 - 50)) / 2 / 255],
  ['mean', 'absolute', (Math.abs(30 - 40) + Math.abs(50 - 40)) / 2 / 255],
  ['median', 'squared', (20 ** 2 + 0) / 2 / 255 ** 2],
])('the %s of each pixel, and the %s distance to it, by hand', async (scene, error, expected) => {
  const frames = Uint8Array.of(10, 20, 10, 50, 100, 50);
  const samples = ndarray(frames, [3, 1, 1, 1, 2]);
  const backend = await ortBackend({ threads: 1 }).open();
  const detector = await emptyScene
    .createFrom({ scene, error })
    .fit(arrayDataset({ name: 'pixels', modality: 'video', samples }), {
      backend,
      random: createRandom(1),
    });
  const [score] = await detector.score(ndarray(Uint8Array.of(30, 50), [1, 1, 1, 1, 2]));
  expect(score).toBeCloseTo(expected, 6);
  await detector[Symbol.asyncDispose]();
  await backend[Symbol.asyncDispose]();
});
