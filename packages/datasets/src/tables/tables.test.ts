import { createRandom } from '@memae/graph';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Dataset } from '../dataset.ts';
import { collect } from '../testing/collect.ts';
import { tableBuilder } from './table-builder.ts';
import { labelledTableDataset, tableDataset } from './table-dataset.ts';
import { fitTableEncoder, tableRows } from './table-encoder.ts';
import { tableSplit } from './table-split.ts';
import { type Column, type TablePool, createCodes, createTable } from './table.ts';

const numbers = (name: string, ...values: number[]): Column => ({
  name,
  kind: 'continuous',
  values: Float32Array.from(values),
});
const names = (name: string, categories: string[], ...codes: number[]): Column => ({
  name,
  kind: 'categorical',
  categories,
  codes: Uint8Array.from(codes),
});

describe('a table', () => {
  test('has as many rows as each of its columns', () => {
    const table = createTable({
      name: 't',
      columns: [numbers('a', 1, 2), names('b', ['x'], 0, 1)],
    });
    expect(table.length).toBe(2);
  });

  test.each<[Column[], RegExp]>([
    [[], /t: columns with one row at least were expected, but 0 columns of 0 rows/],
    [[numbers('a')], /1 columns of 0 rows came/],
    [[numbers('a', 1, 2), numbers('b', 1)], /"a" has 2 rows, but "b" has 1/],
    [[numbers('a', 1), numbers('a', 1)], /"a" comes twice/],
    [[numbers('a', 1, NaN)], /"a" holds NaN in row 1/],
    [[names('a', ['x', 'y'], 0, 3)], /"a" holds the code 3 in row 1, but there are 2 categories/],
  ])('refuses columns that do not fit: %#', (columns, message) => {
    expect(() => createTable({ name: 't', columns })).toThrow(message);
  });

  test('codes take the least memory that holds the unknown one, too', () => {
    expect(createCodes(255, 1)).toBeInstanceOf(Uint8Array);
    expect(createCodes(256, 1)).toBeInstanceOf(Uint16Array);
    expect(() => createCodes(65_536, 1)).toThrow(/65535 categories, but there are 65536/);
  });

  test('is built of texts, row by row', () => {
    const builder = tableBuilder([{ name: 'a' }, { name: 'b', categories: ['x', 'y'] }]);
    for (let i = 0; i < 5000; i += 1) builder.add([`${i}.5`, i % 2 === 0 ? 'y' : 'z'], 'here');
    expect(() => {
      builder.add(['1e39', 'x'], 'file, row 7');
    }).toThrow(/file, row 7: a finite number was expected in the column "a", but "1e39" came/);
    expect(() => {
      builder.add([' ', 'x'], 'row 8');
    }).toThrow(/row 8/);
    const { length, columns } = builder.finish('t');
    expect(length).toBe(5000);
    expect(columns[0]).toMatchObject({ kind: 'continuous' });
    const [a, b] = columns;
    expect(a?.kind === 'continuous' && a.values[4999]).toBe(4999.5);
    expect(b?.kind === 'categorical' && Array.from(b.codes.subarray(0, 3))).toEqual([1, 2, 1]);
  });
});

describe('an encoder', () => {
  const table = createTable({
    name: 't',
    columns: [
      numbers('a', 10, 20, 30, 90),
      names('b', ['x', 'y'], 0, 1, 2, 1),
      numbers('c', 5, 5, 5, 7),
    ],
  });
  const rows = Uint32Array.of(0, 1, 2);

  test('scales by the fitted rows only, does not clip, and only shifts what is constant there', () => {
    const encoder = fitTableEncoder(table, { rows });
    expect(encoder.features).toEqual(['a', 'b=x', 'b=y', 'c']);
    const { shape, data } = tableRows(encoder, table)(Uint32Array.of(0, 2, 3));
    expect(shape).toEqual([3, 4]);
    // The unknown category of row 2 is zeros in all of b's features.
    expect(Array.from(data)).toEqual([0, 1, 0, 0, 1, 0, 0, 0, 4, 0, 1, 2]);
  });

  test('standardises, or leaves numbers as they are', () => {
    const standard = tableRows(fitTableEncoder(table, { rows, scaling: 'standard' }), table);
    const deviation = Math.sqrt(200 / 3);
    expect(standard(Uint32Array.of(0, 3)).data[0]).toBeCloseTo(-10 / deviation, 5);
    expect(standard(Uint32Array.of(0, 3)).data[4]).toBeCloseTo(70 / deviation, 5);
    expect(standard(Uint32Array.of(3)).data[3]).toBe(2);
    const none = tableRows(fitTableEncoder(table, { scaling: 'none', drop: ['b'] }), table);
    expect(Array.from(none(Uint32Array.of(3)).data)).toEqual([90, 7]);
  });

  test('standardised columns have mean 0 and deviation 1 on the fitted rows, min–max ones lie in [0, 1]', () => {
    fc.assert(
      fc.property(
        fc.array(fc.float({ min: -1000, max: 1000, noNaN: true }), { minLength: 2 }),
        (values) => {
          const one = createTable({ name: 't', columns: [numbers('a', ...values)] });
          const all = Uint32Array.from(values, (_, i) => i);
          const encode = (scaling: 'min-max' | 'standard') =>
            Array.from(tableRows(fitTableEncoder(one, { scaling }), one)(all).data);
          const unit = encode('min-max');
          expect(Math.min(...unit)).toBe(0);
          expect([0, 1]).toContain(Math.max(...unit));
          const z = encode('standard');
          const mean = z.reduce((sum, value) => sum + value, 0) / z.length;
          const square = z.reduce((sum, value) => sum + value ** 2, 0) / z.length;
          expect(mean).toBeCloseTo(0, 3);
          expect(Math.min(Math.abs(square - 1), square)).toBeLessThan(1e-3);
        },
      ),
    );
  });

  test('is plain data, and takes another table by the names of columns and categories', () => {
    const written = JSON.stringify(fitTableEncoder(table, { rows }));
    const encoder = JSON.parse(written) as ReturnType<typeof fitTableEncoder>;
    const other = createTable({
      name: 'other',
      columns: [names('b', ['z', 'y'], 0, 1), numbers('c', 5, 6), numbers('a', 10, 30)],
    });
    expect(Array.from(tableRows(encoder, other)(Uint32Array.of(0, 1)).data)).toEqual([
      0, 0, 0, 0, 1, 0, 1, 1,
    ]);
  });

  test('refuses tables that lack a column or have another kind, and options outside of their range', () => {
    const encoder = fitTableEncoder(table);
    const lacking = createTable({ name: 'u', columns: [numbers('a', 1)] });
    expect(() => tableRows(encoder, lacking)).toThrow(/u has no column "b".* it has a\./);
    const otherKind = createTable({ name: 'u', columns: [names('a', ['x'], 0)] });
    expect(() => tableRows(encoder, otherKind)).toThrow(
      /"a" was continuous .* is categorical here/,
    );
    expect(() => fitTableEncoder(table, { drop: ['z'] })).toThrow(/no column "z"/);
    expect(() => fitTableEncoder(table, { drop: ['a', 'b', 'c'] })).toThrow(/no rows or columns/);
    expect(() => fitTableEncoder(table, { rows: new Uint32Array() })).toThrow(/no rows or columns/);
    expect(() => fitTableEncoder(table, { scaling: 'log' as 'none' })).toThrow(
      /min-max, standard, none, but log/,
    );
  });
});

/** Row i is [i]; class 0 is `good`, 1 `bad`, 2 `worse`. */
function poolOf(labels: readonly number[]): TablePool {
  return {
    table: createTable({ name: 't', columns: [numbers('a', ...labels.map((_, i) => i))] }),
    labels: Uint8Array.from(labels),
    classes: ['good', 'bad', 'worse'],
    anomalies: ['bad', 'worse'],
  };
}

describe('a data set of rows', () => {
  const { table } = poolOf([0, 0, 0, 0, 0]);
  const encoder = fitTableEncoder(table, { scaling: 'none' });

  test('encodes batch by batch, under keys of the table’s rows', async () => {
    const rows = Uint32Array.of(4, 2, 1);
    const dataset = tableDataset({ name: 'd', table, encoder, rows });
    expect(dataset).toMatchObject({ modality: 'tabular', dtype: 'float32', sampleShape: [1] });
    const batches = await collect(dataset.batches({ size: 2 }));
    expect(batches.map(({ keys }) => keys)).toEqual([['t/4', 't/2'], ['t/1']]);
    expect(batches.map(({ samples }) => Array.from(samples.data))).toEqual([[4, 2], [1]]);
    const [merged] = await collect(
      dataset.batches({ size: 2, last: 'merge-single', shuffle: createRandom(1) }),
    );
    expect(merged?.keys.toSorted()).toEqual(['t/1', 't/2', 't/4']);
    expect(Array.from(merged?.samples.data ?? [], (value) => `t/${value}`)).toEqual(merged?.keys);
  });

  test('has labels where they came with it, and refuses those that do not fit', async () => {
    const labels = Uint8Array.of(0, 0, 1, 0, 0);
    const source = { name: 'd', table, encoder, rows: Uint32Array.of(2, 0) };
    const [batch] = await collect(labelledTableDataset({ ...source, labels }).batches({ size: 9 }));
    expect(Array.from(batch?.labels ?? [])).toEqual([1, 0]);
    const refused = (wrong: Uint8Array) => () => labelledTableDataset({ ...source, labels: wrong });
    expect(refused(labels.subarray(1))).toThrow(/d: a label for each of 5 rows .* but 4 came/);
    expect(refused(Uint8Array.of(0, 0, 7, 0, 0))).toThrow(/label 2 is 7/);
    expect(() => tableDataset({ ...source, rows: Uint32Array.of(5) })).toThrow(
      /t has 5 rows, but row 5/,
    );
  });
});

describe('a split', () => {
  const keysOf = async (dataset: Dataset): Promise<number[]> =>
    (await collect(dataset.batches({ size: 1000 }))).flatMap(({ keys }) =>
      keys.map((key) => Number(key.slice(2))),
    );
  const labelLists = fc.array(fc.constantFrom(0, 0, 0, 1, 2), { minLength: 60, maxLength: 200 });

  test('by A and B: parts are disjoint, what is learned is normal, the halves are right', async () => {
    await fc.assert(
      fc.asyncProperty(
        labelLists,
        fc.nat(),
        fc.constantFrom('A', 'B'),
        async (labels, seed, protocol) => {
          const split = tableSplit(poolOf(labels), { random: createRandom(seed), protocol });
          const [train = [], validation = [], tested = []] = await Promise.all(
            [split.train, split.validation, split.test].map(keysOf),
          );
          const all = [...train, ...validation, ...tested];
          expect(new Set(all).size).toBe(all.length);
          expect([...train, ...validation].every((row) => labels[row] === 0)).toBe(true);
          const learned = train.length + validation.length;
          expect(validation.length).toBe(Math.max(1, Math.round(learned / 10)));
          const normal = labels.filter((label) => label === 0).length;
          if (protocol === 'A') expect(tested.length).toBe(Math.ceil(labels.length / 2));
          else {
            expect(learned).toBe(Math.floor(normal / 2));
            expect(tested.length).toBe(labels.length - learned);
          }
          const [batch] = await collect(split.test.batches({ size: 1000 }));
          expect(Array.from(batch?.labels ?? [])).toEqual(
            tested.map((row) => (labels[row] === 0 ? 0 : 1)),
          );
          // Scaled by the training rows alone: they reach from 0 to 1.
          const [scaled] = await collect(split.train.batches({ size: 1000 }));
          expect(Math.min(...(scaled?.samples.data ?? []))).toBe(0);
          expect(Math.max(...(scaled?.samples.data ?? []))).toBe(1);
        },
      ),
      { numRuns: 40 },
    );
  });

  test('the seed decides; a limit takes rows at random', async () => {
    const pool = poolOf(Array.from({ length: 400 }, (_, i) => (i < 300 ? 0 : 1)));
    const rows = async (seed: number, limit?: number): Promise<number[]> => {
      const split = tableSplit(pool, { random: createRandom(seed), ...(limit && { limit }) });
      return [...(await keysOf(split.train)), ...(await keysOf(split.test))];
    };
    expect(await rows(1)).toEqual(await rows(1));
    expect(await rows(1)).not.toEqual(await rows(2));
    const few = await rows(1, 100);
    expect(few.length).toBeLessThan(100);
    expect(few.filter((row) => row >= 300).length).toBeGreaterThan(3);
  });

  test('refuses what cannot be cut, and options outside of their range', () => {
    const random = createRandom(1);
    const cut =
      (labels: readonly number[], options = {}) =>
      () =>
        tableSplit(poolOf(labels), { random, ...options });
    expect(cut([0, 1])).toThrow(expect.objectContaining({ code: 'DATASET_EMPTY' }));
    expect(cut([1, 1, 1, 1, 1, 2])).toThrow(/of 6 rows 0 are normal/);
    const enough = Array.from({ length: 50 }, () => 0);
    expect(cut(enough)).not.toThrow();
    expect(cut([...enough, 3])).toThrow(/label 50 is 2/);
    expect(cut(enough, { protocol: 'C' })).toThrow(/protocol is one of A, B, but C came/);
    expect(cut(enough, { validationShare: 1 })).toThrow(/share between 0 and 1/);
    expect(cut(enough, { limit: 0 })).toThrow(/limit is a whole number/);
  });
});
