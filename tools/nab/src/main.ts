// Prints a row a series: AUROC and AUPR of its steps behind the probationary ones, for each method the mean over seeds; then
// the means over series, and NAB's own score.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ae, memae } from '@memae/architectures';
import { ortBackend } from '@memae/backend/ort';
import { averagePrecision, rocAuc, summarize } from '@memae/metrics';
import { type Scored, nabScore } from './nab-score.ts';
import { type NabSeries, readNab } from './read-nab.ts';
import { type ScoreSeries, byForest, byMethod } from './score-series.ts';

const { values } = parseArgs({
  options: {
    data: { type: 'string', default: join(process.env['MEMAE_DATA'] ?? '', 'nab') },
    python: { type: 'string', default: process.env['MEMAE_PYTHON'] ?? 'python3' },
    window: { type: 'string', default: '64' },
    epochs: { type: 'string', default: '100' },
    seeds: { type: 'string', default: '3' },
    only: { type: 'string', default: '' },
    set: { type: 'string', multiple: true, default: [] },
  },
});
const window = Number(values.window);
const options = {
  'training.epochs': Number(values.epochs),
  ...Object.fromEntries(values.set.map((each) => each.split('=', 2) as [string, string])),
};
const print = (cells: readonly string[]): void => {
  console.log(`| ${cells.join(' | ')} |`);
};

const backend = await ortBackend({ threads: 1 }).open();
const folder = await mkdtemp(join(tmpdir(), 'memae-nab-'));
const forest = byForest(values.python);
const methods: Readonly<Record<string, ScoreSeries>> = {
  memae: byMethod(memae, { backend, folder, options }),
  ae: byMethod(ae, { backend, folder, options }),
  IsolationForest: forest.score,
};
const names = Object.keys(methods);
const all = (await readNab(values.data)).filter(({ name }) => name.includes(values.only));

/** In units of the deviation over the probationary steps, alike for each method: NAB has one threshold for all series. */
function forNab({ probation, windows }: NabSeries, scores: Float32Array): Scored {
  const { mean, deviation } = summarize(scores.subarray(0, probation));
  return {
    scores: scores.map((score) => (score - mean) / (deviation || 1)),
    from: probation,
    windows,
  };
}

print(['series', 'steps', ...names.map((name) => `${name} AUROC, AUPR`)]);
print(['---', ...['steps', ...names].map(() => '--:')]);
const figures = names.map((): [auroc: number, aupr: number][] => []);
const nab = names.map((): Scored[][] => []);
for (const series of all) {
  const { name, probation, windows, values: steps } = series;
  const labels = Uint8Array.from(steps, (_, i) =>
    windows.some(([first, last]) => first <= i && i <= last) ? 1 : 0,
  ).subarray(probation);
  const cells: string[] = [];
  for (const [i, method] of Object.values(methods).entries()) {
    const found: [number, number][] = [];
    for (let seed = 1; seed <= Number(values.seeds); seed += 1) {
      const scores = await method(series, { window, seed });
      const counted = scores.subarray(probation);
      found.push([rocAuc(counted, labels), averagePrecision(counted, labels)]);
      ((nab[i] ??= [])[seed - 1] ??= []).push(forNab(series, scores));
    }
    const mean = [0, 1].map((k) => summarize(found.map((each) => each[k] ?? NaN)).mean);
    figures[i]?.push([mean[0] ?? NaN, mean[1] ?? NaN]);
    cells.push(mean.map((value) => value.toFixed(3)).join(', '));
  }
  print([name, String(steps.length - probation), ...cells]);
}
const mean = (each: readonly number[]): number => summarize(each).mean;
print([
  'mean',
  '',
  ...figures.map((rows) =>
    [0, 1].map((k) => mean(rows.map((row) => row[k] ?? NaN)).toFixed(3)).join(', '),
  ),
]);
print([
  "NAB's score",
  '',
  ...nab.map((seeds) => {
    const { mean: middle, deviation } = summarize(seeds.map(nabScore));
    return `${middle.toFixed(1)} ± ${deviation.toFixed(1)}`;
  }),
]);
forest.end();
await rm(folder, { recursive: true });
await backend[Symbol.asyncDispose]();
