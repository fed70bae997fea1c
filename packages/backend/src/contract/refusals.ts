// Bad input is refused at the border, by the feed's name and the engine's, and leaves no trace.

import {
  type AnyNdArray,
  add,
  defineProgram,
  input,
  mul,
  ndarray,
  parameter,
  sum,
  zeros,
} from '@memae/graph';
import { describe, expect, it } from 'vitest';
import type { Backend, Feeds } from '../backend.ts';
import { numbers, withExecutable } from './with-executable.ts';

const total = parameter('total', zeros([]));
const x = input('x', ['batch', 3]);
const weight = input('weight', ['batch', 1]);
const program = defineProgram({ y: mul(x, weight) }, new Map([[total, add(total, sum(x))]]));
const rows = (count: number, width: number): AnyNdArray =>
  ndarray(new Float32Array(count * width), [count, width]);

const bad: readonly (readonly [string, Feeds, readonly string[]])[] = [
  ['a missing feed', { x: rows(2, 3) }, ['"weight"', 'float32 batch×1', 'missing', '"x"']],
  [
    'an unknown feed',
    { x: rows(2, 3), weight: rows(2, 1), z: rows(1, 1) },
    ['"z"', '"x"', '"weight"'],
  ],
  ['another shape', { x: rows(2, 4), weight: rows(2, 1) }, ['"x"', 'batch×3', '2×4']],
  [
    'another rank',
    { x: ndarray([1, 2, 3], [3]), weight: rows(2, 1) },
    ['"x"', 'batch×3', 'float32 3'],
  ],
  [
    'another element type',
    { x: ndarray(new Uint8Array(6), [2, 3]), weight: rows(2, 1) },
    ['"x"', 'float32', 'uint8 2×3'],
  ],
  ['batches that differ', { x: rows(2, 3), weight: rows(5, 1) }, ['"weight"', '5', '"x"', '2']],
  ['an empty batch', { x: rows(0, 3), weight: rows(0, 1) }, ['"x"', 'batch×3', '0×3']],
  [
    'too few numbers',
    { x: { ...rows(2, 3), shape: [4, 3] }, weight: rows(4, 1) },
    ['"x"', '4×3', '6 elements'],
  ],
];

export function describeRefusals(backend: () => Backend): void {
  describe('feeds are refused by name', () => {
    it.each(bad)('%s', async (_, feeds, words) => {
      await withExecutable(backend(), program, async (executable) => {
        const run = executable.run(feeds);
        await expect(run).rejects.toMatchObject({ code: 'BACKEND_BAD_FEED' });
        for (const word of [`${backend().id}: `, ...words]) await expect(run).rejects.toThrow(word);
        expect(numbers((await executable.readParameters()).get('total'))).toEqual([0]);
      });
    });
  });

  describe('what has been disposed', () => {
    it('refuses to run and to be read, but finishes what was begun', async () => {
      const executable = await backend().compile(program);
      const begun = executable.run({ x: rows(2, 3), weight: rows(2, 1) });
      await executable[Symbol.asyncDispose]();
      await executable[Symbol.asyncDispose]();
      expect((await begun).y.shape).toEqual([2, 3]);
      const disposed = {
        code: 'BACKEND_DISPOSED',
        message: expect.stringContaining(`${backend().id}: `) as string,
      };
      await expect(executable.run({})).rejects.toMatchObject(disposed);
      await expect(executable.readParameters()).rejects.toMatchObject(disposed);
    });
  });
}
