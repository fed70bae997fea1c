import { createHash } from 'node:crypto';
import { createRandom } from '@memae/graph';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Dataset } from '../dataset.ts';
import { fingerprint } from '../fingerprint.ts';
import { tableSplit } from '../tables/table-split.ts';
import { collect } from '../testing/collect.ts';
import { drawFlows, flowClasses, flows } from './flows.ts';

test('the same seed draws the same rows on every machine', async () => {
  const pool = drawFlows({ count: 500, random: createRandom(1) });
  expect(createHash('sha256').update(pool.labels).digest('hex').slice(0, 16)).toBe(
    '0396926ced2705ee',
  );
  const split = tableSplit(pool, { random: createRandom(1), scaling: 'none' });
  expect((await fingerprint(split.test)).slice(0, 16)).toBe('2a6c7fffc2e45297');
});

test('a smaller count draws the first rows of a larger one', () => {
  fc.assert(
    fc.property(fc.integer(), fc.integer({ min: 1, max: 30 }), fc.nat(30), (seed, few, more) => {
      const all = drawFlows({ count: few + more, random: createRandom(seed) });
      const some = drawFlows({ count: few, random: createRandom(seed) });
      expect(some.labels).toEqual(all.labels.subarray(0, few));
      some.table.columns.forEach((column, i) => {
        const whole = all.table.columns[i];
        if (column.kind === 'continuous' && whole?.kind === 'continuous') {
          expect(column.values).toEqual(whole.values.subarray(0, few));
        }
        if (column.kind === 'categorical' && whole?.kind === 'categorical') {
          expect(column.codes).toEqual(whole.codes.subarray(0, few));
        }
      });
    }),
    { numRuns: 20 },
  );
});

test('a fifth are attacks, of every kind about equally', () => {
  const { labels, classes, table } = flows();
  expect(table.length).toBe(20_000);
  const shares = classes.map((_, c) => labels.filter((label) => label === c).length / 20_000);
  expect(shares[0]).toBeCloseTo(0.8, 1);
  for (const each of shares.slice(1)) expect(Math.abs(each - 0.05)).toBeLessThan(0.01);
});

test('a detector of neighbours finds most attacks, though not all', async () => {
  const pool = drawFlows({ count: 6000, random: createRandom(2) });
  const split = tableSplit(pool, { random: createRandom(3) });
  const known = await whole(split.train);
  const asked = await whole(split.test);
  const scores = asked.rows.slice(0, 1200).map((row) => nearest(row, known.rows.slice(0, 1500)));
  const auroc = (kind?: number): number => {
    const kindOf = (i: number): number | undefined =>
      pool.labels[Number((asked.keys[i] ?? '').slice('flows/'.length))];
    const normal = scores.filter((_, i) => kindOf(i) === 0);
    const odd = scores.filter((_, i) =>
      kind === undefined ? kindOf(i) !== 0 : kindOf(i) === kind,
    );
    const wins = odd.flatMap((score) => normal.map((other): number => (score > other ? 1 : 0)));
    return wins.reduce((sum, win) => sum + win, 0) / wins.length;
  };
  expect(auroc()).toBeGreaterThan(0.8);
  expect(auroc()).toBeLessThan(0.97);
  for (let kind = 1; kind < flowClasses.length; kind += 1) {
    expect(auroc(kind)).toBeGreaterThan(0.6);
  }
});

test.each([{ count: 0 }, { count: 1.5 }, { anomalyShare: 1.1 }, { anomalyShare: NaN }])(
  'refuses %j',
  (options) => {
    expect(() => drawFlows({ count: 10, random: createRandom(1), ...options })).toThrow(
      expect.objectContaining({ code: 'DATASET_BAD_OPTION' }),
    );
  },
);

async function whole(dataset: Dataset) {
  const batches = await collect(dataset.batches({ size: 1000 }));
  const width = dataset.sampleShape[0] ?? 0;
  return {
    keys: batches.flatMap(({ keys }) => keys),
    rows: batches.flatMap(({ samples }) =>
      Array.from({ length: samples.shape[0] ?? 0 }, (_, i) =>
        samples.data.subarray(i * width, (i + 1) * width),
      ),
    ),
  };
}

/** The least squared distance to any of the rows. */
function nearest(row: ArrayLike<number>, rows: readonly ArrayLike<number>[]): number {
  return rows.reduce((least, other) => {
    let distance = 0;
    for (let i = 0; i < row.length; i += 1) distance += ((row[i] ?? 0) - (other[i] ?? 0)) ** 2;
    return Math.min(least, distance);
  }, Infinity);
}
