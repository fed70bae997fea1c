import { createRandom, ndarray } from '@memae/graph';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Dataset } from './dataset.ts';
import { fingerprint } from './fingerprint.ts';
import { type OneClassOptions, oneClassSplit } from './one-class.ts';
import { collect } from './testing/collect.ts';

/** Sample i is the byte i, of the class `labels[i]`. */
function pool(labels: readonly number[]): Omit<OneClassOptions, 'normal' | 'random'> {
  return {
    name: 'p',
    images: ndarray(
      Uint8Array.from(labels, (_, i) => i),
      [labels.length, 1, 1, 1],
    ),
    labels: Uint8Array.from(labels),
    classes: ['0', '1', '2'],
  };
}

async function keysOf(dataset: Dataset): Promise<string[]> {
  const batches = await collect(dataset.batches({ size: 1000 }));
  return batches.flatMap(({ keys }) => keys);
}

const labelLists = fc
  .array(fc.constantFrom(0, 1, 2), { minLength: 3, maxLength: 250 })
  .filter((labels) => labels.filter((label) => label === 1).length >= 3);

test('parts are disjoint, training and validation are normal, the shares are the paper’s', async () => {
  await fc.assert(
    fc.asyncProperty(labelLists, fc.nat(), async (labels, seed) => {
      const split = oneClassSplit({ ...pool(labels), normal: 1, random: createRandom(seed) });
      const normals = labels.filter((label) => label === 1).length;
      const others = labels.length - normals;
      const [train, validation, test] = await Promise.all(
        [split.train, split.validation, split.test].map(keysOf),
      );
      const all = [...(train ?? []), ...(validation ?? []), ...(test ?? [])];
      expect(new Set(all).size).toBe(all.length);
      const isNormal = (key: string): boolean => labels[Number(key.slice(2))] === 1;
      expect([...(train ?? []), ...(validation ?? [])].every(isNormal)).toBe(true);
      expect(all.filter(isNormal).length).toBe(normals);

      const trained = Math.round((2 / 3) * normals);
      expect(split.train.length + split.validation.length).toBe(trained);
      expect(split.validation.length).toBe(Math.max(1, Math.round(trained / 10)));
      const tested = normals - trained;
      expect(split.test.length - tested).toBe(Math.min(others, Math.round((tested * 0.3) / 0.7)));

      const [batch] = await collect(split.test.batches({ size: 1000 }));
      expect(Array.from(batch?.labels ?? [])).toEqual(
        (test ?? []).map((key) => (isNormal(key) ? 0 : 1)),
      );
      expect(Array.from(batch?.samples.data ?? [])).toEqual(
        (test ?? []).map((key) => Number(key.slice(2))),
      );
    }),
    { numRuns: 50 },
  );
});

test('the seed decides the split', async () => {
  const source = pool(Array.from({ length: 200 }, (_, i) => i % 3));
  const train = (seed: number): Promise<string> =>
    fingerprint(oneClassSplit({ ...source, normal: '0', random: createRandom(seed) }).train);
  expect(await train(1)).toBe(await train(1));
  expect(await train(1)).not.toBe(await train(2));
});

test('shares can be chosen, and keys are the pool’s own', async () => {
  const source = pool(Array.from({ length: 90 }, (_, i) => i % 3));
  const keys = Array.from({ length: 90 }, (_, i) => `key ${i}`);
  const options = { ...source, keys, normal: 2, random: createRandom(1) };
  const split = oneClassSplit({ ...options, anomalyShare: 0.5, validationShare: 0.25 });
  expect([split.train.length, split.validation.length, split.test.length]).toEqual([15, 5, 20]);
  for (const key of await keysOf(split.train)) expect(Number(key.slice(4)) % 3).toBe(2);
  expect(oneClassSplit({ ...options, anomalyShare: 0 }).test.length).toBe(10);
});

test('refuses a class that is not there or too small, and says which there are', () => {
  const source = pool([0, 0, 0, 1, 1]);
  const split = (normal: string | number) => () =>
    oneClassSplit({ ...source, normal, random: createRandom(1) });
  for (const normal of [1, 2, 7, 'cat']) {
    expect(split(normal)).toThrow(expect.objectContaining({ code: 'DATASET_EMPTY' }));
    expect(split(normal)).toThrow(`"${normal}"`);
    expect(split(normal)).toThrow('0 (3), 1 (2), 2 (0)');
  }
  expect(split(0)).not.toThrow();
});

test.each([
  { anomalyShare: 1 },
  { anomalyShare: -0.1 },
  { validationShare: 0 },
  { validationShare: NaN },
])('refuses %j', (shares) => {
  const options = { ...pool([0, 0, 0]), normal: 0, random: createRandom(1), ...shares };
  expect(() => oneClassSplit(options)).toThrow(/share between 0 and 1/);
});

test('the protocol tells the anomalies that are tested, not those that were wished for', () => {
  const protocolOf = (others: number, anomalyShare?: number): string | undefined => {
    const labels = [
      ...Array.from({ length: 60 }, () => 1),
      ...Array.from({ length: others }, () => 2),
    ];
    const shares = anomalyShare === undefined ? {} : { anomalyShare };
    const { protocol } = oneClassSplit({
      ...{ ...pool(labels), normal: 1, random: createRandom(1), ...shares },
    });
    return /; (anomalies .*)/.exec(protocol)?.[1];
  };
  expect(protocolOf(50)).toBe('anomalies are 31 % of the test set');
  expect(protocolOf(2)).toBe('anomalies are all 2 there are, 9 % of the test set');
  expect(protocolOf(50, 0)).toBeUndefined();
});
