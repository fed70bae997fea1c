import {
  type Dims,
  type NdArray,
  type Tensor,
  createRandom,
  input,
  ndarray,
  sizeOf,
  slice,
} from '@memae/graph';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Memory,
  type MemoryOptions,
  createMemory,
  largestShrinkage,
  overPositions,
  overSamples,
} from './memory.ts';
import { addressing } from './addressing.ts';
import { cosineSimilarity } from './similarity.ts';
import { compute, distance, drawn, memories, rows, total } from './testing/compute.ts';

function memory(options: Partial<MemoryOptions>): Memory {
  const init = { name: 'memory', random: createRandom(1) };
  return createMemory(init, { slots: 10, width: 4, shrinkage: 1, ...options });
}

function feed(dims: Dims): Tensor {
  return input('x', dims);
}

describe('createMemory', () => {
  it('starts with items uniform in ±1/√C, the same for the same seed', () => {
    const { items, stored } = memory({ slots: 500, width: 16 });
    const { data } = stored.op.initial;
    expect(items).toBe(stored);
    expect(items.dims).toEqual([500, 16]);
    expect(stored.op.name).toBe('memory.items');
    expect(Math.max(...data)).toBeGreaterThan(0.249);
    expect(Math.max(...data.map(Math.abs))).toBeLessThanOrEqual(0.25);
    expect(Math.abs(total([...data])) / data.length).toBeLessThan(0.01);
    expect(memory({ slots: 500, width: 16 }).stored.op.initial.data).toEqual(data);
  });

  it('reads weights times items, in the shape of the queries', async () => {
    await fc.assert(
      fc.asyncProperty(
        memories,
        fc.constantFrom('cosine' as const, 'dot' as const),
        fc.constantFrom(null, 0.5),
        async ({ queries, slots, width, seed }, similarity, shrinkage) => {
          const made = memory({ slots, width, similarity, shrinkage });
          const { output, weights } = made.read(feed(['batch', width]));
          const found = await compute({ output, weights }, { x: drawn([queries, width], seed) });
          const items = rows([...made.stored.op.initial.data], width);
          const expected = rows(found.weights, slots).flatMap((row) =>
            Array.from({ length: width }, (_, c) =>
              total(row.map((w, i) => w * (items[i]?.[c] ?? NaN))),
            ),
          );
          expect(distance(found.output, expected)).toBeLessThan(1e-6);
        },
      ),
      { numRuns: 50 },
    );
  });

  it('without shrinkage uses every item', async () => {
    const { weights } = memory({ shrinkage: null }).read(feed(['batch', 4]));
    const found = await compute({ weights }, { x: drawn([3, 4], 1) });
    expect(Math.min(...found.weights)).toBeGreaterThan(0);
  });

  it('gives a query of length zero finite weights', async () => {
    const nothing = { x: ndarray([0, 0, 0, 0], [1, 4]) };
    const { weights } = memory({ shrinkage: null }).read(feed(['batch', 4]));
    const found = await compute({ weights }, nothing);
    expect(
      distance(
        found.weights,
        found.weights.map(() => 0.1),
      ),
    ).toBeLessThan(1e-7);
  });

  it('reads zeros where no weight exceeds λ', async () => {
    const { output, weights } = memory({ shrinkage: 2.5 }).read(feed(['batch', 4]));
    const found = await compute({ output, weights }, { x: ndarray([0, 0, 0, 0], [1, 4]) });
    expect(new Set([...found.output, ...found.weights])).toEqual(new Set([0]));
  });

  it('reads the weights before shrinkage in such a row, where asked to', async () => {
    const options = { shrinkage: 2.5, emptyRows: 'unshrunk' } as const;
    const { weights, shrunk } = memory(options).read(feed(['batch', 4]));
    const found = await compute({ weights, shrunk }, { x: ndarray([0, 0, 0, 0], [1, 4]) });
    expect(distance(found.weights, Array<number>(10).fill(0.1))).toBeLessThan(1e-6);
    expect(new Set(found.shrunk)).toEqual(new Set([0]));
  });

  it('normalised, addresses and reads items of length one', async () => {
    const made = memory({ similarity: 'dot', normalised: true });
    const { output, weights } = made.read(feed(['batch', 4]));
    const { items } = made;
    const found = await compute({ output, weights, items }, { x: drawn([3, 4], 1) });
    const directions = rows(found.items, 4);
    for (const item of directions) expect(total(item.map((v) => v * v))).toBeCloseTo(1, 5);
    const stored = rows([...made.stored.op.initial.data], 4);
    directions.forEach((item, i) => {
      const length = Math.sqrt(total((stored[i] ?? []).map((v) => v * v)));
      expect(
        distance(
          item,
          (stored[i] ?? []).map((v) => v / length),
        ),
      ).toBeLessThan(1e-6);
    });
    rows(found.weights, 10).forEach((row, q) => {
      const expected = Array.from({ length: 4 }, (_, c) =>
        total(row.map((w, i) => w * (directions[i]?.[c] ?? NaN))),
      );
      expect(distance(rows(found.output, 4)[q] ?? [], expected)).toBeLessThan(1e-6);
    });
  });

  it.each([
    [{ slots: 0 }, 'A memory needs slots as a positive whole number, but 0 came.'],
    [{ width: 2.5 }, 'A memory needs width as a positive whole number, but 2.5 came.'],
    [{ temperature: 0 }, 'A memory needs a temperature above 0 (1 as in the paper), but 0 came.'],
    [{ temperature: NaN }, 'A memory needs a temperature above 0'],
    [{ shrinkage: -1 }, 'must be 0 or more (a multiple of 1/N), but -1 came.'],
    [{ shrinkage: NaN }, 'must be 0 or more (a multiple of 1/N), but NaN came.'],
    [
      { slots: 100, shrinkage: 7 },
      'A shrinkage threshold of 7/N empties every row: with 100 items, cosine similarity and ' +
        'temperature 1 no weight exceeds 6.9453/N. Choose a smaller one.',
    ],
    [
      { similarity: 'dot', shrinkage: 10 },
      'with 10 items, dot similarity and temperature 1 no weight exceeds 10.0000/N.',
    ],
  ] as const)('refuses %o', (options, message) => {
    expect(() => memory(options)).toThrow(message);
    expect(() => memory(options)).toThrow(
      expect.objectContaining({ code: 'MEMORY_BAD_OPTION' }) as Error,
    );
  });
});

describe('largestShrinkage', () => {
  const sizes = fc.integer({ min: 2, max: 200 });
  const temperatures = fc.double({ min: 0.1, max: 20, noNaN: true });

  it('is reached where one item lies along the query and all others against it', async () => {
    await fc.assert(
      fc.asyncProperty(sizes, temperatures, async (slots, temperature) => {
        const items = ndarray(
          Array.from({ length: slots }, (_, i) => (i === 0 ? 2 : -3)),
          [slots, 1],
        );
        const { weights } = await compute(
          {
            weights: addressing(
              cosineSimilarity(input('z', ['batch', 1]), input('m', [slots, 1]), { temperature }),
            ),
          },
          { z: ndarray([5], [1, 1]), m: items },
        );
        const bound = largestShrinkage(slots, temperature);
        expect((slots * (weights[0] ?? NaN)) / bound).toBeCloseTo(1, 5);
      }),
      { numRuns: 30 },
    );
  });

  it('is exceeded by no weight', async () => {
    await fc.assert(
      fc.asyncProperty(memories, temperatures, async (given, temperature) => {
        const { queries, slots, width, seed } = given;
        const { weights } = await compute(
          {
            weights: addressing(
              cosineSimilarity(input('z', ['batch', width]), input('m', [slots, width]), {
                temperature,
              }),
            ),
          },
          { z: drawn([queries, width], seed), m: drawn([slots, width], seed + 1) },
        );
        const bound = largestShrinkage(slots, temperature) * (1 + 1e-5);
        expect(slots * Math.max(...weights)).toBeLessThanOrEqual(bound);
      }),
      { numRuns: 50 },
    );
  });

  it('is what createMemory takes λ below, and stays a number at any temperature', () => {
    fc.assert(
      fc.property(sizes, temperatures, (slots, temperature) => {
        const bound = largestShrinkage(slots, temperature);
        expect(() => memory({ slots, temperature, shrinkage: bound * 0.999999 })).not.toThrow();
        expect(() => memory({ slots, temperature, shrinkage: bound })).toThrow('empties every row');
      }),
    );
    expect(largestShrinkage(100)).toBeCloseTo((100 * Math.E ** 2) / (Math.E ** 2 + 99), 10);
    expect(largestShrinkage(100, 1e6)).toBe(100);
  });
});

describe.each([[[5]], [[3, 2]], [[2, 3, 2]]])('a feature map over space %j', (space) => {
  const channels = 4;
  const dims: Dims = ['batch', channels, ...space];
  const positions = sizeOf(space);
  const x = drawn([2, channels, ...space], 7);
  const echo = (queries: Tensor) => ({ output: queries, weights: queries });

  it('overPositions asks with the channels of each place and puts readings back', async () => {
    const { output, weights } = overPositions(feed(dims), echo);
    expect(output.dims).toEqual(dims);
    expect(weights.dims).toEqual(['batch', ...space, channels]);
    const found = await compute({ output, weights }, { x });
    expect(found.output).toEqual([...x.data]);
    // Place p of sample b, channel c, is element (b · C + c) · positions + p of the map.
    const expected = Array.from({ length: 2 * positions * channels }, (_, i) => {
      const [b, p, c] = [
        Math.floor(i / (positions * channels)),
        Math.floor(i / channels) % positions,
        i % channels,
      ];
      return x.data[(b * channels + c) * positions + p];
    });
    expect(found.weights).toEqual(expected);
  });

  it('overSamples asks with the whole sample and puts readings back', async () => {
    const { output, weights } = overSamples(feed(dims), echo);
    expect(output.dims).toEqual(dims);
    expect(weights.dims).toEqual(['batch', channels * positions]);
    const found = await compute({ output, weights }, { x });
    expect(found).toEqual({ output: [...x.data], weights: [...x.data] });
  });

  it('each sample is read by itself', async () => {
    const { read } = memory({ slots: 6, width: channels });
    const { output } = overPositions(feed(dims), read);
    const apart = async (values: NdArray): Promise<number[]> =>
      (await compute({ output }, { x: values })).output;
    const together = await apart(x);
    const single = [...(await apart(slice(x, 0, 1))), ...(await apart(slice(x, 1, 2)))];
    expect(together).toEqual(single);
  });
});
