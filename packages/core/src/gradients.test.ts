// The gradients of the whole memory, held against central finite differences, which no rule takes part in.

import {
  type NdArray,
  type Tensor,
  add,
  constant,
  differentiate,
  input,
  mean,
  mul,
  ndarray,
  zeros,
} from '@memae/graph';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addressing } from './addressing.ts';
import { addressingEntropy } from './addressing-entropy.ts';
import { hardShrinkage } from './hard-shrinkage.ts';
import { reading } from './reading.ts';
import { reconstructionError } from './reconstruction-error.ts';
import { renormalisation } from './renormalisation.ts';
import { type Similarity, cosineSimilarity, dotSimilarity } from './similarity.ts';
import { sparseAddressing } from './sparse-addressing.ts';
import { compute, distance, drawn } from './testing/compute.ts';

const [rows, slots, width] = [2, 4, 3];
const queries = input('queries', [rows, width]);
const items = input('items', [slots, width]);
const target = constant(drawn([rows, width], 99));

type Feeds = Readonly<Record<'queries' | 'items', NdArray>>;

const stepwise = (similarities: Tensor, lambda: number): Tensor =>
  renormalisation(hardShrinkage(addressing(similarities), lambda));
const ways = { addressing: (d: Tensor) => addressing(d), stepwise, sparse: sparseAddressing };

/** A loss through similarity, weights, reading, error and entropy; what it takes and gives. */
function chain(
  similarity: Similarity,
  { way, lambda }: { readonly way: keyof typeof ways; readonly lambda: number },
) {
  const similar = similarity === 'cosine' ? cosineSimilarity : dotSimilarity;
  const similarities = similar(queries, items, { temperature: 1.5 });
  const weights = ways[way](similarities, lambda);
  const error = mean(reconstructionError(target, reading(weights, items)));
  const loss = add(error, mul(mean(addressingEntropy(weights)), 0.3));
  const found = differentiate(loss, [queries, items]);
  const none = (shape: readonly number[]): Tensor => constant(zeros(shape));
  return {
    loss,
    soft: addressing(similarities),
    weights,
    queries: found.get(queries) ?? none([rows, width]),
    items: found.get(items) ?? none([slots, width]),
  };
}

/** (f(x + h) − f(x − h)) / 2h for each number of a feed. */
async function differences(loss: Tensor, feeds: Feeds, name: keyof Feeds): Promise<number[]> {
  const h = 1e-2;
  const at = async (i: number, by: number): Promise<{ x: number; y: number }> => {
    const { shape } = feeds[name];
    const data = feeds[name].data.slice();
    data[i] = (data[i] ?? 0) + by;
    const { y } = await compute({ y: loss }, { ...feeds, [name]: ndarray(data, shape) });
    return { x: data[i], y: y[0] ?? NaN };
  };
  const slopes: number[] = [];
  for (let i = 0; i < feeds[name].data.length; i += 1) {
    const [above, below] = [await at(i, h), await at(i, -h)];
    slopes.push((above.y - below.y) / (above.x - below.x));
  }
  return slopes;
}

const similarities = ['cosine', 'dot'] as const;
const setups = similarities.flatMap((similarity) =>
  (['addressing', 'stepwise', 'sparse'] as const).map((way) => ({ similarity, way })),
);

describe.each(setups)('$similarity, $way', ({ similarity, way }) => {
  const lambda = 1 / slots;
  const { loss, soft, ...gradients } = chain(similarity, { way, lambda });

  it('has the slopes of finite differences, away from w = λ', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: 1e9 }), async (seed) => {
        const feeds = {
          queries: drawn([rows, width], seed),
          items: drawn([slots, width], seed + 1),
        };
        const found = await compute({ soft, ...gradients }, feeds);
        fc.pre(way === 'addressing' || found.soft.every((w) => Math.abs(w - lambda) > 0.03));
        for (const name of ['queries', 'items'] as const) {
          const expected = await differences(loss, feeds, name);
          const largest = Math.max(...expected.map(Math.abs));
          expect(distance(found[name], expected)).toBeLessThan(1e-2 * Math.max(largest, 0.1));
        }
      }),
      { numRuns: 6, seed: 1 },
    );
  });

  it('stays finite for a query and an item of length zero', async () => {
    const found = await compute(
      { loss, ...gradients },
      { queries: zeros([rows, width]), items: zeros([slots, width]) },
    );
    expect(Object.values(found).flat().every(Number.isFinite)).toBe(true);
  });
});

it('a query of length zero passes no gradient through the cosine', async () => {
  const { queries, items } = chain('cosine', { way: 'addressing', lambda: 0 });
  const found = await compute(
    { queries, items },
    { queries: zeros([rows, width]), items: drawn([slots, width], 1) },
  );
  expect(new Set(found.queries.map(Math.abs))).toEqual(new Set([0]));
  expect(Math.max(...found.items.map(Math.abs))).toBeGreaterThan(0.01);
});

describe.each(similarities)('%s', (similarity) => {
  it.each(['stepwise', 'sparse'] as const)(
    'only items with weight receive a gradient, but for that of ε (%s)',
    async (way) => {
      const { weights, items } = chain(similarity, { way, lambda: 1.2 / slots });
      for (let seed = 0; seed < 10; seed += 1) {
        const found = await compute(
          { weights, items },
          { queries: drawn([rows, width], seed), items: drawn([slots, width], seed + 100) },
        );
        const largest = Math.max(...found.items.map(Math.abs));
        for (let i = 0; i < slots; i += 1) {
          if (found.weights.some((w, at) => at % slots === i && w > 0)) continue;
          const gradient = found.items.slice(i * width, (i + 1) * width).map(Math.abs);
          expect(Math.max(...gradient)).toBeLessThanOrEqual(1e-5 * largest);
        }
      }
    },
  );

  it.each(['stepwise', 'sparse'] as const)(
    'an empty row passes no gradient and stays finite (%s)',
    async (way) => {
      const { loss, weights, queries, items } = chain(similarity, { way, lambda: 0.99 });
      const found = await compute(
        { loss, weights, queries, items },
        { queries: drawn([rows, width], 1), items: drawn([slots, width], 2) },
      );
      expect(Number.isFinite(found.loss[0])).toBe(true);
      expect(new Set([...found.weights, ...found.queries, ...found.items].map(Math.abs))).toEqual(
        new Set([0]),
      );
    },
  );
});
