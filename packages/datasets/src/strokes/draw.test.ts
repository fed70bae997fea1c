import { createHash } from 'node:crypto';
import { createRandom, slice } from '@memae/graph';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { drawStrokes, strokesSize } from './draw.ts';
import { digits, glyph, waysToWrite } from './glyphs.ts';

const pixels = strokesSize * strokesSize;

test('the same seed draws the same bytes on every machine', () => {
  const { images } = drawStrokes({ count: 200, random: createRandom(1) });
  expect(createHash('sha256').update(images.data).digest('hex')).toBe(
    'd61504814a86ce94f63dc3ddcccf7f0507352c0dc3a31326a53646a429b1b535',
  );
});

test('a smaller count draws the first images of a larger one', () => {
  fc.assert(
    fc.property(fc.integer(), fc.nat(12), fc.nat(12), (seed, few, more) => {
      const all = drawStrokes({ count: few + more, random: createRandom(seed) });
      const some = drawStrokes({ count: few, random: createRandom(seed) });
      expect(some.images).toEqual(slice(all.images, 0, few));
      expect(some.labels).toEqual(all.labels.subarray(0, few));
    }),
    { numRuns: 20 },
  );
});

test('classes come in turn; the default is all ten', () => {
  const random = createRandom(3);
  expect(Array.from(drawStrokes({ count: 12, random }).labels)).toEqual([...digits, 0, 1]);
  expect(Array.from(drawStrokes({ count: 3, random, classes: [7, 2] }).labels)).toEqual([7, 2, 7]);
});

test.each([[[]], [[3, 10]], [[-1]], [[0.5]]])('refuses the classes %j', (classes) => {
  expect(() => drawStrokes({ count: 1, random: createRandom(1), classes })).toThrow(
    /classes 0 to 9/,
  );
});

test('drawings are white on black, within the frame, about as bright as MNIST', () => {
  const { images } = drawStrokes({ count: 1000, random: createRandom(5) });
  const mean = images.data.reduce((sum, value) => sum + value, 0) / images.data.length;
  // MNIST: 33.3.
  expect(mean).toBeGreaterThan(25);
  expect(mean).toBeLessThan(42);
  let onBorder = 0;
  for (let i = 0; i < 1000; i += 1) {
    const image = images.data.subarray(i * pixels, (i + 1) * pixels);
    expect(image.some((value) => value > 100)).toBe(true);
    if (image.some((value, p) => value > 0 && isBorder(p))) onBorder += 1;
  }
  expect(onBorder).toBeLessThan(10);
});

test('drawings are told apart by their neighbours, though not all of them', () => {
  const known = drawStrokes({ count: 1500, random: createRandom(6) });
  const asked = drawStrokes({ count: 200, random: createRandom(7) });
  const right = Array.from(asked.labels).filter((label, i) => {
    const image = asked.images.data.subarray(i * pixels, (i + 1) * pixels);
    return known.labels[nearest(image, known.images.data)] === label;
  }).length;
  expect(right / 200).toBeGreaterThan(0.8);
  expect(right / 200).toBeLessThan(0.99);
});

test('every glyph is made of curves of two points or more, in its box', () => {
  for (const digit of digits) {
    for (let way = 0; way < waysToWrite(digit); way += 1) {
      for (const curve of glyph(digit, way)) {
        expect(curve.length).toBeGreaterThan(1);
        for (const value of curve.flat()) {
          expect(value).toBeGreaterThanOrEqual(0);
          expect(value).toBeLessThanOrEqual(1);
        }
      }
    }
  }
});

function isBorder(pixel: number): boolean {
  const [x, y] = [pixel % strokesSize, Math.floor(pixel / strokesSize)];
  return Math.min(x, y) === 0 || Math.max(x, y) === strokesSize - 1;
}

/** The index of the image with the least squared distance. */
function nearest(image: Uint8Array, images: Uint8Array): number {
  let [best, least] = [-1, Infinity];
  for (let i = 0; i * pixels < images.length; i += 1) {
    let distance = 0;
    for (let p = 0; p < pixels; p += 1) {
      distance += ((image[p] ?? 0) - (images[i * pixels + p] ?? 0)) ** 2;
    }
    if (distance < least) [best, least] = [i, distance];
  }
  return best;
}
