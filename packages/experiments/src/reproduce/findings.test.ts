import { describe, expect, it } from 'vitest';
import { findingsMarkdown } from '../report/findings-markdown.ts';
import { rowOf } from '../testing/rows.ts';
import type { TrialRow } from '../trials/rows.ts';
import { findExperiment } from './experiments.ts';
import { type Findings, findingsOf } from './findings.ts';

/** What the report of an experiment says of rows. */
function report(id: string, rows: readonly TrialRow[]): Findings & { readonly text: string } {
  const chosen = [...new Map(rows.map(({ trial }) => [trial.data, trial])).values()];
  const findings = findingsOf(findExperiment(id), { rows, chosen, outdated: 0, torn: 0 });
  return { ...findings, text: findingsMarkdown(findings) };
}

const figuresOf = ({ parts }: Findings) =>
  parts.flatMap(({ methods }) => methods.map(({ figures }) => figures['auroc']));

describe('seeds that did not run on the same cases', () => {
  const of = (method: string) => ({
    first: [rowOf({ method, case: '2', auroc: 0.9 }), rowOf({ method, case: '5', auroc: 0.5 })],
    second: [rowOf({ method, case: '2', auroc: 0.9, seed: 2 })],
  });
  const { first, second } = of('memae');

  it('are left out of means, and told of', () => {
    const ae = of('ae');
    const found = report('table1', [...ae.first, ...ae.second, ...first, ...second]);
    const { text, parts } = found;
    const once = { mean: 0.7, runs: 1 };
    expect(figuresOf(found)).toMatchObject([once, once]);
    expect(text).toContain('strokes: the mean over 2 cases of one seed. Not all seeds ran on all');
    expect(text).toContain('1 seed in place of 3; seed 2 of AE and MemAE ran on 1 of 2 cases and');
    expect(parts[0]?.methods[0]?.byCase['2']?.['auroc']?.runs).toBe(2);
    const busy = { ...second[0], history: { epochs: 2, first: {}, last: { itemsInUse: 100 } } };
    const [memae] =
      report('table1', [...first, busy as TrialRow]).parts[0]?.methods.slice(-1) ?? [];
    expect(memae?.lastEpoch['itemsInUse']).toBe(40);
  });

  it('have a mean, but no spread, where none ran on all', () => {
    const { text, ...findings } = report('table1', [...first.slice(1), ...second]);
    expect(figuresOf(findings)).toMatchObject([{ mean: 0.7, runs: 1 }]);
    expect(text).toContain('the mean over 2 cases as far as they ran. Not all seeds');
    expect(text).toMatch(/no whole seed in place of 3; seed 1 of MemAE ran .* without deviation/);
  });

  it('leave the mean and the spread of those that did', () => {
    const third = ['2', '5'].map((name) => rowOf({ case: name, auroc: 0.8, seed: 3 }));
    const { text, ...findings } = report('table1', [...first, ...second, ...third]);
    expect(figuresOf(findings)).toMatchObject([{ mean: 0.75, runs: 2, low: 0.7, high: 0.8 }]);
    expect(text).toContain('the mean over 2 cases, with its deviation over 2 seeds. Not all seeds');
  });
});

it('of turned samples there is no published figure', () => {
  const rows = ['ae', 'memae'].map((method) => rowOf({ data: 'mnist', method }));
  const turned = rows.map((row) => {
    const budget = { ...row.trial.budget, reading: { against: 'turned' as const } };
    return { ...row, trial: { ...row.trial, budget } };
  });
  expect(report('table1', rows).text).toMatch(/AUROC \| paper.*\.9751/s);
  expect(report('table1', rows).text).toContain('The paper’s figures: ');
  expect(report('table1', turned).text).not.toMatch(/paper \||\.9751|The paper’s figures/);
});

it('what differs between the protocols of seeds is told with its seeds', () => {
  const rows = ['03', '08', '03'].map((video, i) => {
    const row = rowOf({ seed: i + 1 });
    const protocol = `clips of 16; validation: the video ${video}; no labels`;
    return { ...row, data: { ...row.data, protocol } };
  });
  expect(report('table1', rows).parts[0]?.protocols).toEqual({
    '2': 'clips of 16; validation: the video 03 (seed 1, 3), validation: the video 08 (seed 2); no labels',
  });
});

describe('protocols of tables', () => {
  const rowsOf = (of: string, f1: number): TrialRow[] =>
    [1, 2].map((seed) => {
      const row = rowOf({ data: 'kddcup99', case: of, seed });
      const data = { ...row.data, modality: 'tabular' as const, protocol: `protocol ${of}: …` };
      return { ...row, data, figures: { f1AtRatio: f1 } };
    });

  it('have a table each, the paper’s figures beside its own protocol only', () => {
    const { parts, text } = report('table3', [...rowsOf('B', 0.7), ...rowsOf('A', 0.9)]);
    const found = parts.map(({ title, cases, methods, protocols }) => ({
      ...{ title, cases, protocols },
      f1: methods.at(-1)?.figures['f1AtRatio']?.mean,
      published: methods.filter(({ published }) => published !== undefined).length,
    }));
    const named = (of: string) => ({
      ...{ title: `kddcup99, protocol ${of}`, cases: [of] },
      protocols: { [of]: `protocol ${of}: …` },
    });
    expect(found).toEqual([
      { ...named('A'), f1: 0.9, published: 7 },
      { ...named('B'), f1: 0.7, published: 0 },
    ]);
    const [ofA = '', ofB = ''] = text.split('## kddcup99, protocol ').slice(1);
    expect(ofA).toContain(
      'kddcup99, protocol A: the figure, with its deviation over 2 seeds, beside',
    );
    expect(ofA).not.toContain('is not the paper’s');
    expect(ofB).toContain('kddcup99, protocol B: the figure, with its deviation over 2 seeds.');
    expect(ofB).toContain('- **Protocol**: protocol B: …\n');
    expect(ofB).toContain('protocol B is not the paper’s, so none of its figures stand beside');
  });
});

describe('names that the user gave', () => {
  it('are shown as they are in Markdown', () => {
    const rows = ['<b>`a|b`&amp;', '[x](y)*\n# z\\'].map((name) => rowOf({ case: name }));
    const { text } = report('table1', rows);
    expect(text).toContain(String.raw`| \<b>\`a\|b\`\&amp; | .5000 |`);
    expect(text).toContain(String.raw`| \[x](y)\* # z\\ | .5000 |`);
    expect(text).toContain(String.raw`- **Cases**: \[x](y)\* # z\\, \<b>\`a\|b\`\&amp;`);
  });

  it('tell folders of one name apart by their paths', () => {
    const rows = ['/p1/pics', '/p2/pics'].map((data) => {
      const row = rowOf({ data });
      return { ...row, data: { ...row.data, name: 'pics' } };
    });
    const { text } = report('table1', rows);
    for (const path of ['/p1/pics', '/p2/pics']) {
      expect(text).toContain(`## ${path}\n\n${path}: the figure of one seed`);
      expect(text).toContain(`- **Data**: ${path}\n`);
    }
  });
});
