import { constant, mul, ndarray } from '@memae/graph';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cosineSimilarity, dotSimilarity } from './similarity.ts';
import { compute, distance, drawn, memories } from './testing/compute.ts';

const queries = constant(ndarray([3, 4, 0, 2], [2, 2]));
const items = constant(ndarray([1, 0, 0, -2, 6, 8], [3, 2]));

describe('dotSimilarity', () => {
  it('is z·m, times the temperature', async () => {
    const { plain, sharp } = await compute({
      plain: dotSimilarity(queries, items),
      sharp: dotSimilarity(queries, items, { temperature: 0.5 }),
    });
    expect(plain).toEqual([3, -8, 50, 0, -4, 16]);
    expect(sharp).toEqual([1.5, -4, 25, 0, -2, 8]);
  });
});

describe('cosineSimilarity', () => {
  it('is z·m / (‖z‖ ‖m‖), times the temperature', async () => {
    const { plain, sharp } = await compute({
      plain: cosineSimilarity(queries, items),
      sharp: cosineSimilarity(queries, items, { temperature: 10 }),
    });
    expect(distance(plain, [0.6, -0.8, 1, 0, -1, 0.8])).toBeLessThan(1e-7);
    expect(distance(sharp, [6, -8, 10, 0, -10, 8])).toBeLessThan(1e-6);
  });

  it('does not depend on the length of query or item, and lies in ±1', async () => {
    const lengths = fc.double({ min: 1e-3, max: 1e3, noNaN: true });
    await fc.assert(
      fc.asyncProperty(memories, lengths, lengths, async (given, a, b) => {
        const z = constant(drawn([given.queries, given.width], given.seed));
        const m = constant(drawn([given.slots, given.width], given.seed + 1));
        const { before, after } = await compute({
          before: cosineSimilarity(z, m),
          after: cosineSimilarity(mul(z, a), mul(m, b)),
        });
        expect(distance(before, after)).toBeLessThan(1e-5);
        for (const value of before) expect(Math.abs(value)).toBeLessThanOrEqual(1 + 1e-6);
      }),
      { numRuns: 50 },
    );
  });

  it('is 0 for a query or an item of length zero', async () => {
    const nothing = constant(ndarray([0, 0], [1, 2]));
    const { query, item } = await compute({
      query: cosineSimilarity(nothing, items),
      item: cosineSimilarity(queries, nothing),
    });
    expect(query).toEqual([0, 0, 0]);
    expect(item).toEqual([0, 0]);
  });
});
