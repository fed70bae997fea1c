// What a program means beside its operations: when updates happen, in which order, and what survives.

import {
  type Parameter,
  type Program,
  type Tensor,
  add,
  argMax,
  cast,
  constant,
  defineProgram,
  div,
  exp,
  gather,
  input,
  mean,
  mul,
  ndarray,
  parameter,
  sum,
  zeros,
} from '@memae/graph';
import { describe, expect, it } from 'vitest';
import type { Backend, Feeds } from '../backend.ts';
import { expectClose } from './expect-close.ts';
import { numbers, withExecutable } from './with-executable.ts';

/** Outputs the counter as it was, then adds the feed to it. */
function counting(): Program<'before'> {
  const total = parameter('total', zeros([]));
  const by = input('by', []);
  return defineProgram({ before: mul(total, 1) }, new Map([[total, add(total, by)]]));
}
const by = (value: number): Feeds => ({ by: ndarray([value], []) });

export function describePrograms(backend: () => Backend): void {
  describe('updates', () => {
    it('are computed from the values before the run and committed together', async () => {
      const a = parameter('a', ndarray([1, 2], [2]));
      const b = parameter('b', ndarray([3, 4], [2]));
      const program = defineProgram(
        { a, sum: add(a, b) },
        new Map<Parameter, Tensor>([
          [a, b],
          [b, a],
        ]),
      );
      await withExecutable(backend(), program, async (executable) => {
        const first = await executable.run({});
        const second = await executable.run({});
        const third = await executable.run({});
        expect(numbers(first.a)).toEqual([1, 2]);
        expect(numbers(second.a)).toEqual([3, 4]);
        expect(numbers(third.a)).toEqual([1, 2]);
        expect(numbers(third.sum)).toEqual([4, 6]);
        const left = await executable.readParameters();
        expect(numbers(left.get('a'))).toEqual([3, 4]);
        expect(numbers(left.get('b'))).toEqual([1, 2]);
      });
    });

    it('apply in the order of the calls when runs are not awaited', async () => {
      await withExecutable(backend(), counting(), async (executable) => {
        const runs = [1, 2, 3, 4].map((value) => executable.run(by(value)));
        const middle = executable.readParameters();
        const last = executable.run(by(5));
        const befores = await Promise.all([...runs, last]);
        expect(befores.map(({ before }) => numbers(before)[0])).toEqual([0, 1, 3, 6, 10]);
        expect(numbers((await middle).get('total'))).toEqual([10]);
        expect(numbers((await executable.readParameters()).get('total'))).toEqual([15]);
      });
    });

    it('of a parameter that nothing reads still happen', async () => {
      const seen = parameter('seen', zeros([2]));
      const x = input('x', [2]);
      const program = defineProgram({ y: mul(x, 2) }, new Map([[seen, x]]));
      await withExecutable(backend(), program, async (executable) => {
        await executable.run({ x: ndarray([5, 6], [2]) });
        expect(numbers((await executable.readParameters()).get('seen'))).toEqual([5, 6]);
      });
    });

    it('are left out when a run fails, and the next run goes on', async () => {
      const total = parameter('total', zeros([]));
      const table = constant(ndarray([10, 20], [2]));
      const picked = gather(table, input('index', [1], 'int32'));
      const program = defineProgram({ picked }, new Map([[total, add(total, 1)]]));
      const at = (index: number): Feeds => ({ index: ndarray(Int32Array.of(index), [1]) });
      await withExecutable(backend(), program, async (executable) => {
        const runs = [0, 7, 1].map((index) => executable.run(at(index)));
        const [first, second, third] = await Promise.allSettled(runs);
        expect(first).toMatchObject({ status: 'fulfilled' });
        expect(second).toMatchObject({ status: 'rejected', reason: { code: 'BACKEND_FAILED' } });
        expect(third).toMatchObject({ status: 'fulfilled' });
        expect(numbers((await executable.readParameters()).get('total'))).toEqual([2]);
      });
    });
  });

  describe('memory', () => {
    it('of outputs and parameters is the caller’s: later runs do not alter it, nor it them', async () => {
      const program = counting();
      await withExecutable(backend(), program, async (executable) => {
        const early = await executable.readParameters();
        const first = await executable.run(by(1));
        const second = await executable.run(by(1));
        expect(numbers(first.before)).toEqual([0]);
        expect(numbers(second.before)).toEqual([1]);
        expect(numbers(early.get('total'))).toEqual([0]);
        early.get('total')?.data.fill(99);
        second.before.data.fill(99);
        expect(numbers((await executable.readParameters()).get('total'))).toEqual([2]);
      });
      expect(program.parameters.map(({ op }) => numbers(op.initial))).toEqual([[0]]);
    });

    it('is not shared by two executables of one program', async () => {
      const program = counting();
      await withExecutable(backend(), program, async (one) => {
        await withExecutable(backend(), program, async (other) => {
          await one.run(by(3));
          expect(numbers((await other.readParameters()).get('total'))).toEqual([0]);
        });
      });
    });
  });

  describe('shapes and element types', () => {
    it('one executable runs at any batch', async () => {
      const x = input('x', ['batch', 3]);
      const share = div(x, sum(x, { axes: [0], keepDims: true }));
      const program = defineProgram({ share, mean: mean(x), best: argMax(x, 1) });
      await withExecutable(backend(), program, async (executable) => {
        for (const batch of [1, 5, 1]) {
          const rows = Array.from({ length: batch * 3 }, (_, i) => i + 1);
          const { share, mean, best } = await executable.run({ x: ndarray(rows, [batch, 3]) });
          expect(share.shape).toEqual([batch, 3]);
          expect(mean).toEqual({ ...mean, dtype: 'float32', shape: [] });
          expect(numbers(mean)[0]).toBeCloseTo((batch * 3 + 1) / 2, 4);
          expect(best).toMatchObject({ dtype: 'int32', shape: [batch] });
          expect(numbers(best)).toEqual(Array.from({ length: batch }, () => 2));
        }
      });
    });

    it('a program that learns follows the batch, too', async () => {
      const total = parameter('total', zeros([]));
      const x = input('x', ['batch', 2]);
      const program = defineProgram({ y: mul(x, 2) }, new Map([[total, add(total, sum(x))]]));
      await withExecutable(backend(), program, async (executable) => {
        for (const batch of [1, 5, 1]) {
          const ones = new Float32Array(batch * 2).fill(1);
          const { y } = await executable.run({ x: ndarray(ones, [batch, 2]) });
          expect(y.shape).toEqual([batch, 2]);
        }
        expect(numbers((await executable.readParameters()).get('total'))).toEqual([14]);
      });
    });

    it('takes raw bytes and casts them in the graph', async () => {
      const x = input('x', ['batch', 2], 'uint8');
      const program = defineProgram({ raw: x, scaled: div(cast(x, 'float32'), 255) });
      await withExecutable(backend(), program, async (executable) => {
        const bytes = ndarray(Uint8Array.of(0, 255, 51, 1), [2, 2]);
        const fetched = await executable.run({ x: bytes });
        expect(fetched.raw).toEqual(bytes);
        expectClose(
          fetched.scaled,
          { shape: [2, 2], data: Float64Array.of(0, 1, 0.2, 1 / 255) },
          'scaled',
        );
      });
    });

    it('a program may output the same tensor twice, a constant, or a parameter', async () => {
      const p = parameter('p', ndarray([1, 2], [2]));
      const y = exp(p);
      const program = defineProgram({ y, again: y, read: p, three: constant(3) });
      await withExecutable(backend(), program, async (executable) => {
        const fetched = await executable.run({});
        expect(numbers(fetched.again)).toEqual(numbers(fetched.y));
        expect(numbers(fetched.read)).toEqual([1, 2]);
        expect(fetched.three).toMatchObject({ shape: [], data: Float32Array.of(3) });
      });
    });

    it('an input, a parameter and an output may share a name', async () => {
      const x = input('x', [2]);
      const p = parameter('x', ndarray([1, 2], [2]));
      const scores = defineProgram({ x: add(x, p) });
      const learns = defineProgram({ x: add(x, p) }, new Map([[p, add(p, x)]]));
      for (const program of [scores, learns]) {
        await withExecutable(backend(), program, async (executable) => {
          const fetched = await executable.run({ x: ndarray([10, 20], [2]) });
          expect(numbers(fetched.x)).toEqual([11, 22]);
        });
      }
    });
  });
}
