import { type Tensor, constant, gather, ndarray } from '@memae/graph';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addressing } from './addressing.ts';
import { cosineSimilarity } from './similarity.ts';
import { sparseAddressing } from './sparse-addressing.ts';
import { compute, distance, drawn, memories, rows, total } from './testing/compute.ts';

const thresholds = fc.double({ min: 0, max: 3, noNaN: true });

describe('addressing', () => {
  it('is exp d / Σ exp d', async () => {
    const similarities = [0.5, -1, 2];
    const { weights } = await compute({
      weights: addressing(constant(ndarray(similarities, [1, 3]))),
    });
    const exps = similarities.map(Math.exp);
    expect(
      distance(
        weights,
        exps.map((e) => e / total(exps)),
      ),
    ).toBeLessThan(1e-7);
  });

  it('gives weights on the simplex; with shrinkage a row may be all zeros', async () => {
    await fc.assert(
      fc.asyncProperty(memories, thresholds, async ({ queries, slots, seed }, shrinkage) => {
        const similarities = constant(drawn([queries, slots], seed));
        const { soft, sparse } = await compute({
          soft: addressing(similarities),
          sparse: sparseAddressing(similarities, shrinkage / slots),
        });
        for (const row of rows(soft, slots)) {
          expect(Math.min(...row)).toBeGreaterThan(0);
          expect(total(row)).toBeCloseTo(1, 5);
        }
        for (const row of rows(sparse, slots)) {
          expect(Math.min(...row)).toBeGreaterThanOrEqual(0);
          if (total(row) !== 0) expect(total(row)).toBeCloseTo(1, 5);
        }
      }),
    );
  });

  it('permutes with the items', async () => {
    await fc.assert(
      fc.asyncProperty(memories, thresholds, async (given, shrinkage) => {
        const { queries, slots, width, seed } = given;
        const z = constant(drawn([queries, width], seed));
        const m = constant(drawn([slots, width], seed + 1));
        // Each item one place on, the last one first.
        const order = Array.from({ length: slots }, (_, i) => (i + slots - 1) % slots);
        const moved = gather(m, constant(ndarray(Int32Array.from(order), [slots])));
        const weights = (items: Tensor): Tensor =>
          sparseAddressing(cosineSimilarity(z, items), shrinkage / slots);
        const { before, after } = await compute({ before: weights(m), after: weights(moved) });
        const expected = rows(before, slots).flatMap((row) => order.map((i) => row[i] ?? NaN));
        expect(distance(after, expected)).toBeLessThan(1e-6);
      }),
    );
  });
});
