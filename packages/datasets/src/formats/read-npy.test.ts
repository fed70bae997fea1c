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

test('Fortran order is taken where it is the same order, and refused elsewhere', () => {
  const data = Uint8Array.of(1, 2, 3, 4);
  expect(readNpy(npyBytes(data, [1, 4], { fortran: true })).shape).toEqual([1, 4]);
  expect(() => readNpy(npyBytes(data, [2, 2], { fortran: true }), 'a.npy')).toThrow(
    /a\.npy: .*Fortran order/,
  );
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
