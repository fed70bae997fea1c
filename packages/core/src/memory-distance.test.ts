import { constant } from '@memae/graph';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { memoryDistance } from './memory-distance.ts';
import { compute, distance, drawn, memories, rows, total } from './testing/compute.ts';

const dot = (a: readonly number[], b: readonly number[]) => total(a.map((v, i) => v * (b[i] ?? 0)));

it('is the distance to the nearest item, as the similarity measures', async () => {
  await fc.assert(
    fc.asyncProperty(memories, async ({ queries, slots, width, seed }) => {
      const [z, items] = [drawn([queries, width], seed), drawn([slots, width], seed + 1)];
      const found = await compute({
        cosine: memoryDistance(constant(z), constant(items), { similarity: 'cosine' }),
        dot: memoryDistance(constant(z), constant(items), { similarity: 'dot' }),
      });
      const nearest = (apart: (a: readonly number[], b: readonly number[]) => number) =>
        rows([...z.data], width).map((q) =>
          Math.min(...rows([...items.data], width).map((item) => apart(q, item))),
        );
      const cosine = nearest((a, b) => 1 - dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b)));
      const euclidean = nearest((a, b) => dot(a, a) - 2 * dot(a, b) + dot(b, b));
      expect(distance(found.cosine, cosine)).toBeLessThan(1e-5);
      expect(distance(found.dot, euclidean)).toBeLessThan(1e-4);
    }),
    { numRuns: 50 },
  );
});

it('is zero at an item, and keeps the positions of a feature map', async () => {
  const items = drawn([5, 3], 1);
  const z = constant({ ...drawn([1, 3], 1), shape: [1, 1, 3] });
  const found = memoryDistance(z, constant(items), { similarity: 'dot' });
  expect(found.dims).toEqual([1, 1]);
  const { dot: apart } = await compute({ dot: found });
  expect(apart[0]).toBeLessThan(1e-6);
});
