import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { architectures } from '@memae/architectures';
import { type Backend, openBackend } from '@memae/backend';
import { ortBackend } from '@memae/backend/ort';
import { type Registry, createRegistry, encodeCheckpoint } from '@memae/training';
import { parseHTML } from 'linkedom';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasBrowser, openOffline } from '../testing/browser.ts';
import { reachesOut, unclosed } from '../testing/markup.ts';
import { type TrialRow, readRows } from '../trials/rows.ts';
import type { Request } from './plan.ts';
import { type ReproduceProgress, reportOn, reproduce } from './reproduce.ts';
import type { Written } from './write-reports.ts';

let folder: string;
let backend: Backend;
const happened: ReproduceProgress[] = [];

/** The smallest Table 1: few drawn digits, one epoch. */
const small: Request = {
  data: ['strokes'],
  methods: ['ae', 'memae'],
  cases: ['2', '5'],
  seeds: 2,
  options: { 'training.epochs': 1, 'memory.shrinkage': 1 },
  reading: { limit: 60 },
};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'memae-reproduce-'));
  backend = await openBackend([ortBackend()]);
});
afterAll(async () => {
  await backend[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

function run(experiment: string, { out, ...request }: Request & { out: string }): Promise<Written> {
  happened.length = 0;
  let now = 0;
  return reproduce({
    experiment,
    out: join(folder, out),
    request,
    registry: createRegistry(architectures),
    backend,
    clock: () => (now += 50),
    about: { hardware: 'abacus', versions: { memae: '0.0.0' }, command: 'memae reproduce …' },
    onProgress: (progress) => happened.push(progress),
  });
}

const finished = (): string[] =>
  happened.flatMap((event) =>
    event.kind === 'row' ? [`${event.row.trial.case} ${event.row.trial.method}`] : [],
  );

describe('Table 1 on drawn digits', () => {
  let written: Written;
  let page: string;
  beforeAll(async () => {
    written = await run('table1', { ...small, out: 'images' });
    page = await readFile(written.files.html, 'utf8');
  });

  it('runs each trial once, and says how long is left', () => {
    expect(happened.slice(0, 2)).toEqual([
      { kind: 'data', data: 'strokes' },
      { kind: 'plan', trials: 8, done: 0, torn: 0 },
    ]);
    expect(finished()).toEqual([
      ...['2 ae', '2 memae', '5 ae', '5 memae'],
      ...['2 ae', '2 memae', '5 ae', '5 memae'],
    ]);
    const last = happened.findLast((event) => event.kind === 'row');
    expect(last).toMatchObject({ done: 8, trials: 8, secondsLeft: 0 });
  });

  it('averages over cases, and takes the spread over seeds', async () => {
    const { rows } = await readRows(join(folder, 'images', 'trials.jsonl'));
    const [part] = written.findings.parts;
    const memae = part?.methods.find(({ method }) => method === 'memae');
    const bySeed = [1, 2].map((seed) => {
      const mine = rows.filter(({ trial }) => trial.method === 'memae' && trial.seed === seed);
      return mine.reduce((sum, { figures }) => sum + (figures['auroc'] ?? NaN), 0) / mine.length;
    });
    const [a = NaN, b = NaN] = bySeed;
    expect(memae?.figures['auroc']?.mean).toBeCloseTo((a + b) / 2, 12);
    expect(memae?.figures['auroc']?.deviation).toBeCloseTo(Math.abs(a - b) / Math.SQRT2, 12);
    expect(part).toMatchObject({ name: 'strokes', cases: ['2', '5'], seeds: [1, 2] });
    expect(part?.cuts).toEqual(
      expect.arrayContaining(['2 seeds in place of 3', 'training.epochs is 1 in place of 20']),
    );
    expect(JSON.parse(await readFile(written.files.json, 'utf8'))).toEqual(
      JSON.parse(JSON.stringify(written.findings)),
    );
  });

  it('splits alike for all methods, and leaves pictures of the first seed', async () => {
    const { rows } = await readRows(join(folder, 'images', 'trials.jsonl'));
    expect(new Set(rows.map(({ data }) => JSON.stringify({ ...data, protocol: '' }))).size).toBe(1);
    const { document } = parseHTML(page);
    // Two cases, three samples of each kind, an input and for two methods a drawing and its errors.
    expect(document.querySelectorAll('#figure-1 img')).toHaveLength(2 * 6 * 5 + 1);
    expect(document.querySelectorAll('figure')).toHaveLength(3);
  });

  it('tells in the page and in Markdown what the findings say', async () => {
    const { document } = parseHTML(page);
    const markdown = await readFile(written.files.markdown, 'utf8');
    const [part] = written.findings.parts;
    const cells = [...document.querySelectorAll('.merit tbody tr')].map((row) =>
      [...row.querySelectorAll('th, td')].map((cell) => cell.textContent),
    );
    for (const { label, figures } of part?.methods ?? []) {
      const { mean = NaN, deviation = NaN } = figures['auroc'] ?? {};
      const told = `${mean.toFixed(4).slice(1)} ±\u00a0${deviation.toFixed(4).slice(1)}`;
      expect(cells.find(([name]) => name === label)?.[1]).toBe(told);
      expect(markdown).toContain(`| ${label} | ${told} |`);
    }
    for (const text of ['abacus', 'memae reproduce …', 'only 2 of 10 cases']) {
      const body = document.body.textContent;
      expect({ text, page: body.includes(text), markdown: markdown.includes(text) }).toEqual({
        ...{ text, page: true, markdown: true },
      });
    }
  });

  it('is a page that holds all it needs', () => {
    expect(unclosed(page)).toEqual([]);
    expect(reachesOut(page)).toEqual([]);
  });

  it.skipIf(!hasBrowser)(
    'opens offline in Chromium (skipped where it is not installed)',
    async () => {
      for (const seen of await openOffline(page, [1280, 390])) {
        const { width } = seen;
        expect(seen).toMatchObject({ width, wrong: [], picturesNotDrawn: 0, scrollWidth: width });
      }
    },
    60_000,
  );

  it('runs nothing again, and what was torn once more', async () => {
    const file = join(folder, 'images', 'trials.jsonl');
    await run('table1', { ...small, out: 'images' });
    expect(happened.slice(1)).toEqual([{ kind: 'plan', trials: 8, done: 8, torn: 0 }]);
    expect(await readFile(written.files.html, 'utf8')).toBe(page);
    const whole = await readFile(file, 'utf8');
    await rm(file);
    await appendFile(file, whole.slice(0, -40));
    await run('table1', { ...small, out: 'images' });
    expect(happened[1]).toMatchObject({ trials: 8, done: 7, torn: 1 });
    expect(finished()).toHaveLength(1);
    const rows = (text: string) => text.trimEnd().split('\n').slice(0, 7);
    expect(rows(await readFile(file, 'utf8'))).toEqual(rows(whole));
  }, 60_000);

  it('runs a trial again whose method has other defaults now', async () => {
    const file = join(folder, 'images', 'trials.jsonl');
    const [first, ...others] = (await readFile(file, 'utf8')).split('\n');
    const row = JSON.parse(first ?? '') as TrialRow;
    const before = { ...row, options: { ...row.options, 'training.rate': 9 } };
    await writeFile(file, [JSON.stringify(before), ...others].join('\n'));
    const report = (registry?: Registry) =>
      reportOn(join(folder, 'images'), {
        ...{ experiment: 'table1', request: {} },
        ...(registry && { registry }),
      });
    const told = await report(createRegistry(architectures));
    expect(told.findings.outdatedTrials).toBe(1);
    expect(told.findings.parts[0]?.methods.map(({ trials }) => trials).sort()).toEqual([3, 4]);
    expect(told.text).toMatch(/Left out, too: 1 trial of other defaults/);
    expect((await report()).findings.outdatedTrials).toBe(0);
    await run('table1', { ...small, out: 'images' });
    expect(finished()).toEqual([`${row.trial.case} ${row.trial.method}`]);
    const { rows } = await readRows(file);
    expect(rows.find(({ id }) => id === row.id)?.options).toEqual(row.options);
  }, 60_000);

  it('runs a trial again that is of another edition of the data, and joins none of both', async () => {
    const file = join(folder, 'images', 'trials.jsonl');
    const { rows } = await readRows(file);
    const [first, ...others] = rows as [TrialRow, ...TrialRow[]];
    const older = { ...first, data: { ...first.data, name: 'strokes, drawn by hand' } };
    await writeFile(file, [older, ...others].map((row) => `${JSON.stringify(row)}\n`).join(''));
    const { findings } = await reportOn(join(folder, 'images'), {
      ...{ experiment: 'table1', request: {} },
    });
    expect(findings.parts[0]?.name).toBe('strokes');
    expect(findings.outdatedTrials).toBe(1);
    await run('table1', { ...small, out: 'images' });
    expect(finished()).toEqual([`${first.trial.case} ${first.trial.method}`]);
  }, 60_000);

  it('runs trials again of other data under the same name, and joins none of both', async () => {
    const file = join(folder, 'images', 'trials.jsonl');
    const { rows } = await readRows(file);
    expect(new Set(rows.map(({ data }) => data.fingerprint)).size).toBe(1);
    const older = rows.map((row) =>
      row.trial.case === '2' ? { ...row, data: { ...row.data, fingerprint: 'of others' } } : row,
    );
    await writeFile(file, older.map((row) => `${JSON.stringify(row)}\n`).join(''));
    await run('table1', { ...small, seeds: 1, out: 'images' });
    expect(finished()).toEqual(['2 ae', '2 memae']);
    // Those of the second seed are left out until they are asked for.
    const { findings } = await reportOn(join(folder, 'images'), {
      ...{ experiment: 'table1', request: {} },
    });
    expect(findings.parts[0]?.methods.map(({ trials }) => trials)).toEqual([3, 3]);
    expect(findings.outdatedTrials).toBe(2);
    await run('table1', { ...small, out: 'images' });
    expect(finished()).toEqual(['2 ae', '2 memae']);
  }, 60_000);

  it('reports on the data asked for, and on all of their trials', async () => {
    const report = (request: Request) =>
      reportOn(join(folder, 'images'), { experiment: 'table1', request });
    expect((await report({ data: ['strokes'] })).findings.parts).toHaveLength(1);
    await expect(report({ data: ['strokes', 'mnist'] })).rejects.toThrow(
      /no finished trial of table1 on mnist/,
    );
    await expect(report({ methods: ['ae'], seeds: 1 })).rejects.toThrow(/methods, seeds cannot be/);
  });

  it('joins trials of equal budget only, and says what it left out', async () => {
    const other = { ...small, methods: ['ae'], cases: ['2'], seeds: 1, reading: { limit: 40 } };
    const { findings } = await run('table1', { ...other, out: 'images' });
    expect(findings.parts.map(({ methods }) => methods.map(({ trials }) => trials))).toEqual([[1]]);
    expect(findings.otherTrials).toBe(8);
    const request = { reading: { limit: 60 }, options: small.options ?? {}, data: ['strokes'] };
    const again = await reportOn(join(folder, 'images'), { experiment: 'table1', request });
    expect(again.findings.parts[0]?.methods.map(({ trials }) => trials)).toEqual([4, 4]);
    const last = await reportOn(join(folder, 'images'), { experiment: 'table1', request: {} });
    expect(last.findings.parts[0]?.methods.map(({ trials }) => trials)).toEqual([1]);
    expect(last.text).toMatch(/8 more trials of other data or settings/);
  }, 60_000);
});

it('tests settings on turned samples beside no published figure, and tells the protocol', async () => {
  const few = { ...small, methods: ['ae'], cases: ['2'], seeds: 1 };
  const reading = { limit: 60, against: 'turned' } as const;
  const { findings } = await run('table1', { ...few, reading, out: 'turned' });
  const { rows } = await readRows(join(folder, 'turned', 'trials.jsonl'));
  // Each of four held out, and four moved ones of each.
  expect(rows[0]?.data).toMatchObject({ validation: 4, test: 20, anomalies: 16 });
  expect(findings.parts[0]?.protocols['2']).toBe(
    '2 is normal; two thirds of it to learn from, 10 % of that held out; ' +
      'tested on the held-out samples, mirrored and turned ones being anomalous',
  );
}, 60_000);

it('tells of the epoch whose parameters early stopping kept', async () => {
  const options = { 'training.epochs': 30, 'training.patience': 2, 'training.rate': 0.05 };
  const few = { ...small, methods: ['ae'], cases: ['2'], seeds: 1, options };
  await run('table1', { ...few, out: 'early' });
  const epochs = happened.flatMap((event) => (event.kind === 'epoch' ? [event.report.values] : []));
  const losses = epochs.map(({ validationLoss = NaN }) => validationLoss);
  const best = losses.indexOf(Math.min(...losses));
  expect(best).toBe(losses.length - 3);
  const [row] = (await readRows(join(folder, 'early', 'trials.jsonl'))).rows;
  expect(row?.history).toMatchObject({ epochs: losses.length, last: epochs[best] });
}, 60_000);

it('starts a trial anew, with a warning, whose checkpoint is of other settings', async () => {
  const few = { ...small, methods: ['ae'], cases: ['2'], seeds: 1, reading: { limit: 40 } };
  await run('table1', { ...few, out: 'left' });
  const file = join(folder, 'left', 'trials.jsonl');
  const [first] = (await readRows(file)).rows;
  await rm(file);
  const checkpoint = join(folder, 'left', 'trials', first?.id ?? '', 'checkpoint.safetensors');
  const progress = {
    ...{ fingerprint: { 'training.epochs': 7 }, epoch: 0, stepInEpoch: 0, step: 0 },
    ...{ sums: { samples: 0, totals: {}, seen: {} }, history: [], best: null },
  };
  await writeFile(checkpoint, encodeCheckpoint({ parameters: new Map(), progress }));
  await run('table1', { ...few, out: 'left' });
  const [again] = (await readRows(file)).rows;
  expect(again?.figures).toEqual(first?.figures);
  const warning = expect.stringMatching(/belongs to another run.*It is removed/) as string;
  expect(again?.warnings).toEqual([warning]);
  expect(happened).toContainEqual(expect.objectContaining({ kind: 'warning', message: warning }));
}, 60_000);

describe('what is refused', () => {
  it('a report of nothing', async () => {
    const asked = reportOn(join(folder, 'images'), { experiment: 'table3', request: {} });
    await expect(asked).rejects.toMatchObject({ code: 'EXPERIMENT_NO_ROWS' });
  });

  it('data of another kind, before any work', async () => {
    await expect(run('table2', { data: ['strokes'], methods: ['ae'], out: 'no' })).rejects.toThrow(
      /table2 is about video data|ae takes image/,
    );
  });

  it('a way of reading that the data do not have', async () => {
    const asked = run('table1', { ...small, reading: { stride: 2 }, out: 'no' });
    await expect(asked).rejects.toThrow(/strokes cannot be read by another stride.*limit/);
  });

  it.each([
    ['table1', 'strokes', 'jpeg', /strokes cannot be read by another edition/],
    ['table2', 'moving-shapes', 'npy', /moving-shapes cannot be read by another edition/],
    ['table1', 'cifar10', 'png', /cifar10 has the editions binary and jpeg, but png came/],
  ])('%s on %s of an edition %s that it has not', async (id, data, edition, message) => {
    const asked = run(id, { data: [data], methods: ['memae'], reading: { edition }, out: 'no' });
    await expect(asked).rejects.toThrow(message);
  });

  it('a folder that cannot be written', async () => {
    const out = join('images', 'report.html', 'x');
    await expect(run('table1', { ...small, out })).rejects.toMatchObject({
      code: 'EXPERIMENT_UNWRITABLE',
    });
  });
});
