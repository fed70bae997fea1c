// What came of the trials, for the docs: a table each for AUROC and AUPR, mean ± deviation over seeds.

import { summarize } from '@memae/metrics';
import type { Result } from './results.ts';

const measures = { auroc: 'AUROC', aupr: 'AUPR' } as const;

/**
 * Rows are tables and their means, columns methods, in the order in which they come. A mean's deviation is that of the
 * means of the seeds. `heldTo` has a mean of its own.
 */
export function resultsMarkdown(
  results: readonly Result[],
  { heldTo }: { readonly heldTo: readonly string[] },
): string {
  const tables = [...new Set(results.map(({ table }) => table))];
  const methods = [...new Set(results.map(({ method }) => method))];
  const of = (method: string, among: readonly string[]): Result[] =>
    results.filter((result) => result.method === method && among.includes(result.table));
  const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const groups = [
    ['mean of all', tables],
    ['of those chosen on', tables.filter((table) => !heldTo.includes(table))],
    ['of the others', tables.filter((table) => heldTo.includes(table))],
  ] as const;

  const parts = Object.entries(measures).map(([measure, title]) => {
    const cell = (method: string, among: readonly string[]): string =>
      overSeeds(of(method, among), measure as keyof typeof measures);
    return [
      row([title, 'rows: train, normal, anomalous', ...methods]),
      row(['---', '---', ...methods.map(() => '--:')]),
      ...tables.map((table) => {
        const rows = results.find((result) => result.table === table)?.rows;
        const sizes = [rows?.train, rows?.normal, rows?.anomalous].join(', ');
        return row([table, sizes, ...methods.map((method) => cell(method, [table]))]);
      }),
      ...groups
        .filter(([, among]) => among.length > 0)
        .map(([name, among]) => row([name, '', ...methods.map((method) => cell(method, among))])),
    ].join('\n');
  });
  const seconds = methods.map((method) => {
    const { mean } = summarize(of(method, tables).map((result) => result.seconds));
    return `${method} ${mean.toFixed(1)}`;
  });
  return [...parts, `Seconds a table: ${seconds.join(', ')}.`].join('\n\n');
}

/** Each seed's mean over its tables; of these the mean and the deviation. */
function overSeeds(results: readonly Result[], measure: keyof typeof measures): string {
  const seeds = [...new Set(results.map(({ seed }) => seed))];
  const { mean, deviation } = summarize(
    seeds.map((seed) => {
      const values = results.filter((result) => result.seed === seed);
      return summarize(values.map((result) => result[measure])).mean;
    }),
  );
  return `${mean.toFixed(3)} ± ${deviation.toFixed(3)}`.replaceAll('0.', '.');
}
