import {
  existsSync,
  readFileSync,
  readdirSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { start } from './testing/child.ts';
import { createWorld } from './testing/world.ts';

const world = createWorld();
const { run, path, folder: cwd } = world;
afterAll(world.clear);

const table =
  'reproduce table1 --data strokes --case 2,5 --methods ae,memae --seeds 1 --limit 60 ' +
  '--set memory.shrinkage=1 --threads 1';

interface Row {
  readonly trial: { readonly case: string; readonly method: string; readonly seed: number };
  readonly figures: Readonly<Record<string, number>>;
}

function rowsIn(out: string): Row[] {
  return readFileSync(path(`${out}/trials.jsonl`), 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Row);
}

const figuresIn = (out: string): string[] =>
  rowsIn(out)
    .map(({ trial, figures }) => `${trial.case} ${trial.method} ${trial.seed} ${figures['auroc']}`)
    .sort();

describe('memae reproduce', () => {
  test('killed in the middle of a table and of a trial, it ends with the figures of one never stopped', async () => {
    expect(await run(`${table} --epochs 8 --out unbroken`)).toMatchObject({ status: 0 });

    const first = start(`${table} --epochs 8 --out killed`, { cwd });
    await first.saw('1/4');
    // The next trial is under way: it has saved a checkpoint, and has no row.
    await waitFor(() => checkpointsIn('killed').length > 0, first.ended);
    first.process.kill('SIGKILL');
    await first.ended;
    expect(checkpointsIn('killed')).toHaveLength(1);
    const [before] = rowsIn('killed');
    expect(rowsIn('killed').length).toBeLessThan(4);

    const line = `${table} --epochs 8 --out killed`;
    const { status, stderr, stdout } = await run(line, { tty: true });
    expect(status).toBe(0);
    expect(stderr).toMatch(/4 trials, [1-3] of them done already/);
    expect(stdout).toContain('killed/report.html');
    // The first step that is told of is not in the first epoch.
    expect(Number(/ epoch (\d+)\/8 /.exec(stderr)?.[1])).toBeGreaterThan(1);
    expect(rowsIn('killed')[0]).toEqual(before);
    expect(figuresIn('killed')).toEqual(figuresIn('unbroken'));
    expect(checkpointsIn('killed')).toEqual([]);
  });

  test('interrupted, it says so, and the same command goes on', async () => {
    const line = `${table} --epochs 4 --out stopped`;
    const stopped = await run(line, { interruptAt: '1/4' });
    expect(stopped).toMatchObject({ status: 130 });
    expect(stopped.stderr).toMatch(/TRAIN_ABORTED|CLI_INTERRUPTED/);
    expect(await run(line)).toMatchObject({ status: 0 });
    expect(rowsIn('stopped')).toHaveLength(4);
  });

  test('a torn last line is told of, and its trial repeated', async () => {
    const line = `${table} --epochs 1 --out torn`;
    await run(line);
    const figures = figuresIn('torn');
    truncateSync(path('torn/trials.jsonl'), statSync(path('torn/trials.jsonl')).size - 30);
    const { stderr } = await run(line);
    expect(stderr).toMatch(/1 torn line/);
    expect(stderr).toMatch(/4 trials, 3 of them done already/);
    const text = readFileSync(path('torn/trials.jsonl'), 'utf8').split('\n');
    expect(text.filter((one) => one.includes('"figures"') && !one.endsWith('}'))).toHaveLength(1);
    expect(figures).toHaveLength(4);
  });

  test('two processes share a folder, and one report joins them', async () => {
    const line = '--data strokes --seeds 1 --limit 60 --epochs 1 --out shared --json';
    const halves = ['2', '5'].map((of) =>
      start(`reproduce table1 --case ${of} --methods ae ${line}`, { cwd }),
    );
    for (const { ended } of halves) expect(await ended).toMatchObject({ status: 0, stderr: '' });
    const { stdout } = await run('reproduce table1 --report-only --out shared --json');
    const { parts, files } = JSON.parse(stdout) as {
      parts: { cases: string[]; methods: { trials: number }[] }[];
      files: { html: string };
    };
    expect(parts.map(({ cases }) => [...cases].sort())).toEqual([['2', '5']]);
    expect(parts[0]?.methods.map(({ trials }) => trials)).toEqual([2]);
    expect(existsSync(files.html)).toBe(true);
  });

  test('the report repeats the command as a shell takes it, and help has examples', async () => {
    const line = 'reproduce table1 --data strokes --case 2 --methods ae --limit 30 --epochs 1';
    await run(`${line} --out it's --json`);
    const report = readFileSync(path("it's/report.md"), 'utf8');
    expect(report).toMatch(/^ {4}memae reproduce table1 .*--out 'it'\\''s'/m);
    expect((await run('reproduce --help')).stdout).toContain('\nExamples:\n  memae reproduce');
  });

  const data = process.env['MEMAE_DATA'] ?? '';
  test.skipIf(data === '')("Table 3 has the paper's network, figures beside its own", async () => {
    const line =
      'reproduce table3 --limit 1000 --epochs 1 --methods ae,memae --seeds 1 --out kdd --json';
    const { stdout } = await run(line, { env: { MEMAE_DATA: data } });
    const { parts } = JSON.parse(stdout) as {
      parts: readonly { readonly methods: readonly Record<string, unknown>[] }[];
    };
    expect(parts).toHaveLength(1);
    for (const [method, published] of [
      ['ae', 0.9342],
      ['memae', 0.9641],
    ] as const) {
      expect(parts[0]?.methods.find((each) => each['method'] === method)).toMatchObject({
        published: { figures: { f1AtRatio: published } },
        figures: { f1AtRatio: { runs: 1 } },
        options: { 'network.backbone': 'kddcup99', 'network.widths': '60-30-10-3' },
      });
    }
  });

  test.each([
    ['reproduce table9', /'table9' is invalid.*table1, table2, table3, table4, figure7/],
    ['reproduce table1 --methods gan --out x', /DETECTOR_UNKNOWN.*gan/],
    ['reproduce table1 --data strokes --methods ae --case x --out x', /no case x/],
    ['reproduce table1 --data strokes --methods ae --set a.b=1 --out x', /no.* option a\.b/i],
    ['reproduce table1 --data strokes --methods ae', /CLI_USAGE: --out is missing/],
    ['reproduce figure7 --slots many --out x', /--slots takes whole numbers/],
    [
      'reproduce table1 --data , --out x',
      /CLI_USAGE: .*--data.* ',' is invalid. Words with commas/,
    ],
    [
      'reproduce table1 --preset paper --set preset=official --out x',
      /preset is official by --set/,
    ],
    ['reproduce table3 --data own.csv --out x', /own\.csv has no protocols/],
    ['reproduce table1 --case 2,,5 --out x', /CLI_USAGE: .*--case.* '2,,5' is invalid/],
    ['reproduce table1 --methods , --report-only --out x', /CLI_USAGE: .*--methods/],
    ['reproduce figure7 --slots= --out x', /CLI_USAGE: .*--slots/],
    ['reproduce', /CLI_USAGE/],
  ])('%s is refused before any work', async (line, message) => {
    writeFileSync(path('own.csv'), 'a,b\n1,2\n');
    const { status, stderr } = await run(line);
    expect(status).toBe(2);
    expect(stderr).toMatch(message);
    expect(existsSync(path('x/trials.jsonl'))).toBe(false);
  });
});

function checkpointsIn(out: string): string[] {
  const folder = path(`${out}/trials`);
  return readdirSync(folder)
    .map((id) => join(folder, id, 'checkpoint.safetensors'))
    .filter((file) => existsSync(file));
}

async function waitFor(there: () => boolean, ended: Promise<unknown>): Promise<void> {
  const over = ended.then(() => true);
  while (!there()) {
    if (await Promise.race([over, wait(5, false)])) return;
  }
}
