import { constant, ndarray, reshape } from '@memae/graph';
import { describe, expect, it } from 'vitest';
import { memoryHealth } from './memory-health.ts';
import { compute } from './testing/compute.ts';

describe('memoryHealth', () => {
  // Four readings of three items: one item, two items, none, the same item again.
  const weights = constant(ndarray([1, 0, 0, 0.5, 0, 0.5, 0, 0, 0, 1, 0, 0], [4, 3]));

  it('counts empty rows, weights that are left, and items that any reading used', async () => {
    const { emptyRows, nonZeroWeights, used } = await compute({ ...memoryHealth(weights) });
    expect(emptyRows).toEqual([0.25]);
    expect(nonZeroWeights).toEqual([1]);
    expect(used).toEqual([1, 0, 1]);
  });

  it('counts readings per position alike', async () => {
    const perPosition = reshape(weights, [2, 2, 1, 3]);
    expect(await compute({ ...memoryHealth(perPosition) })).toEqual(
      await compute({ ...memoryHealth(weights) }),
    );
  });
});
