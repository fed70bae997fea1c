// Rows and saved pictures → `report.html`, `report.md` and `report.json`. Nothing is trained for it.

import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Registry } from '@memae/training';
import { experimentError } from '../error.ts';
import { findingsMarkdown } from '../report/findings-markdown.ts';
import { findingsPage } from '../report/findings-page.ts';
import { isCurrent } from '../trials/is-current.ts';
import { type TrialRow, isOfEdition, readRows } from '../trials/rows.ts';
import { budgetKey } from '../trials/trial.ts';
import type { Experiment } from './experiments.ts';
import { type DataFindings, type Findings, type Shared, findingsOf } from './findings.ts';
import { readGallery } from './gallery.ts';

export interface Written {
  readonly findings: Findings;
  /** The report as Markdown. */
  readonly text: string;
  /** Paths of the three forms. */
  readonly files: { readonly html: string; readonly markdown: string; readonly json: string };
}

/** The file of finished trials in an experiment's folder, and the folder of what they left. */
export function placesIn(out: string): { readonly rows: string; readonly trials: string } {
  return { rows: join(out, 'trials.jsonl'), trials: join(out, 'trials') };
}

/**
 * Writes the report in its three forms. Only trials of equal data and budget are joined: those chosen, and
 * for each data set of which nothing was chosen, those like the last one finished. Left out are trials of
 * another edition of the data and, where the registry is at hand, of other defaults of their method.
 * @throws `EXPERIMENT_NO_ROWS`, `EXPERIMENT_BAD_ROWS`
 */
export async function writeReports(
  out: string,
  {
    experiment,
    chosen,
    only,
    registry,
  }: {
    readonly experiment: Experiment;
    readonly chosen: readonly Shared[];
    /** The data sets to report on, of each of which there must be trials; all that are there, unless said. */
    readonly only?: readonly string[];
    readonly registry?: Registry;
  },
): Promise<Written> {
  const places = placesIn(out);
  const { rows: all, torn } = await readRows(places.rows);
  const mine = all.filter(
    (row) => belongs(row, experiment) && (only?.includes(row.trial.data) ?? true),
  );
  const rows = registry ? mine.filter((row) => isCurrent(row, registry)) : mine;
  const outdated = mine.length - rows.length;
  const shared = withOthers(chosen, rows);
  const findings = findingsOf(experiment, { rows, outdated, torn, chosen: shared });
  const lacking = only?.filter((data) => findings.parts.every((part) => part.data !== data)) ?? [];
  if (findings.parts.length === 0 || lacking.length > 0) {
    const which = lacking.length > 0 ? ` on ${lacking.join(', ')}` : '';
    throw experimentError(
      'EXPERIMENT_NO_ROWS',
      `${places.rows} has no finished trial of ${experiment.id}${which} with these settings ` +
        `(${mine.length} with others). Leave out --report-only to run them.`,
    );
  }
  const galleries = new Map<DataFindings, Awaited<ReturnType<typeof readGallery>>>();
  for (const part of findings.parts) {
    const shown = rows.filter(
      (row) =>
        budgetKey(row.trial) === budgetKey(part) &&
        isOfEdition(row, part) &&
        part.cases.includes(row.trial.case),
    );
    const order = experiment.methods;
    galleries.set(part, await readGallery(places.trials, { rows: shown, order }));
  }
  const text = findingsMarkdown(findings);
  const files = {
    html: join(out, 'report.html'),
    markdown: join(out, 'report.md'),
    json: join(out, 'report.json'),
  };
  await replace(out, {
    'report.html': findingsPage(findings, galleries),
    'report.md': text,
    'report.json': `${JSON.stringify(findings, null, 2)}\n`,
  });
  return { findings, text, files };
}

/** Trials of memory sizes are figure 7's, others are the tables'. */
function belongs({ trial, data }: TrialRow, { modalities, studiesSlots }: Experiment): boolean {
  const ofSlots = Object.hasOwn(trial.options, 'memory.slots');
  return modalities.includes(data.modality) && ofSlots === (studiesSlots === true);
}

function withOthers(chosen: readonly Shared[], rows: readonly TrialRow[]): Shared[] {
  const found = new Map(chosen.map((one) => [budgetKey(one), one]));
  const named = new Set(chosen.map(({ data }) => data));
  const others = new Map(
    rows.filter(({ trial }) => !named.has(trial.data)).map(({ trial }) => [trial.data, trial]),
  );
  return [...found.values(), ...others.values()];
}

/** Each file whole or not at all, also where several processes write them at once. */
async function replace(out: string, files: Readonly<Record<string, string>>): Promise<void> {
  const staged = await mkdtemp(join(out, '.report-'));
  try {
    for (const [name, text] of Object.entries(files)) {
      await writeFile(join(staged, name), text);
      await rename(join(staged, name), join(out, name));
    }
  } finally {
    await rm(staged, { recursive: true, force: true });
  }
}
