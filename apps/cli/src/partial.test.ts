// Scores that cannot be written to the end: what there is stays, marked as partial, and is gone on from to the same bytes.

import { execFile } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createRandom } from '@memae/graph';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createWorld } from './testing/world.ts';

const world = createWorld();
const { run, path, folder: cwd } = world;
afterAll(world.clear);

const rows = 12_000;
const line = 'score run rows.csv --out scores.csv --threshold-rule conformal --false-alarms 0.05';
const read = (name: string): string => readFileSync(path(name), 'utf8');

beforeAll(async () => {
  const random = createRandom(1);
  const lines = Array.from({ length: rows }, () =>
    [random.normal(), random.normal()].map((x) => x.toFixed(3)).join(','),
  );
  writeFileSync(path('rows.csv'), `a,b\n${lines.join('\n')}\n`);
  const training = 'train --data rows.csv --method ae --limit 500 --epochs 1 --threads 1 --out run';
  expect(await run(training)).toMatchObject({ status: 0 });
  expect(await run(line.replace('scores.csv', 'whole.csv'))).toMatchObject({ status: 0 });
});

async function goesOn(): Promise<void> {
  const kept = read('scores.csv.partial');
  expect(kept.endsWith('\n')).toBe(true);
  expect(read('whole.csv').startsWith(kept)).toBe(true);
  // A row that was cut in half is none.
  writeFileSync(path('scores.csv.partial'), `${kept}rows.csv/4,0.1`);
  const { status, stdout, stderr } = await run(`${line} --resume`);
  expect([status, stderr]).toEqual([0, expect.stringMatching(/Going on after \d+ rows/)]);
  expect(stdout).toBe(
    (await run(line.replace('scores.csv', 'again.csv'))).stdout.replace('again', 'scores'),
  );
  expect(read('scores.csv')).toBe(read('whole.csv'));
  expect(existsSync(path('scores.csv.partial'))).toBe(false);
}

// KiB: less than is written at once, and more.
test.skipIf(process.platform === 'win32').each([100, 400])(
  'a disk that is full after %i',
  async (room) => {
    writeFileSync(path('scores.csv'), 'earlier\n');
    const main = join(import.meta.dirname, 'main.ts');
    const limited = ['-c', `ulimit -f ${room} && exec "$0" "$@"`, process.execPath];
    const args = ['--conditions=@memae/source', main, ...line.split(' ')];
    const failed: unknown = await promisify(execFile)('bash', [...limited, ...args], { cwd }).catch(
      (error: unknown) => error,
    );
    expect(failed).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(
        /^memae: CLI_OUTPUT_PARTIAL: .*scores\.csv cannot be written whole: EFBIG.*\.partial holds the first [1-9]\d* rows.*--resume/,
      ) as string,
    });
    expect(read('scores.csv')).toBe('earlier\n');
    await goesOn();
  },
);

test('a signal', async () => {
  let now = 0;
  const clock = (): number => (now += 1000);
  const stopped = await run(line, { tty: true, interruptAt: 'scored 4', clock });
  expect(stopped.status).toBe(130);
  expect(stopped.stderr).toMatch(/scores\.csv\.partial holds the first \d+ rows; the same command/);
  await goesOn();
});

test('what is explained is the highest of all rows, those of before among them', async () => {
  const lines = read('whole.csv').split('\n');
  writeFileSync(path('scores.csv.partial'), `${lines.slice(0, 9001).join('\n')}\n`);
  expect(await run(`${line} --explain why --top 3 --resume`)).toMatchObject({ status: 0 });
  const scoreOf = (row: string): number => Number(row.split(',')[1]);
  const rest = lines.slice(1, -1).sort((a, b) => scoreOf(b) - scoreOf(a));
  const told = read('why/explanations.jsonl').trimEnd().split('\n');
  expect(told.map((each) => (JSON.parse(each) as { key: string }).key)).toEqual(
    rest.slice(0, 3).map((row) => row.split(',')[0]),
  );
  expect(read('scores.csv')).toBe(read('whole.csv'));
});

test('rows of another run, file or option are refused; none are no matter', async () => {
  const { status, stderr } = await run(`${line} --resume`);
  expect([status, stderr]).toEqual([0, expect.stringContaining('starts from the beginning')]);
  const kept = read('whole.csv').split('\n').slice(0, 3000).join('\n') + '\n';
  for (const [changed, message] of [
    [kept.replace('p_value', 'p'), /CLI_OUTPUT_DIFFERS.*from row 0/],
    [kept.replace(/,[\d.]+,0,[\d.]+\n$/, ',0.5,0,0.5\n'), /CLI_OUTPUT_DIFFERS.*from row 2998/],
    [`${read('whole.csv')}rows.csv/12000,1,1,1,1\n`, /CLI_OUTPUT_DIFFERS.*from row 12000/],
  ] as const) {
    writeFileSync(path('scores.csv.partial'), changed);
    const refused = await run(`${line} --resume`);
    expect([refused.status, refused.stderr]).toEqual([1, expect.stringMatching(message)]);
  }
});

test('rows are printed as they come; a JSON document is bounded', async () => {
  const printed = await run('score run rows.csv --threshold-rule conformal --false-alarms 0.05');
  expect(printed.stdout).toBe(read('whole.csv'));
  writeFileSync(path('many.csv'), `a,b\n${'1,2\n'.repeat(100_001)}`);
  const { status, stdout } = await run('score run many.csv --json');
  expect([status, stdout]).toEqual([
    1,
    expect.stringMatching(/CLI_TOO_MANY.*100000 samples at most/),
  ]);
});
