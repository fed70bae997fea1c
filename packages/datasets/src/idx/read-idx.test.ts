import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { idxBytes } from '../testing/idx-bytes.ts';
import { readIdx } from './read-idx.ts';

const shapes = fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 1, maxLength: 4 });
const volume = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

test('reads back bytes and floats of any shape, plain or gzipped', () => {
  fc.assert(
    fc.property(shapes, fc.boolean(), fc.boolean(), (shape, floats, zipped) => {
      const numbers = Array.from({ length: volume(shape) }, (_, i) => i);
      const data = floats
        ? Float32Array.from(numbers, (i) => i / 7 - 1)
        : Uint8Array.from(numbers, (i) => i % 256);
      const bytes = idxBytes(data, shape);
      expect(readIdx(zipped ? gzipSync(bytes) : bytes)).toEqual({
        dtype: floats ? 'float32' : 'uint8',
        shape,
        data,
      });
    }),
  );
});

test('refuses every shortened and every lengthened file', () => {
  const whole = idxBytes(new Uint8Array(12), [3, 2, 2]);
  for (let length = 0; length < whole.length; length += 1) {
    expect(() => readIdx(whole.subarray(0, length))).toThrow(
      expect.objectContaining({ code: 'DATASET_CORRUPT' }),
    );
  }
  expect(() => readIdx(whole.subarray(0, 27), { file: 'a.idx' })).toThrow(
    'a.idx: its header promises 3×2×2 elements, 28 bytes in all, but there are 27: it is cut short',
  );
  expect(() => readIdx(new Uint8Array([...whole, 0]))).toThrow(/there are 29: it is followed by/);
});

test('refuses a broken or cut gzip', () => {
  const zipped = gzipSync(idxBytes(new Uint8Array(100), [100]));
  expect(() => readIdx(zipped.subarray(0, 30), { file: 'b.gz' })).toThrow(/b\.gz: gzip data/);
});

test('refuses other magic numbers and element types, and says what came', () => {
  expect(() => readIdx(Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0))).toThrow(
    /starts with 89 50 4e 47/,
  );
  expect(() => readIdx(Uint8Array.of(0, 0, 0x0c, 1, 0, 0, 0, 0))).toThrow(
    /starts with 00 00 0c 01/,
  );
  expect(() => readIdx(Uint8Array.of(0, 0, 8, 0))).toThrow(/starts with 00 00 08 00/);
  expect(() => readIdx(new Uint8Array())).toThrow(/empty/);
});

test('refuses absurd sizes before making room for them', () => {
  const absurd = idxBytes(new Uint8Array(0), [0, 0, 0]);
  absurd.fill(0xff, 4);
  expect(() => readIdx(absurd)).toThrow(/promises 4294967295×4294967295×4294967295/);
  const bomb = gzipSync(idxBytes(new Uint8Array(5000), [5000]));
  expect(() => readIdx(bomb, { maxBytes: 4096 })).toThrow(/at most 4096 bytes unpacked/);
});

test('refuses NaN by its place', () => {
  const data = Float32Array.of(0, 1, 2, 3, NaN, 5);
  expect(() => readIdx(idxBytes(data, [3, 2]), { file: 'f.idx' })).toThrow(
    'f.idx: finite numbers were expected, but element 0 of sample 2 is NaN',
  );
});
