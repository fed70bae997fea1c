import { type AnyNdArray, defineProgram, input, ndarray, transpose } from '@memae/graph';
import { expect, it } from 'vitest';
import { checkFeeds } from './check-feeds.ts';

const ones = (...shape: number[]): AnyNdArray =>
  ndarray(new Float32Array(shape.reduce((a, b) => a * b, 1)).fill(1), shape);

it('finds the batch, on whichever axis it lies', () => {
  const x = input('x', [2, 'batch']);
  const program = defineProgram({ y: transpose(x, [1, 0]) });
  expect(checkFeeds(program, { x: ones(2, 7) }, 'toy')).toBe(7);
});

it('takes 1 for a program whose inputs have no batch', () => {
  expect(checkFeeds(defineProgram({ y: input('x', [2]) }), { x: ones(2) }, 'toy')).toBe(1);
});

it('holds two batch axes of one input against each other', () => {
  const program = defineProgram({ y: input('x', ['batch', 'batch']) });
  expect(checkFeeds(program, { x: ones(3, 3) }, 'toy')).toBe(3);
  expect(() => checkFeeds(program, { x: ones(3, 4) }, 'toy')).toThrow('toy: feed "x"');
});

it('does not take what every object inherits for a feed', () => {
  const program = defineProgram({ y: input('constructor', [1]) });
  expect(() => checkFeeds(program, {}, 'toy')).toThrow(
    'toy: feed "constructor" must be float32 1, but it is missing; there came none.',
  );
});
