import { MemaeError, constant, defineProgram, ndarray } from '@memae/graph';
import { expect, it } from 'vitest';
import { createExecutable } from './executable.ts';

const program = defineProgram({ one: constant(1) });
const one = ndarray([1], []);

it('turns a failure of the computation into BACKEND_FAILED with the engine’s name and the cause', async () => {
  const cause = new RangeError('out of memory');
  const executable = createExecutable(program, 'toy', {
    run: () => Promise.reject(cause),
    readParameters: () => new Map(),
  });
  await expect(executable.run({})).rejects.toMatchObject({
    code: 'BACKEND_FAILED',
    message: 'toy: out of memory',
    cause,
  });
});

it('passes an error on that has its code already', async () => {
  const error = new MemaeError('BACKEND_UNSUPPORTED_OP', 'toy: no gather');
  const executable = createExecutable(program, 'toy', {
    run: () => Promise.reject(error),
    readParameters: () => new Map(),
  });
  await expect(executable.run({})).rejects.toBe(error);
});

it('disposes once, after the runs that were called before', async () => {
  const seen: string[] = [];
  const executable = createExecutable(program, 'toy', {
    run: async () => {
      await Promise.resolve();
      seen.push('run');
      return { one };
    },
    readParameters: () => new Map(),
    dispose: () => {
      seen.push('dispose');
    },
  });
  const run = executable.run({});
  await Promise.all([executable[Symbol.asyncDispose](), executable[Symbol.asyncDispose]()]);
  await run;
  expect(seen).toEqual(['run', 'dispose']);
});
