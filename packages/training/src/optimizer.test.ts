import { input, mean, mul, ndarray, parameter, sum } from '@memae/graph';
import { describe, expect, it } from 'vitest';
import { trainable } from './optimizer.ts';

describe('trainable', () => {
  it('gives each parameter that the loss depends on with a gradient of its shape', () => {
    const used = parameter('used', ndarray([1, 2], [2]));
    const pairs = trainable(sum(mul(used, used)));
    expect(pairs.map(([{ op }, gradient]) => [op.name, gradient.dims])).toEqual([['used', [2]]]);
  });

  it('refuses a loss that depends on none', () => {
    const loss = mean(input('samples', ['batch']));
    expect(() => trainable(loss)).toThrow(
      'The loss depends on no parameter, so there is nothing to train.',
    );
    expect(() => trainable(loss)).toThrow(
      expect.objectContaining({ code: 'TRAIN_NOTHING_TO_LEARN' }) as Error,
    );
  });
});
