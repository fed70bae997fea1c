import { constant, mul } from '@memae/graph';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { memoryDistance } from './memory-distance.ts';
import { compute, distance, drawn, memories, rows, total } from './testing/compute.ts';

const dot = (a: readonly number[], b: readonly number[]) => total(a.map((v, i) => v * (b[i] ?? 0)));

it('is one less the cosine with the nearest item', async () => {
  await fc.assert(
    fc.asyncProperty(memories, async ({ queries, slots, width, seed }) => {
      const [z, items] = [drawn([queries, width], seed), drawn([slots, width], seed + 1)];
      const found = await compute({ apart: memoryDistance(constant(z), constant(items)) });
      const expected = rows([...z.data], width).map(
        (q) =>
          1 -
          Math.max(
            ...rows([...items.data], width).map(
              (item) => dot(q, item) / Math.sqrt(dot(q, q) * dot(item, item)),
            ),
          ),
      );
      expect(distance(found.apart, expected)).toBeLessThan(1e-5);
    }),
    { numRuns: 50 },
  );
});

it('is zero along an item, and keeps the positions of a feature map', async () => {
  const items = drawn([5, 3], 1);
  const z = { ...drawn([1, 3], 1), shape: [1, 1, 3] };
  const found = memoryDistance(mul(constant(z), 3), constant(items));
  expect(found.dims).toEqual([1, 1]);
  const { apart } = await compute({ apart: found });
  expect(apart[0]).toBeLessThan(1e-6);
});
