// Prints a row a table: the real rate of false alarms for each rule and each rate that was asked for, in percent.

import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type TableScores, drawRows, readAdbench, scoreTable } from '@memae/adbench';
import { memae } from '@memae/architectures';
import { ortBackend } from '@memae/backend/ort';
import { createRandom } from '@memae/graph';
import { type ThresholdChoice, normalRules, rocAuc } from '@memae/metrics';
import { falseAlarms, inPercent } from './false-alarms.ts';

const tenTables =
  '2_annthyroid,4_breastw,6_cardio,23_mammography,24_mnist,26_optdigits,28_pendigits,32_shuttle,38_thyroid,40_vowels';
const { values } = parseArgs({
  options: {
    data: { type: 'string', default: join(process.env['MEMAE_DATA'] ?? '', 'adbench') },
    tables: { type: 'string', default: tenTables },
    seeds: { type: 'string', default: '5' },
    cuts: { type: 'string', default: '100' },
    limit: { type: 'string', default: '12000' },
  },
});
const rates = [0.01, 0.05, 0.1];
const choices: readonly ThresholdChoice[] = [
  ...normalRules.flatMap((rule) => rates.map((rate) => ({ rule, falseAlarms: rate }))),
  { rule: 'f1' },
];
const titles = choices.map((choice) =>
  choice.rule === 'f1' ? 'f1' : `${choice.rule} ${100 * choice.falseAlarms} %`,
);
const print = (cells: readonly string[]): void => {
  console.log(`| ${cells.join(' | ')} |`);
};

print(['table', 'normal rows a part', 'AUROC', ...titles]);
print(['---', ...['', '', ...titles].map(() => '--:')]);
const backend = await ortBackend({ threads: 1 }).open();
const means: number[][] = [];
for (const name of values.tables.split(',')) {
  const labelled = await readAdbench(values.data, name);
  const runs: TableScores[] = [];
  for (let seed = 1; seed <= Number(values.seeds); seed += 1) {
    const random = createRandom(seed).fork(name);
    const rows = drawRows(labelled, { random: random.fork('rows'), limit: Number(values.limit) });
    const options = { method: memae, backend, random: random.fork('fit') };
    runs.push(await scoreTable({ table: labelled.table, rows }, options));
  }
  const found = choices.map((choice) =>
    runs.flatMap((scores, seed) =>
      falseAlarms(scores, { choice, random: createRandom(seed), cuts: Number(values.cuts) }),
    ),
  );
  const aurocs = runs.map(({ normal, anomalous }) =>
    rocAuc([...normal, ...anomalous], [...normal.map(() => 0), ...anomalous.map(() => 1)]),
  );
  const size = Math.floor((runs[0]?.normal.length ?? 0) / 2);
  const auroc = aurocs.reduce((a, b) => a + b, 0) / aurocs.length;
  print([name, String(size), auroc.toFixed(3), ...found.map(inPercent)]);
  means.push(found.map((shares) => shares.reduce((a, b) => a + b, 0) / shares.length));
}
const overTables = choices.map((_, i) =>
  inPercent(means.flatMap((row) => row[i] ?? []).filter(Number.isFinite)),
);
print(['mean ± deviation of tables', '', '', ...overTables]);
await backend[Symbol.asyncDispose]();
