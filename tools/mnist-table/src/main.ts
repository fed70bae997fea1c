// Trains every method on every digit and seed, a line of JSON a run, and prints the table so far.
// A run that is in the file already is not repeated, so the table can be stopped and continued.
//
//   MEMAE_DATA=… pnpm table [--out table.jsonl] [--seeds 1,2,3] [--methods ae,memae-nonspar,memae]
//                           [--digits 0,…,9] [--preset paper] [--set training.epochs=20]… [--data mnist] [--threads 1]
//                           [--against anomalies | turned]

import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { architectures } from '@memae/architectures';
import { ortBackend } from '@memae/backend/ort';
import { oneClassSplit, openPool } from '@memae/datasets';
import { createRandom } from '@memae/graph';
import { averagePrecision, rocAuc, summarize } from '@memae/metrics';
import { type RawOptions, createRegistry, scoreDataset } from '@memae/training';
import { scoreTurned } from './turned.ts';

interface Row {
  readonly data: string;
  readonly method: string;
  /** The options named on the command line, the preset among them. */
  readonly options: RawOptions;
  readonly digit: string;
  readonly seed: number;
  readonly auroc: number;
  readonly aupr: number;
  readonly seconds: number;
  /** What the last epoch reported. */
  readonly last: Readonly<Record<string, number>>;
}

const { values } = parseArgs({
  options: {
    out: { type: 'string', default: 'mnist-table.jsonl' },
    data: { type: 'string', default: 'mnist' },
    seeds: { type: 'string', default: '1,2,3' },
    methods: { type: 'string', default: 'ae,memae-nonspar,memae' },
    digits: { type: 'string', default: '0,1,2,3,4,5,6,7,8,9' },
    preset: { type: 'string' },
    threads: { type: 'string', default: '1' },
    against: { type: 'string', default: 'anomalies' },
    set: { type: 'string', multiple: true, default: [] },
  },
});
const options: RawOptions = {
  ...Object.fromEntries(values.set.map((text) => text.split('=') as [string, string])),
  ...(values.preset === undefined ? {} : { preset: values.preset }),
};
const turned = values.against === 'turned';
const data = turned ? `${values.data} turned` : values.data;
const keyOf = (row: Pick<Row, 'data' | 'method' | 'options' | 'digit' | 'seed'>): string =>
  [row.data, row.method, JSON.stringify(row.options), row.digit, row.seed].join(' ');
const rows: Row[] = existsSync(values.out)
  ? readFileSync(values.out, 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Row)
  : [];
const done = new Set(rows.map(keyOf));

const registry = createRegistry(architectures);
const methods = values.methods.split(',').map((id) => registry.get(id));
const root = process.env['MEMAE_DATA'];
const pool = await openPool(values.data, root === undefined ? {} : { root });
const backend = await ortBackend({ threads: Number(values.threads) }).open();

for (const seed of values.seeds.split(',').map(Number)) {
  for (const digit of values.digits.split(',')) {
    for (const method of methods) {
      const run = { data, method: method.id, options, digit, seed };
      if (done.has(keyOf(run))) continue;
      const started = performance.now();
      const random = createRandom(seed);
      const split = oneClassSplit({ ...pool, normal: digit, random: random.fork('split') });
      const detector = await method.createFrom(options).fit(split.train, {
        backend,
        random: random.fork('fit'),
        validation: split.validation,
      });
      const { scores, labels } = await (turned
        ? scoreTurned(detector, split.validation)
        : scoreDataset(detector, split.test));
      await detector[Symbol.asyncDispose]();
      const row: Row = {
        ...run,
        auroc: rocAuc(scores, labels),
        aupr: averagePrecision(scores, labels),
        seconds: (performance.now() - started) / 1000,
        last: detector.history.at(-1)?.values ?? {},
      };
      rows.push(row);
      appendFileSync(values.out, `${JSON.stringify(row)}\n`);
      console.error(`${method.id} digit ${digit} seed ${seed}: ${row.auroc.toFixed(4)}`);
    }
  }
}

const settings = new Map<string, Row[]>();
for (const row of rows) {
  const name = [row.method, ...Object.entries(row.options).map((pair) => pair.join('='))].join(' ');
  settings.set(name, [...(settings.get(name) ?? []), row]);
}
const digits = [...new Set(rows.map((row) => row.digit))].sort();
console.log(['| AUROC', ...digits, 'mean ± deviation over seeds | AUPR |'].join(' | '));
console.log(`|---|${digits.map(() => '---|').join('')}---|---|`);
for (const [name, mine] of settings) {
  const mean = (some: readonly Row[], value: (row: Row) => number): number =>
    summarize(some.map(value)).mean;
  const perDigit = digits.map((digit) => {
    const some = mine.filter((row) => row.digit === digit);
    return some.length === 0 ? '–' : mean(some, (row) => row.auroc).toFixed(3);
  });
  const seeds = [...new Set(mine.map((row) => row.seed))];
  const averages = seeds.map((seed) =>
    mean(
      mine.filter((row) => row.seed === seed),
      (row) => row.auroc,
    ),
  );
  const { mean: average, deviation } = summarize(averages);
  const aupr = mean(mine, (row) => row.aupr).toFixed(4);
  console.log(
    `| ${[name, ...perDigit, `${average.toFixed(4)} ± ${deviation.toFixed(4)}`, aupr].join(' | ')} |`,
  );
}
