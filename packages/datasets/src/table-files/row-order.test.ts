// Every pass over the rows gives them in the order of the files, however many there are and whatever is asked of them:
// labels are read in one pass, and numbers in another.

import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { writeTable } from '../testing/write-table.ts';
import { readLabels } from './labels.ts';
import { openTableFile, scan } from './table-file.ts';

/** More than DuckDB gives one thread of a Parquet file. */
const rows = 300_000;
const columns = `SELECT range AS x, (range % 97 = 0)::INT AS y, range % 7 AS g FROM`;

describe('the rows of a large table', () => {
  test.each([
    undefined,
    'g IN (0, 1, 2, 4, 6)',
    'g IN (SELECT unnest([1, 2, 3]))',
    'EXISTS (SELECT 1 FROM range(3) t(i) WHERE i = g)',
  ])('where %s', async (where) => {
    const path = join(await temporaryFolder(), 'large.parquet');
    await writeTable(path, `${columns} range(${rows})`);
    const table = await openTableFile(path, where === undefined ? {} : { where });
    const labels = await readLabels(table, { label: 'y' });
    let at = 0;
    let before = -1;
    for await (const chunk of scan(table, { expressions: ['x::DOUBLE'] })) {
      for (const x of chunk.numbers(0)) {
        // One comparison a row, for an assertion for each takes a minute.
        if (x <= before || labels[at] !== (x % 97 === 0 ? 1 : 0)) expect.fail(`row ${at}: ${x}`);
        before = x;
        at += 1;
      }
    }
    expect(at).toBe(labels.length);
    expect(at).toBeGreaterThan(rows / 3);
  });
});

test('the rows of several files', async () => {
  const folder = await temporaryFolder();
  await writeTable(join(folder, 'a.csv'), `${columns} range(199)`);
  await writeTable(join(folder, 'b.csv'), `${columns} range(199, 400)`);
  const wanted = Array.from({ length: 400 }, (_, i) => (i % 97 === 0 ? 1 : 0));
  for (let time = 0; time < 40; time += 1) {
    const labels = await readLabels(await openTableFile(folder), { label: 'y' });
    expect([...labels]).toEqual(wanted);
  }
});

test('a condition that draws anew in each pass is refused', async () => {
  const path = join(await temporaryFolder(), 'small.csv');
  await writeTable(path, `${columns} range(9)`);
  for (const where of ['random() < 0.5', 'x IN (SELECT x FROM range(9) t(x) TABLESAMPLE 50%)']) {
    await expect(openTableFile(path, { where })).rejects.toThrow(/draws anew/);
  }
});
