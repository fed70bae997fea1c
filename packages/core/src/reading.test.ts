import { constant, ndarray } from '@memae/graph';
import { expect, it } from 'vitest';
import { reading } from './reading.ts';
import { compute } from './testing/compute.ts';

it('sums the items by their weights; an empty row reads zeros', async () => {
  const weights = constant(ndarray([0.5, 0.5, 0, 0, 0, 1, 0, 0, 0], [3, 3]));
  const items = constant(ndarray([2, 4, 6, 8, -1, 1], [3, 2]));
  const { read } = await compute({ read: reading(weights, items) });
  expect(read).toEqual([4, 6, -1, 1, 0, 0]);
});
