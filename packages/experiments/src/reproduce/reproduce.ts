// `memae reproduce`: an experiment of the paper, trial by trial, and the report beside its figures. What
// is finished stays finished: a trial whose row is in the file is not run again, one that was stopped goes
// on from its checkpoint, and several processes may share the folder.

import type { Backend } from '@memae/backend';
import { modalityOf } from '@memae/datasets';
import type { EpochReport, Registry, StepReport } from '@memae/training';
import { experimentError } from '../error.ts';
import { requireWritable } from '../require-writable.ts';
import { type Edition, type TrialRow, appendRow, isOfEdition, readRows } from '../trials/rows.ts';
import { isCurrent } from '../trials/is-current.ts';
import { clearCheckpoint, runTrial, type TrialContext } from '../trials/run-trial.ts';
import { openSource, type Source, type SourceFolders } from '../trials/source.ts';
import { type Trial, trialKey } from '../trials/trial.ts';
import { type Experiment, findExperiment } from './experiments.ts';
import { type Request, budgetOf, chooseMethods, planTrials } from './plan.ts';
import { secondsLeft } from './time-left.ts';
import { type Written, placesIn, writeReports } from './write-reports.ts';

export interface ReproduceOptions extends Pick<SourceFolders, 'root' | 'cache' | 'signal'> {
  /** `table1`, … `figure7`. */
  readonly experiment: string;
  /** The folder for trials and reports, made if need be. */
  readonly out: string;
  readonly request: Request;
  readonly registry: Registry;
  readonly backend: Backend;
  /** Milliseconds, from any start. */
  readonly clock: () => number;
  /** What each row says of where it came from. */
  readonly about: TrialContext['about'];
  readonly onProgress?: (progress: ReproduceProgress) => void;
}

export type ReproduceProgress =
  /** Samples are read to tell them from others, which may take a while. */
  | { readonly kind: 'data'; readonly data: string }
  | { readonly kind: 'plan'; readonly trials: number; readonly done: number; readonly torn: number }
  | {
      readonly kind: 'step';
      readonly trial: Trial;
      readonly report: StepReport;
      readonly secondsLeft?: number;
    }
  | { readonly kind: 'epoch'; readonly trial: Trial; readonly report: EpochReport }
  | { readonly kind: 'warning'; readonly trial: Trial; readonly message: string }
  | {
      readonly kind: 'row';
      readonly row: TrialRow;
      readonly done: number;
      readonly trials: number;
      readonly secondsLeft?: number;
    }
  | {
      readonly kind: 'download';
      readonly progress: Parameters<NonNullable<SourceFolders['onProgress']>>[0];
    };

/**
 * Runs the trials that are missing, in order, and writes the report of all that are there.
 * @throws before any training: `EXPERIMENT_UNKNOWN`, `EXPERIMENT_BAD_OPTION`, `EXPERIMENT_BAD_ROWS`,
 * `EXPERIMENT_UNWRITABLE`, `DETECTOR_UNKNOWN`, `DETECTOR_BAD_OPTION`, and as the data set; later as `runTrial`
 */
export async function reproduce(options: ReproduceOptions): Promise<Written> {
  const { out, request, registry, clock, onProgress } = options;
  const experiment = findExperiment(options.experiment);
  const methods = chooseMethods(experiment, request, registry);
  await requireWritable(out);
  const places = placesIn(out);
  const before = await readRows(places.rows);

  const planned: Planned[] = [];
  for (const data of request.data ?? experiment.data.slice(0, 1)) {
    await requireModality(experiment, data);
    const effort = experiment.effort(request.budget ?? 'quick', data);
    const { reading } = budgetOf(effort, request);
    const source = await openSource(data, { ...foldersOf(options), reading });
    const { cases } = source;
    const trials = planTrials(data, { effort, request, methods, cases });
    onProgress?.({ kind: 'data', data });
    const edition = {
      ...(source.name !== undefined && { name: source.name }),
      fingerprint: await source.fingerprint(),
    };
    planned.push(...trials.map((trial) => ({ trial, source, edition })));
  }

  let missing = without(planned, before.rows, registry);
  let done = before.rows;
  onProgress?.({
    kind: 'plan',
    trials: planned.length,
    done: planned.length - missing.length,
    torn: before.torn,
  });
  for (;;) {
    const [next, ...later] = missing;
    if (next === undefined) break;
    options.signal?.throwIfAborted();
    const { trial, source } = next;
    const pending = later.map((one) => one.trial);
    const started = clock();
    const row = await runTrial(trial, {
      ...options,
      source,
      plugin: registry.get(trial.method),
      folder: places.trials,
      pictures: trial.seed === (request.firstSeed ?? 1),
      onStep: (report) => {
        const current = { spent: (clock() - started) / 1000, left: report.secondsLeft };
        onProgress?.({ kind: 'step', trial, report, ...left(pending, { done, current }) });
      },
      onEpoch: (report) => onProgress?.({ kind: 'epoch', trial, report }),
      onWarning: (message) => onProgress?.({ kind: 'warning', trial, message }),
    });
    await appendRow(places.rows, row);
    await clearCheckpoint(places.trials, trial);
    // Others may have finished some meanwhile.
    done = (await readRows(places.rows)).rows;
    missing = without(later, done, registry);
    onProgress?.({
      kind: 'row',
      row,
      done: planned.length - missing.length,
      trials: planned.length,
      ...left(
        missing.map((one) => one.trial),
        { done },
      ),
    });
  }
  const chosen = planned.map(({ trial: { data, budget }, edition }) => ({
    data,
    budget,
    ...edition,
  }));
  return writeReports(out, { experiment, chosen, registry });
}

/**
 * Writes the report of what is there, and trains nothing: of trials with the settings asked for or, where none
 * are named, of those like the last one finished. Given the methods' registry, it leaves out trials from when
 * the defaults of their method were others.
 * @throws `EXPERIMENT_UNKNOWN`, `EXPERIMENT_NO_ROWS`, `EXPERIMENT_BAD_ROWS`; `EXPERIMENT_BAD_OPTION` where some of the trials are
 * chosen
 */
export async function reportOn(
  out: string,
  {
    experiment: id,
    request,
    registry,
  }: Pick<ReproduceOptions, 'experiment' | 'request'> & { readonly registry?: Registry },
): Promise<Written> {
  const experiment = findExperiment(id);
  const { budget, options = {}, reading = {}, data = experiment.data.slice(0, 1) } = request;
  const chosenTrials = ['methods', 'cases', 'seeds', 'firstSeed', 'slots'] as const;
  const narrowing = chosenTrials.filter((name) => request[name] !== undefined);
  if (narrowing.length > 0) {
    throw experimentError(
      'EXPERIMENT_BAD_OPTION',
      `A report of what is there has all methods, cases and seeds, so ${narrowing.join(', ')} cannot be chosen. ` +
        'Leave that out, or run the trials.',
    );
  }
  const named = budget !== undefined || Object.keys({ ...options, ...reading }).length > 0;
  const chosen = data.map((name) => ({
    data: name,
    budget: budgetOf(experiment.effort(budget ?? 'quick', name), request),
  }));
  return writeReports(out, {
    experiment,
    chosen: named ? chosen : [],
    ...(request.data && { only: request.data }),
    ...(registry && { registry }),
  });
}

interface Planned {
  readonly trial: Trial;
  readonly source: Source;
  readonly edition: Edition;
}

/** Those that have no row yet, or one of another edition of the data or of other defaults of their method. */
function without(
  planned: readonly Planned[],
  rows: readonly TrialRow[],
  registry: Registry,
): Planned[] {
  const finished = new Map(rows.map((row) => [trialKey(row.trial), row]));
  return planned.filter(({ trial, edition }) => {
    const row = finished.get(trialKey(trial));
    return row === undefined || !isCurrent(row, registry) || !isOfEdition(row, edition);
  });
}

function left(...about: Parameters<typeof secondsLeft>): { secondsLeft?: number } {
  const seconds = secondsLeft(...about);
  return seconds === undefined ? {} : { secondsLeft: seconds };
}

function foldersOf({ root, cache, signal, onProgress }: ReproduceOptions): SourceFolders {
  return {
    ...(root !== undefined && { root }),
    ...(cache !== undefined && { cache }),
    ...(signal && { signal }),
    onProgress: (progress) => onProgress?.({ kind: 'download', progress }),
  };
}

async function requireModality(
  { id, modalities, data: known }: Experiment,
  data: string,
): Promise<void> {
  const modality = await modalityOf(data);
  if (modalities.includes(modality)) return;
  throw experimentError(
    'EXPERIMENT_BAD_OPTION',
    `${id} is about ${modalities.join(' or ')} data, but ${data} is ${modality}. ` +
      `Known by name: ${known.join(', ')}.`,
  );
}
