import { constant, ndarray } from '@memae/graph';
import { expect, it } from 'vitest';
import { renormalisation } from './renormalisation.ts';
import { compute, distance } from './testing/compute.ts';

it('makes rows sum to one; an empty row stays zero', async () => {
  const weights = constant(ndarray([0.3, 0, 0.1, 0, 0, 0], [2, 3]));
  const { rows } = await compute({ rows: renormalisation(weights) });
  expect(distance(rows, [0.75, 0, 0.25, 0, 0, 0])).toBeLessThan(1e-7);
});
