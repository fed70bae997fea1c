// What trials come to beside what the paper says: plain data, all that a report tells in words and tables.

import { type Modality, knownData } from '@memae/datasets';
import { type Measure, measuresOf } from '../trials/measures.ts';
import { type Edition, type TrialRow, isOfEdition } from '../trials/rows.ts';
import { type Budget, type Trial, budgetKey } from '../trials/trial.ts';
import { cutsOf, otherCases } from './cuts.ts';
import type { Experiment } from './experiments.ts';
import { type MethodFindings, casesOf, grouped, methodsOf } from './method-findings.ts';

/** The contents of `report.json`. */
export interface Findings {
  readonly format: 1;
  readonly experiment: Pick<Experiment, 'id' | 'title' | 'about'>;
  /** Where the published figures stand. */
  readonly source: string;
  /** One a data set, of tables one a protocol. */
  readonly parts: readonly DataFindings[];
  /** Trials in the folder that had another budget, and so have no place in these tables. */
  readonly otherTrials: number;
  /** Trials of other defaults of their method or of another edition of the data, left out, too. */
  readonly outdatedTrials: number;
  /** Lines that a process was killed in the middle of. */
  readonly tornLines: number;
  readonly commands: readonly string[];
  readonly hardware: readonly string[];
  readonly engines: readonly string[];
  readonly versions: readonly string[];
}

export interface DataFindings {
  /** As `--data` names it. */
  readonly data: string;
  /** The data set with its edition. */
  readonly name: string;
  /** Of the data, where the trials say it. */
  readonly fingerprint?: string;
  /** What tells it from the others: a known data set with its edition, the user's own by its path; the protocol of a table. */
  readonly title: string;
  readonly modality: Modality;
  /** Who is normal and how samples were divided, by case. */
  readonly protocols: Readonly<Record<string, string>>;
  readonly budget: Budget;
  /** What was left out of the whole experiment. */
  readonly cuts: readonly string[];
  readonly cases: readonly string[];
  readonly seeds: readonly number[];
  readonly measures: readonly Measure[];
  /** Rows of the table: in the paper's order, ours beside its own, then those it has not. */
  readonly methods: readonly MethodFindings[];
  /** For all trials together. */
  readonly seconds: number;
}

/** What decides which trials stand in one table; the edition of the last trial finished, unless said. */
export interface Shared extends Pick<Trial, 'data' | 'budget'>, Edition {}

/** Joins the trials whose data and budget are among those chosen; others are counted only. */
export function findingsOf(
  experiment: Experiment,
  {
    rows,
    outdated,
    torn,
    chosen,
  }: {
    /** In the order finished. */
    readonly rows: readonly TrialRow[];
    /** How many more were of other defaults. */
    readonly outdated: number;
    readonly torn: number;
    readonly chosen: readonly Shared[];
  },
): Findings {
  const alike = chosen.map((shared) =>
    rows.filter(({ trial }) => budgetKey(trial) === budgetKey(shared)),
  );
  const groups = alike.map((group, i) => {
    const edition = { ...group.at(-1)?.data, ...chosen[i] };
    return group.filter((row) => isOfEdition(row, edition));
  });
  const [considered, joined] = [alike.flat(), groups.flat()];
  const distinct = (of: (row: TrialRow) => string): string[] => [...new Set(joined.map(of))];
  const { id, title, about, published } = experiment;
  return {
    format: 1,
    experiment: { id, title, about },
    source: published.source,
    parts: groups.flatMap(byProtocol).map((group) => partOf(experiment, group)),
    otherTrials: rows.length - considered.length,
    outdatedTrials: outdated + considered.length - joined.length,
    tornLines: torn,
    commands: distinct(({ command }) => command),
    hardware: distinct(({ hardware }) => hardware),
    engines: distinct(({ engine }) => engine),
    versions: distinct(({ versions }) =>
      Object.entries(versions)
        .map((pair) => pair.join(' '))
        .join(', '),
    ),
  };
}

/** Figures of different protocols are not of one test, and have no mean; those of the classes of images have. */
function byProtocol(rows: readonly TrialRow[]): (readonly TrialRow[])[] {
  if (rows[0]?.data.modality !== 'tabular') return rows.length > 0 ? [rows] : [];
  return casesOf(rows).map((of) => rows.filter(({ trial }) => trial.case === of));
}

function partOf(experiment: Experiment, rows: readonly TrialRow[]): DataFindings {
  const [first] = rows as readonly [TrialRow, ...TrialRow[]];
  const { data, budget } = first.trial;
  const { name, modality } = first.data;
  const fingerprint = rows.findLast(({ data: of }) => of.fingerprint)?.data.fingerprint;
  const cases = casesOf(rows);
  const seeds = [...new Set(rows.map(({ trial }) => trial.seed))].sort((a, b) => a - b);
  const called = knownData.some((known) => known.name === data) ? name : data;
  const published = experiment.published.data[data] ?? [];
  const isOfPaper =
    budget.reading.against === undefined && otherCases(experiment, { data, cases }).length === 0;
  const methods = methodsOf(rows, {
    order: experiment.methods,
    published: isOfPaper ? published : [],
  });
  return {
    data,
    name,
    ...(fingerprint !== undefined && { fingerprint }),
    title: modality === 'tabular' ? `${called}, protocol ${cases.join()}` : called,
    modality,
    protocols: Object.fromEntries(
      cases.map((of) => [of, protocolOf(rows.filter(({ trial }) => trial.case === of))]),
    ),
    budget,
    cuts: cutsOf(experiment, { rows, methods }),
    cases,
    seeds,
    measures: measuresOf(modality).filter(({ id }) =>
      rows.some(({ figures }) => figures[id] !== undefined),
    ),
    methods,
    seconds: rows.reduce((sum, { seconds }) => sum + seconds.training + seconds.scoring, 0),
  };
}

/** What the trials of one case say, clause by clause: what differs, as the videos held out, with the seeds it is of. */
function protocolOf(rows: readonly TrialRow[]): string {
  const said = rows.map(({ trial: { seed }, data: { protocol } }) => {
    return { seed, clauses: protocol.split('; ') };
  });
  const most = Math.max(...said.map(({ clauses }) => clauses.length));
  return Array.from({ length: most }, (_, i) => {
    const groups = grouped(said, ({ clauses }) => clauses[i] ?? '');
    return groups
      .map((group) => {
        const clause = group[0]?.clauses[i] ?? '';
        const seeds = [...new Set(group.map(({ seed }) => seed))];
        return groups.length === 1 ? clause : `${clause} (seed ${seeds.join(', ')})`;
      })
      .join(', ');
  }).join('; ');
}
