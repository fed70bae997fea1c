import { createRandom } from '@memae/graph';
import { expect, test } from 'vitest';
import { fingerprint } from '../fingerprint.ts';
import { openVideoSplit } from '../video/open-video-split.ts';
import { movingShapes } from './moving-shapes.ts';

const random = createRandom(1);

test('are always the same, of any size; training videos hold nothing odd', async () => {
  const { training, testing } = movingShapes();
  expect([training.length, testing.length]).toEqual([8, 6]);
  const [first] = training;
  expect((await first?.read())?.shape).toEqual([60, 32, 32]);
  expect(await first?.read()).toEqual(await movingShapes().training[0]?.read());
  expect(await first?.read()).not.toEqual(await training[1]?.read());
  const wide = movingShapes({ size: [24, 48], frames: 20, training: 2, testing: 1 });
  expect((await wide.testing[0]?.read())?.shape).toEqual([20, 24, 48]);
  const other = movingShapes({ random: createRandom(2) });
  expect(await other.training[0]?.read()).not.toEqual(await first?.read());
});

test('each test video has normal and odd frames among those with whole clips, and masks where it is odd', async () => {
  for (const { name, labels, masks } of movingShapes().testing) {
    const inner = labels.slice(8, -7);
    expect(inner.includes(0) && inner.includes(1), name).toBe(true);
    const { data, shape } = (await masks?.()) ?? { data: new Uint8Array(), shape: [] };
    expect(shape).toEqual([60, 32, 32]);
    labels.forEach((label, frame) => {
      const area = data
        .subarray(frame * 1024, (frame + 1) * 1024)
        .reduce((sum, pixel) => sum + pixel, 0);
      expect(area > 0).toBe(label === 1);
      // Never more than a tenth of the frame.
      expect(area).toBeLessThan(102);
    });
  }
});

test('what is normal moves: frames differ, and come back in none', async () => {
  const [video] = movingShapes().training;
  const { data } = (await video?.read()) ?? { data: new Uint8Array() };
  const difference = (a: number, b: number): number => {
    let sum = 0;
    for (let i = 0; i < 1024; i += 1)
      sum += Math.abs((data[a * 1024 + i] ?? 0) - (data[b * 1024 + i] ?? 0));
    return sum / 1024;
  };
  expect(difference(10, 11)).toBeGreaterThan(2);
  expect(difference(10, 18)).toBeGreaterThan(difference(10, 11));
});

test('are a split like any other, known by name', async () => {
  const split = await openVideoSplit('moving-shapes', { random });
  expect(split.name).toBe('moving-shapes');
  expect(split.train.sampleShape).toEqual([1, 16, 32, 32]);
  expect([split.train.length, split.validation.length, split.test.length]).toEqual([315, 45, 270]);
  expect(await fingerprint(split.validation)).toMatch(/^[0-9a-f]{64}$/);
  const larger = await openVideoSplit('moving-shapes', { random, size: [40, 64], ends: 'repeat' });
  expect(larger.test.sampleShape).toEqual([1, 16, 40, 64]);
  expect(larger.test.length).toBe(360);
});

test('refuses frames too small to draw in', () => {
  expect(() => movingShapes({ size: [8, 32] })).toThrow(/height of frames: a whole number from 16/);
  expect(() => movingShapes({ testing: 0 })).toThrow(/testing: a whole number from 1/);
});
