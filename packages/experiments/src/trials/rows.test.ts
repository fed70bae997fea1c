import { appendFile, mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { rowOf } from '../testing/rows.ts';
import { appendRow, readRows } from './rows.ts';

let folder: string;
let file: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'memae-rows-'));
  file = join(folder, 'trials.jsonl');
});
afterEach(() => rm(folder, { recursive: true }));

describe('the file of trials', () => {
  it('gives back what was appended, and nothing where there is no file', async () => {
    expect(await readRows(file)).toEqual({ rows: [], torn: 0 });
    const rows = [rowOf({ case: '2' }), rowOf({ case: '5' })];
    for (const row of rows) await appendRow(file, row);
    expect(await readRows(file)).toEqual({ rows, torn: 0 });
    expect((await readFile(file, 'utf8')).split('\n')).toHaveLength(3);
  });

  it('holds one row a trial: the last', async () => {
    await appendRow(file, rowOf({ auroc: 0.1 }));
    await appendRow(file, rowOf({ auroc: 0.2 }));
    expect((await readRows(file)).rows).toEqual([rowOf({ auroc: 0.2 })]);
  });

  it('torn at any byte, loses the last row at most, and goes on', async () => {
    const [first, second, third] = ['2', '5', '8'].map((name) => rowOf({ case: name }));
    if (!first || !second || !third) throw new Error('three rows');
    await appendRow(file, first);
    const whole = (await readFile(file)).length;
    await appendRow(file, second);
    const all = await readFile(file);
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: whole, max: all.length }), async (length) => {
        await writeFile(file, all);
        await truncate(file, length);
        const left = await readRows(file);
        const complete = length >= all.length - 1;
        expect(left.rows).toEqual(complete ? [first, second] : [first]);
        expect(left.torn).toBe(complete || length === whole ? 0 : 1);
        await appendRow(file, third);
        expect((await readRows(file)).rows).toEqual([...left.rows, third]);
      }),
    );
  });

  it.each([
    ['another format', { format: 2 }, /format/],
    ['no figures', { figures: null }, /figures/],
    ['a trial that is none', { trial: null }, /trial/],
    ['a figure that is no number', { figures: { auroc: 'high' } }, /figures\.auroc/],
    ['a way out of the folder', { id: '../../elsewhere' }, /id is not its trial’s/],
  ])('refuses a line with %s, naming file and line', async (_, other, why) => {
    await appendRow(file, rowOf());
    await appendFile(file, `${JSON.stringify({ ...rowOf({ case: '5' }), ...other })}\n`);
    await expect(readRows(file)).rejects.toMatchObject({
      code: 'EXPERIMENT_BAD_ROWS',
      message: expect.stringContaining(`${file}, line 2`) as string,
    });
    await expect(readRows(file)).rejects.toThrow(why);
  });
});
