// What is told in tables: the figures of merit, and all it takes to repeat them.

import type { Comparison, MethodOutcome } from '../compare/comparison.ts';
import { type Content, type Markup, html } from './html.ts';
import { duration, figure, measured, percent, whole } from './words.ts';

interface Row {
  readonly name: string;
  readonly about: string;
  readonly value: (method: MethodOutcome) => number;
  readonly format: (value: number) => string;
  /** Whether the highest or the lowest is the best; neither, where it is no matter of merit. */
  readonly best?: 'highest' | 'lowest';
}

const rows: readonly Row[] = [
  {
    name: 'AUROC',
    about: 'how often an anomaly scores above a normal sample; 0.5 is chance',
    value: ({ auroc }) => auroc,
    format: figure,
    best: 'highest',
  },
  {
    name: 'AUPR',
    about: 'precision, averaged over all degrees of recall; chance is the share of anomalies',
    value: ({ aupr }) => aupr,
    format: figure,
    best: 'highest',
  },
  {
    name: 'F1 max',
    about: 'precision and recall in one, at the threshold that flatters most',
    value: ({ f1Max }) => f1Max,
    format: figure,
    best: 'highest',
  },
  {
    name: 'Anomalies caught',
    about: 'at the threshold, which was chosen on normal samples alone',
    value: ({ confusion }) => confusion.recall,
    format: percent,
    best: 'highest',
  },
  {
    name: 'False alarms',
    about: 'normal samples flagged at the same threshold',
    value: ({ confusion: { falsePositives, trueNegatives } }) =>
      falsePositives / (falsePositives + trueNegatives),
    format: percent,
    best: 'lowest',
  },
  {
    name: 'Training',
    about: 'time for the same number of epochs on the same samples',
    value: ({ seconds }) => seconds,
    format: duration,
  },
  {
    name: 'Export',
    about:
      'largest relative difference between the trainer’s scores and those of the exported file',
    value: ({ exported }) => exported.largestDifference,
    format: (value) => (value === 0 ? 'none' : value.toExponential(1)),
  },
];

/** A line a method: its figures of merit, its size and what its training took. */
export function meritTable({ methods, data }: Comparison): Markup {
  return html`<div class="scroll">
    <table class="merit">
      <caption>
        <b>Table 1.</b>
        Figures of merit on ${whole(data.test)} test samples, ${whole(data.anomalies)} of them
        anomalous. The best of each is bold.
      </caption>
      <thead>
        <tr>
          <th scope="col">Measure</th>
          ${methods.map(({ label }) => html`<th scope="col">${label}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows.map(meritRow(methods))}
      </tbody>
    </table>
  </div>`;
}

function meritRow(methods: readonly MethodOutcome[]): (row: Row) => Markup {
  return ({ name, about, value, format, best }) => {
    const values = methods.map(value);
    const winner = best && (best === 'highest' ? Math.max(...values) : Math.min(...values));
    const tie = values.every((other) => format(other) === format(values[0] ?? 0));
    return html`<tr>
      <th scope="row">${name}<span>${about}</span></th>
      ${values.map(
        (one) => html`<td ${one === winner && !tie && html`class="best"`}>${format(one)}</td>`,
      )}
    </tr>`;
  };
}

/** Names and values, a line each. */
export function factsTable(
  caption: Content,
  facts: readonly (readonly [string, Content])[],
): Markup {
  return html`<table class="facts">
    <caption>
      ${caption}
    </caption>
    <tbody>
      ${facts.map(
        ([name, value]) =>
          html`<tr>
            <th scope="row">${name}</th>
            <td>${value}</td>
          </tr>`,
      )}
    </tbody>
  </table>`;
}

/** Every option with its value for each method. */
export function optionsTable({ methods, budget }: Comparison): Markup {
  const names = [...new Set(methods.flatMap(({ options }) => Object.keys(options)))].sort();
  const fixed = Object.keys(budget);
  return html`<div class="scroll">
    <table class="facts">
      <caption>
        <b>Table 3.</b>
        Options. ${fixed.length > 0 && `Given to all alike: ${fixed.join(', ')}; the`}
        ${fixed.length === 0 && 'The'} others are each method’s own.
      </caption>
      <thead>
        <tr>
          <th scope="col">Option</th>
          ${methods.map(({ label }) => html`<th scope="col">${label}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${names.map(
          (name) =>
            html`<tr>
              <th scope="row"><code>${name}</code></th>
              ${methods.map(({ options }) => html`<td>${String(options[name] ?? '–')}</td>`)}
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}

/** Where the test, the threshold and the figures come from. */
export function runFacts(
  { data, seed, engine, seconds, methods }: Comparison,
  versions: Readonly<Record<string, string>>,
): Markup {
  return factsTable(html`<b>Table 2.</b> The run.`, [
    ['Data', `${data.name}, normal: “${data.normal}”`],
    [
      'Samples',
      html`${whole(data.train)} for training, ${whole(data.validation)} for validation,
      ${whole(data.test)} for the test (${whole(data.anomalies)} anomalous)`,
    ],
    ['Fingerprint', html`<code>${data.fingerprint}</code>`],
    ['Seed', seed],
    [
      'Thresholds',
      methods.map(({ label, threshold }) => `${label} ${measured(threshold.value)}`).join(', '),
    ],
    ['Engine', engine],
    ['Time', duration(seconds)],
    [
      'Versions',
      Object.entries(versions)
        .map(([name, version]) => `${name} ${version}`)
        .join(', '),
    ],
  ]);
}
