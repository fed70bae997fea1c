import { createRandom, ndarray } from '@memae/graph';
import fc from 'fast-check';
import { expect, expectTypeOf, test } from 'vitest';
import { arrayDataset, labelledDataset } from './array-dataset.ts';
import type { Batch, BatchOptions, Dataset } from './dataset.ts';
import { fingerprint } from './fingerprint.ts';
import { collect } from './testing/collect.ts';

/** `length` samples of 1 × 2 bytes: sample i is [i, i + 100]. */
function numbered(length: number): Dataset<'image'> {
  const data = Uint8Array.from({ length: 2 * length }, (_, k) =>
    k % 2 === 0 ? k / 2 : 100 + (k - 1) / 2,
  );
  return arrayDataset({ name: 'n', modality: 'image', samples: ndarray(data, [length, 1, 2]) });
}

const sizes = fc.record({
  length: fc.nat(100),
  size: fc.integer({ min: 1, max: 40 }),
  seed: fc.nat(),
});

test('a pass shows every sample once, whatever the order, with its key', async () => {
  await fc.assert(
    fc.asyncProperty(sizes, async ({ length, size, seed }) => {
      const batches = await collect(
        numbered(length).batches({ size, shuffle: createRandom(seed) }),
      );
      const shown = batches.flatMap(({ samples, keys }) => {
        expect(samples.shape).toEqual([keys.length, 1, 2]);
        return keys.map((key, i) => {
          expect(key).toBe(`n/${String(samples.data[2 * i])}`);
          expect(samples.data[2 * i + 1]).toBe(100 + (samples.data[2 * i] ?? 0));
          return key;
        });
      });
      expect(shown.length).toBe(length);
      expect(new Set(shown).size).toBe(length);
    }),
    { numRuns: 30 },
  );
});

test('the order hangs on the stream given alone', async () => {
  const order = async (shuffle?: BatchOptions['shuffle']): Promise<string[]> =>
    (await collect(numbered(50).batches({ size: 7, ...(shuffle && { shuffle }) }))).flatMap(
      ({ keys }) => keys,
    );
  const random = createRandom(1);
  expect(await order(random.fork('epoch-1'))).toEqual(await order(random.fork('epoch-1')));
  expect(await order(random.fork('epoch-1'))).not.toEqual(await order(random.fork('epoch-2')));
  expect(await order()).toEqual(Array.from({ length: 50 }, (_, i) => `n/${i}`));
});

test('`last` says what becomes of a last batch that is not full', async () => {
  const lengths = async (length: number, last?: BatchOptions['last']): Promise<number[]> =>
    (await collect(numbered(length).batches({ size: 4, ...(last && { last }) }))).map(
      ({ keys }) => keys.length,
    );
  expect(await lengths(9)).toEqual([4, 4, 1]);
  expect(await lengths(9, 'keep')).toEqual([4, 4, 1]);
  expect(await lengths(9, 'drop')).toEqual([4, 4]);
  expect(await lengths(9, 'merge-single')).toEqual([4, 5]);
  expect(await lengths(8, 'merge-single')).toEqual([4, 4]);
  expect(await lengths(10, 'merge-single')).toEqual([4, 4, 2]);
  expect(await lengths(1, 'merge-single')).toEqual([1]);
  expect(await lengths(0)).toEqual([]);
});

test('labels go with their samples', async () => {
  const dataset = labelledDataset({
    name: 'l',
    modality: 'image',
    samples: ndarray(Uint8Array.of(0, 1, 1, 0, 1), [5, 1]),
    labels: Uint8Array.of(0, 1, 1, 0, 1),
    keys: ['a', 'b', 'c', 'd', 'e'],
  });
  for (const { samples, labels, keys } of await collect(
    dataset.batches({ size: 2, shuffle: createRandom(4) }),
  )) {
    expect(labels).toEqual(samples.data);
    expect(keys.map((key) => Number('bce'.includes(key)))).toEqual(Array.from(labels));
  }
});

test('a training batch has no labels to peek at', async () => {
  expectTypeOf<Batch>().not.toHaveProperty('labels');
  for await (const batch of numbered(2).batches({ size: 1 })) {
    // @ts-expect-error there is no such field
    expect(batch.labels).toBeUndefined();
  }
});

test('refuses what does not fit together', async () => {
  const samples = ndarray(Uint8Array.of(1, 2, 3), [3, 1]);
  const source = { name: 'x', modality: 'image' as const, samples };
  expect(() => arrayDataset({ ...source, keys: ['a'] })).toThrow(/3×1, but 1 keys came/);
  expect(() => labelledDataset({ ...source, labels: new Uint8Array(2) })).toThrow(/2 labels came/);
  expect(() => labelledDataset({ ...source, labels: Uint8Array.of(0, 1, 2) })).toThrow(
    /label 2 is 2/,
  );
  await expect(collect(numbered(3).batches({ size: 0 }))).rejects.toThrow(/at least 1, but 0/);
  await expect(collect(numbered(3).batches({ size: 1.5 }))).rejects.toThrow(/whole number/);
});

test('refuses NaN and infinity by sample and element', () => {
  for (const value of [NaN, Infinity, -Infinity]) {
    const samples = ndarray([1, 2, 3, 4, 5, value], [2, 3]);
    expect(() => arrayDataset({ name: 't', modality: 'tabular', samples })).toThrow(
      `element 2 of sample 1 is ${String(value)}`,
    );
  }
});

test('the fingerprint tells samples, order, shape and element type apart', async () => {
  const of = (samples: Parameters<typeof arrayDataset>[0]['samples']): Promise<string> =>
    fingerprint(arrayDataset({ name: 'f', modality: 'image', samples }));
  const bytes = Uint8Array.of(1, 2, 3, 4);
  const base = await of(ndarray(bytes, [2, 2]));
  expect(base).toMatch(/^[0-9a-f]{64}$/);
  expect(await of(ndarray(Uint8Array.from(bytes), [2, 2]))).toBe(base);
  const others = [
    ndarray(Uint8Array.of(3, 4, 1, 2), [2, 2]),
    ndarray(bytes, [4, 1]),
    ndarray(bytes, [2, 2, 1]),
    ndarray([1, 2, 3, 4], [2, 2]),
  ];
  const all = await Promise.all(others.map(of));
  expect(new Set([base, ...all]).size).toBe(5);
});
