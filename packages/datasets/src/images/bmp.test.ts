import { expect, test } from 'vitest';
import { bmpBytes } from '../testing/bmp-bytes.ts';
import { decodeBmp, isBmp } from './bmp.ts';

/** Two rows of three pixels, all different. */
const pixels = Uint8Array.from({ length: 18 }, (_, i) => 10 * i);
const size = { height: 2, width: 3 };
const maxPixels = 100;

test.each([
  ['24 bits', { bits: 24 }],
  ['32 bits', { bits: 32 }],
  ['24 bits from top to bottom', { bits: 24, down: true }],
] as const)('%s come as they were', (_, how) => {
  const bytes = bmpBytes(pixels, { ...size, ...how });
  expect(isBmp(bytes)).toBe(true);
  expect(decodeBmp(bytes, { maxPixels })).toEqual({ ...size, pixels });
});

test('8 bits are places in a palette, of greys or colours', () => {
  const places = Uint8Array.of(0, 1, 2, 2, 1, 0);
  const palette = [
    [5, 6, 7],
    [255, 0, 0],
    [0, 0, 9],
  ] as const;
  expect(decodeBmp(bmpBytes(places, { ...size, palette }), { maxPixels }).pixels).toEqual(
    Uint8Array.from(Array.from(places, (place) => palette[place] ?? []).flat()),
  );
  expect([...decodeBmp(bmpBytes(places, size), { maxPixels }).pixels.slice(0, 6)]).toEqual([
    0, 0, 0, 1, 1, 1,
  ]);
});

test('one that is cut short, has no pixels or too many is refused before it is decoded', () => {
  const bytes = bmpBytes(pixels, { ...size, bits: 24 });
  expect(() => decodeBmp(bytes.subarray(0, -1), { maxPixels })).toThrow(/cut short/);
  expect(() => decodeBmp(bytes.subarray(0, 20), { maxPixels })).toThrow(/cut short/);
  expect(() => decodeBmp(bytes, { maxPixels: 5 })).toThrow(/2×3 pixels/);
  const none = Buffer.from(bytes);
  none.writeInt32LE(0, 18);
  expect(() => decodeBmp(none, { maxPixels })).toThrow(/2×0/);
});
