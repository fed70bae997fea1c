import { expect, test } from 'vitest';
import { npyBytes } from '../testing/npy-bytes.ts';
import { readNpy } from './read-npy.ts';

test('reads bytes, doubles and 64-bit whole numbers', () => {
  const bytes = readNpy(npyBytes(Uint8Array.of(1, 2, 3, 4, 5, 6), [2, 3]));
  expect([bytes.shape, [...bytes.data]]).toEqual([
    [2, 3],
    [1, 2, 3, 4, 5, 6],
  ]);
  expect([...readNpy(npyBytes(Float64Array.of(0.5, -2), [2])).data]).toEqual([0.5, -2]);
  expect([...readNpy(npyBytes(BigInt64Array.of(1n, -1n), [1, 2])).data]).toEqual([1, -1]);
});

test('Fortran order becomes row-major', () => {
  const read = (shape: number[]): unknown => {
    const data = Uint8Array.from({ length: 12 }, (_, i) => i);
    const array = readNpy(npyBytes(data, shape, { fortran: true }));
    expect(array.shape).toEqual(shape);
    return [...array.data];
  };
  expect(read([1, 12])).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
  expect(read([3, 4])).toEqual([0, 3, 6, 9, 1, 4, 7, 10, 2, 5, 8, 11]);
  // numpy.arange(12).reshape(2, 3, 2, order='F').ravel()
  expect(read([2, 3, 2])).toEqual([0, 6, 2, 8, 4, 10, 1, 7, 3, 9, 5, 11]);
});

test('refuses what is no NPY, cut short, or of objects, by name', () => {
  const bytes = npyBytes(Uint8Array.of(1, 2), [2]);
  expect(() => readNpy(Buffer.from('clip,frame_index0,label'), 'a.npy')).toThrow(/a\.npy: .*start/);
  expect(() => readNpy(bytes.subarray(0, -1), 'a.npy')).toThrow(
    /2 numbers take 2 bytes and 1 came/,
  );
  const objects = Buffer.from(bytes.toString('latin1').replace('|u1', '|O8'), 'latin1');
  expect(() => readNpy(objects, 'a.npy')).toThrow(/a\.npy: .*its header is .*O8/);
});
