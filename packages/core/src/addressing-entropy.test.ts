import { constant, ndarray } from '@memae/graph';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addressing } from './addressing.ts';
import { addressingEntropy } from './addressing-entropy.ts';
import { compute, distance, drawn, memories } from './testing/compute.ts';

describe('addressingEntropy', () => {
  it('is 0 for one item and for an empty row, log N where all are alike', async () => {
    const weights = ndarray([0, 1, 0, 0, 0, 0, 0, 0, 0.25, 0.25, 0.25, 0.25], [3, 4]);
    const { entropy } = await compute({ entropy: addressingEntropy(constant(weights)) });
    expect(distance(entropy, [0, 0, Math.log(4)])).toBeLessThan(1e-6);
  });

  it('lies between 0 and log N', async () => {
    await fc.assert(
      fc.asyncProperty(memories, async ({ queries, slots, seed }) => {
        const weights = addressing(constant(drawn([queries, slots], seed)));
        const { entropy } = await compute({ entropy: addressingEntropy(weights) });
        expect(entropy).toHaveLength(queries);
        expect(Math.min(...entropy)).toBeGreaterThan(-1e-6);
        expect(Math.max(...entropy)).toBeLessThan(Math.log(slots) + 1e-6);
      }),
      { numRuns: 50 },
    );
  });
});
