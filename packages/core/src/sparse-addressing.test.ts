import { constant, input, ndarray } from '@memae/graph';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { addressing } from './addressing.ts';
import { hardShrinkage } from './hard-shrinkage.ts';
import { renormalisation } from './renormalisation.ts';
import { fillEmptyRows, sparseAddressing } from './sparse-addressing.ts';
import { compute, distance, drawn, memories } from './testing/compute.ts';

const similarities = input('similarities', ['batch', 4]);

it('gives the values of addressing, hard shrinkage and renormalisation one after the other', async () => {
  const thresholds = fc.double({ min: 0, max: 3, noNaN: true });
  await fc.assert(
    fc.asyncProperty(memories, thresholds, async ({ queries, slots, seed }, shrinkage) => {
      const d = constant(drawn([queries, slots], seed));
      const lambda = shrinkage / slots;
      const { once, stepwise } = await compute({
        once: sparseAddressing(d, lambda),
        stepwise: renormalisation(hardShrinkage(addressing(d), lambda)),
      });
      expect(distance(once, stepwise)).toBeLessThan(1e-6);
    }),
  );
});

it('gives no weight to what does not exceed λ, however large the similarities', async () => {
  const { weights } = await compute(
    { weights: sparseAddressing(similarities, 1 / 4) },
    { similarities: ndarray([1, 1, 1, 1, 1000, 0, 0, 0, -1000, -1000, 0, 0], [3, 4]) },
  );
  expect(weights).toEqual([0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0.5, 0.5]);
});

it('fillEmptyRows gives an empty row its weights before shrinkage, and no other', async () => {
  const feeds = { similarities: ndarray([1, 1, 1, 1, 5, 0, 0, 0], [2, 4]) };
  const shrunk = sparseAddressing(similarities, 1 / 4);
  const filled = fillEmptyRows(shrunk, addressing(similarities));
  const found = await compute({ shrunk, filled }, feeds);
  expect(found.shrunk).toEqual([0, 0, 0, 0, 1, 0, 0, 0]);
  expect(found.filled).toEqual([0.25, 0.25, 0.25, 0.25, 1, 0, 0, 0]);
});
