// One method's trials as a row of a table: means over cases, spread over seeds, the published figure beside.

import { type Summary, summarize } from '@memae/metrics';
import { type PublishedRow, labelOf } from '../paper/published.ts';
import type { TrialRow } from '../trials/rows.ts';
import type { Trial } from '../trials/trial.ts';

export interface MethodFindings {
  readonly label: string;
  /** Ours, where it ran. */
  readonly method?: string;
  /** Where memory sizes are studied, this row's. */
  readonly slots?: number;
  readonly published?: PublishedRow;
  /** The seeds that ran on all cases of the table. */
  readonly seeds: readonly number[];
  /** The others, each with how many cases it ran on. */
  readonly incomplete: readonly { readonly seed: number; readonly cases: number }[];
  /** By measure: the mean over cases, and its spread over `seeds`; where there are none, the mean of what ran. */
  readonly figures: Figures;
  /** The same for each case. */
  readonly byCase: Readonly<Record<string, Figures>>;
  readonly trials: number;
  /** Whether others in the table ran on cases and seeds that this one did not. */
  readonly partial: boolean;
  /** What the epoch reported whose parameters were kept, averaged over the trials that `figures` are of. */
  readonly lastEpoch: Readonly<Record<string, number>>;
  /** Of the first trial, each with its value. */
  readonly options: TrialRow['options'];
  /** Of a trial, on average. */
  readonly seconds: number;
}

type Figures = Readonly<Record<string, Summary>>;

/** All methods of a table, published ones that did not run here among them. */
export function methodsOf(
  rows: readonly TrialRow[],
  {
    order,
    published,
  }: { readonly order: readonly string[]; readonly published: readonly PublishedRow[] },
): MethodFindings[] {
  const groups = grouped(rows, ({ trial }) => `${trial.method} ${slotsOf(trial.options) ?? ''}`);
  const all = { cases: casesOf(rows).length, runs: runsOf(rows).size };
  const place = ({ method = '' }: MethodFindings): number => placeOf(method, order);
  const ours = groups
    .map((group) => methodOf(group, { published, all }))
    .sort((a, b) => place(a) - place(b) || (a.slots ?? 0) - (b.slots ?? 0));
  const others = published
    .filter((row) => ours.every((mine) => mine.published !== row))
    .map((row) => ({
      ...{ label: withSlots(row.title, row.slots), published: row },
      ...{ seeds: [], incomplete: [], figures: {}, byCase: {}, trials: 0 },
      ...{ partial: false, lastEpoch: {}, options: {}, seconds: 0 },
    }));
  return [...others, ...ours];
}

function methodOf(
  rows: readonly TrialRow[],
  {
    published,
    all,
  }: {
    readonly published: readonly PublishedRow[];
    readonly all: { readonly cases: number; readonly runs: number };
  },
): MethodFindings {
  const [first] = rows as readonly [TrialRow, ...TrialRow[]];
  const { method, options: own } = first.trial;
  const slots = slotsOf(own);
  const beside = published.find((row) => row.method === method && row.slots === slots);
  const byCase = grouped(rows, ({ trial }) => trial.case);
  const bySeed = grouped(rows, ({ trial }) => String(trial.seed)).map((group) => ({
    ...{ group, seed: group[0]?.trial.seed ?? NaN, cases: casesOf(group).length },
  }));
  const complete = bySeed.filter(({ cases }) => cases === all.cases);
  const counted = complete.length > 0 ? complete.flatMap(({ group }) => group) : rows;
  return {
    label: trialLabel(first.trial),
    method,
    ...(slots !== undefined && { slots }),
    ...(beside && { published: beside }),
    seeds: complete.map(({ seed }) => seed),
    incomplete: bySeed
      .filter(({ cases }) => cases < all.cases)
      .map(({ seed, cases }) => ({ seed, cases })),
    // Seeds that ran on other cases differ by these, too, so they have no spread over seeds.
    figures: summaries(
      complete.length > 0
        ? complete.map(({ group }) => averages(group))
        : [mean(byCase.map(averages))],
    ),
    byCase: Object.fromEntries(
      byCase.map((group) => [
        group[0]?.trial.case ?? '',
        summaries(group.map(({ figures }) => figures)),
      ]),
    ),
    trials: rows.length,
    partial: runsOf(rows).size < all.runs,
    lastEpoch: mean(counted.map(({ history }) => history.last)),
    options: first.options,
    seconds:
      mean(rows.map(({ seconds }) => ({ all: seconds.training + seconds.scoring })))['all'] ?? 0,
  };
}

/** A trial's method as tables name it, with the memory's size where that is studied. */
export function trialLabel({ method, options }: Pick<Trial, 'method' | 'options'>): string {
  return withSlots(labelOf(method), slotsOf(options));
}

function withSlots(label: string, slots: number | undefined): string {
  return slots === undefined ? label : `${label}, N = ${slots}`;
}

/** Where a method stands in a table: one that the experiment does not name, before the method under study. */
export function placeOf(method: string, order: readonly string[]): number {
  const place = order.indexOf(method);
  return place === -1 ? order.length - 1.5 : place;
}

/** The cases that ran, by name, numbers by size. */
export function casesOf(rows: readonly TrialRow[]): string[] {
  const { compare } = new Intl.Collator('en', { numeric: true });
  return [...new Set(rows.map(({ trial }) => trial.case))].sort(compare);
}

/** What a method was run on: cases, each with its seeds. */
function runsOf(rows: readonly TrialRow[]): ReadonlySet<string> {
  return new Set(rows.map(({ trial }) => `${trial.seed} ${trial.case}`));
}

/** The memory's size, where a trial has one of its own. */
export function slotsOf(own: TrialRow['options']): number | undefined {
  const slots = own['memory.slots'];
  return slots === undefined ? undefined : Number(slots);
}

function averages(rows: readonly TrialRow[]): Readonly<Record<string, number>> {
  return mean(rows.map(({ figures }) => figures));
}

/** The mean of each number, over those records that have it. */
function mean(records: readonly Readonly<Record<string, number>>[]): Record<string, number> {
  return Object.fromEntries(
    Object.entries(summaries(records)).map(([name, summary]) => [name, summary.mean]),
  );
}

function summaries(records: readonly Readonly<Record<string, number>>[]): Figures {
  const names = [...new Set(records.flatMap((record) => Object.keys(record)))];
  return Object.fromEntries(
    names.map((name) => [name, summarize(records.flatMap((record) => record[name] ?? []))]),
  );
}

/** Items of one key together, in the order that keys came. */
export function grouped<T>(items: readonly T[], keyOf: (item: T) => string): T[][] {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    groups.set(key, [...(groups.get(key) ?? []), item]);
  }
  return [...groups.values()];
}
