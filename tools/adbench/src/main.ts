// Scores ADBench's tables with our methods and Python's, and prints Markdown: AUROC and AUPR, a row a table, means last.
//
//   MEMAE_DATA=… MEMAE_PYTHON=python-with-requirements pnpm --filter @memae/adbench measure --out rows.jsonl
//
// A line of the file is a table, a method and a seed; what it holds already is not measured again. Ours have their
// defaults; `--set name=value` changes an option of them, and `--set scaling=min-max` how columns are scaled.

import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ortBackend } from '@memae/backend/ort';
import { resultsMarkdown } from './markdown.ts';
import { measureTables } from './measure-tables.ts';
import { pythonOf } from './python.ts';

/** By name: our defaults were chosen on the first eight, and are held to the others. */
const chosenOn =
  '2_annthyroid,4_breastw,6_cardio,14_glass,18_Ionosphere,23_mammography,24_mnist,25_musk';
const heldTo =
  '26_optdigits,28_pendigits,31_satimage-2,32_shuttle,34_smtp,38_thyroid,40_vowels,42_WBC';
const { values } = parseArgs({
  options: {
    data: { type: 'string', default: join(process.env['MEMAE_DATA'] ?? '', 'adbench') },
    out: { type: 'string' },
    tables: { type: 'string', default: `${chosenOn},${heldTo}` },
    methods: { type: 'string', default: 'memae,ae,isolation-forest,pyod-autoencoder' },
    seeds: { type: 'string', default: '3' },
    limit: { type: 'string', default: '10000' },
    set: { type: 'string', multiple: true, default: [] },
  },
});
if (values.out === undefined) throw new Error('--out names the file that the rows go to.');

const backend = await ortBackend({ threads: 1 }).open();
const python = pythonOf(process.env['MEMAE_PYTHON'] ?? 'python3');
try {
  const results = await measureTables(values.out, {
    folder: values.data,
    tables: values.tables.split(','),
    methods: values.methods.split(','),
    seeds: Number(values.seeds),
    limit: Number(values.limit),
    options: Object.fromEntries(
      values.set.map((each) => {
        const [name = '', ...value] = each.split('=');
        return [name, value.join('=')];
      }),
    ),
    backend,
    python,
    clock: () => performance.now(),
    onResult: ({ table, method, seed, auroc, aupr }) => {
      console.error(`${table} ${method} ${seed}: ${auroc.toFixed(3)} ${aupr.toFixed(3)}`);
    },
  });
  console.log(resultsMarkdown(results, { heldTo: heldTo.split(',') }));
} finally {
  python.close();
  await backend[Symbol.asyncDispose]();
}
