import { zipSync } from 'fflate';
import { expect, test } from 'vitest';
import { readNpz } from './read-npz.ts';
import { npy } from './testing/write-table.ts';

test.each([0, 9] as const)('reads the arrays of an archive by their names, level %i', (level) => {
  const archive = zipSync({ 'y.npy': npy('|u1', [2], Uint8Array.of(7, 9)) }, { level });
  const { y } = readNpz(archive, 'some.npz');
  expect(y?.shape).toEqual([2]);
  expect([...(y?.data ?? [])]).toEqual([7, 9]);
});
