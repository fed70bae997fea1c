// The findings as tables of words, the same for a page and for Markdown.

import type { Summary } from '@memae/metrics';
import type { DataFindings } from '../reproduce/findings.ts';
import type { MethodFindings } from '../reproduce/method-findings.ts';
import { type Measure, isOfMemory, mainMeasureOf } from '../trials/measures.ts';

export interface WordTable {
  readonly caption: string;
  readonly head: readonly string[];
  readonly rows: readonly WordRow[];
}

interface WordRow {
  readonly name: string;
  readonly cells: readonly string[];
  /** The method under study. */
  readonly study?: boolean;
}

/** What stands for a figure that is not there. */
const none = '–';

/** Marks published figures that were not held against a public source. */
export const recalled = '†';

/** Our figures, and beside those that the paper has, its own. */
export function resultTable({ methods, ...part }: DataFindings): WordTable {
  const measures = part.measures.filter((measure) => !isOfMemory(measure));
  const printed = measures.filter(({ id }) =>
    methods.some(({ published }) => published?.figures[id] !== undefined),
  );
  const many = part.cases.length > 1 ? `the mean over ${part.cases.length} cases` : 'the figure';
  const seeds = Math.max(...methods.map((method) => method.seeds.length));
  const spread =
    seeds > 1
      ? `, with its deviation over ${seeds} seeds`
      : seeds === 1
        ? ' of one seed'
        : ' as far as they ran';
  return {
    caption:
      `${part.title}: ${many}${spread}${printed.length > 0 ? ', beside the paper’s' : ''}.` +
      (methods.some(({ partial }) => partial)
        ? ' Not all methods ran on all cases and seeds, so compare them with care.'
        : '') +
      (methods.some(({ incomplete }) => incomplete.length > 0)
        ? ' Not all seeds ran on all cases: see “Left out of the whole”.'
        : ''),
    head: [
      'Method',
      ...measures.flatMap((measure) =>
        printed.includes(measure) ? [measure.title, 'paper'] : [measure.title],
      ),
      'trials',
      's a trial',
    ],
    rows: methods.map((method, i) => ({
      name: method.label,
      cells: [
        ...measures.flatMap((measure) => {
          const ours = told(method.figures[measure.id]);
          return printed.includes(measure) ? [ours, publishedCell(method, measure)] : [ours];
        }),
        method.trials > 0 ? String(method.trials) : none,
        method.trials > 0 ? method.seconds.toFixed(method.seconds < 10 ? 1 : 0) : none,
      ],
      study: i === methods.length - 1,
    })),
  };
}

/** How the memories are used, and what each tells by itself and summed with the error; nothing where there is none. */
export function memoryTable({ title, ...part }: DataFindings): WordTable | undefined {
  const measures = part.measures.filter(isOfMemory);
  const readers = part.methods.filter(({ lastEpoch }) => lastEpoch['itemsInUse'] !== undefined);
  if (readers.length === 0) return undefined;
  return {
    caption: `${title}: how the memory is used, and what the addressing would tell by itself and summed with the error.`,
    head: [
      'Method',
      'items in use',
      'items a reading',
      ...measures.map((measure) => measure.title),
    ],
    rows: readers.map((method) => ({
      name: method.label,
      cells: [
        count(method, 'itemsInUse'),
        count(method, 'nonZeroWeights'),
        ...measures.map(({ id }) => told(method.figures[id])),
      ],
      study: method === part.methods.at(-1),
    })),
  };
}

/** The main measure for each case; nothing where there is one case only. */
export function caseTable({
  title,
  cases,
  modality,
  methods,
}: DataFindings): WordTable | undefined {
  const measure = mainMeasureOf(modality);
  if (cases.length < 2) return undefined;
  const ours = methods.filter(({ trials }) => trials > 0);
  return {
    caption: `${title}: ${measure.title} for each case.`,
    head: ['Normal', ...ours.map(({ label }) => label)],
    rows: cases.map((of) => ({
      name: of,
      cells: ours.map(({ byCase }) => told(byCase[of]?.[measure.id])),
    })),
  };
}

/** `.9474 ± .0040`, which may break before the sign alone; a single run has no spread. */
function told(summary: Summary | undefined): string {
  if (summary === undefined) return none;
  const { mean, deviation, runs } = summary;
  return runs > 1 ? `${decimal(mean)} ±\u00a0${decimal(deviation)}` : decimal(mean);
}

/** As the paper prints figures: four digits, no zero before the point. */
export function decimal(value: number): string {
  return value.toFixed(4).replace(/^(-?)0\./, '$1.');
}

function publishedCell({ published }: MethodFindings, { id }: Measure): string {
  const value = published?.figures[id];
  if (value === undefined) return none;
  return `${decimal(value)}${published?.checked === true ? '' : recalled}`;
}

function count({ lastEpoch }: MethodFindings, name: string): string {
  const value = lastEpoch[name];
  return value === undefined ? none : value.toFixed(value < 10 ? 1 : 0);
}
