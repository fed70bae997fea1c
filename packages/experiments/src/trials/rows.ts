// The file of finished trials: a line of JSON each. Lines are only ever appended, whole and flushed to the
// disk, so several processes may write one file, and a process that is killed loses the trial it was in at most.

import { open, readFile } from 'node:fs/promises';
import type { Modality } from '@memae/datasets';
import { hasCode } from '@memae/graph';
import type { RawOptions } from '@memae/training';
import * as v from 'valibot';
import { experimentError } from '../error.ts';
import { type Trial, trialId, trialKey } from './trial.ts';

/** What a finished trial came to. */
export interface TrialRow {
  readonly format: 1;
  readonly trial: Trial;
  /** The folder of the trial's scores and pictures, under `trials/`. */
  readonly id: string;
  /** All options of the method, each with its value. */
  readonly options: RawOptions;
  readonly data: TrialData;
  /** The measures of its kind of data, by id. */
  readonly figures: Readonly<Record<string, number>>;
  /** For training, what an epoch took before it was interrupted left out, and for scoring the test. */
  readonly seconds: { readonly training: number; readonly scoring: number };
  readonly history: HistorySummary;
  readonly warnings: readonly string[];
  /** What computed: the device and the version. */
  readonly engine: string;
  readonly hardware: string;
  readonly versions: Readonly<Record<string, string>>;
  /** The command line that the trial was part of. */
  readonly command: string;
}

export interface TrialData {
  /** With its edition, where there are several. */
  readonly name: string;
  /** Of all samples and labels as they were read, the same for each case and seed; none in rows from before there was one. */
  readonly fingerprint?: string;
  /** Who is normal and how samples were divided. */
  readonly protocol: string;
  readonly modality: Modality;
  /** How many cases the data have. */
  readonly cases: number;
  readonly sampleShape: readonly number[];
  readonly train: number;
  readonly validation: number;
  readonly test: number;
  readonly anomalies: number;
}

/** What tells the data of trials from others under the same name or path. */
export type Edition = Partial<Pick<TrialData, 'name' | 'fingerprint'>>;

/** Whether a trial's data are those, as far as both say. */
export function isOfEdition({ data }: TrialRow, { name, fingerprint }: Edition): boolean {
  return (
    (name ?? data.name) === data.name &&
    (fingerprint ?? data.fingerprint) === (data.fingerprint ?? fingerprint)
  );
}

/** How training went: the first and the last epoch, with the memory's health where there is a memory. */
export interface HistorySummary {
  readonly epochs: number;
  readonly first: Readonly<Record<string, number>>;
  /** That whose parameters were kept: with early stopping, the best. */
  readonly last: Readonly<Record<string, number>>;
}

export interface Rows {
  readonly rows: readonly TrialRow[];
  /** Lines that a process was killed in the middle of; their trials are to be repeated. */
  readonly torn: number;
}

/**
 * Reads what is there; in the order finished; nothing where there is no file. Of two rows of one trial the last counts.
 * @throws `EXPERIMENT_BAD_ROWS` for a whole line that is no row of a format known here, or whose id is not its trial's.
 */
export async function readRows(path: string): Promise<Rows> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    if (hasCode(error, 'ENOENT')) return '';
    throw error;
  });
  const rows = new Map<string, TrialRow>();
  let torn = 0;
  for (const [index, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue;
    const value = parsed(line);
    if (value === undefined) torn += 1;
    else {
      const row = requireRow(value, `${path}, line ${index + 1}`);
      const key = trialKey(row.trial);
      rows.delete(key);
      rows.set(key, row);
    }
  }
  return { rows: [...rows.values()], torn };
}

/** Appends one row, and returns when it is on the disk. */
export async function appendRow(path: string, row: TrialRow): Promise<void> {
  const file = await open(path, 'a+');
  try {
    const { size } = await file.stat();
    const { buffer } = await file.read(Buffer.alloc(1), 0, 1, Math.max(0, size - 1));
    // A line torn by a kill ends here, so that it does not take this one with it.
    const healed = size > 0 && buffer.toString() !== '\n' ? '\n' : '';
    await file.writeFile(`${healed}${JSON.stringify(row)}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line) as unknown;
  } catch {
    return undefined;
  }
}

const numbers = v.record(v.string(), v.number());
/** JSON knows no NaN: what training reported as such is null. */
const reported = v.record(v.string(), v.nullable(v.number()));
const options = v.record(v.string(), v.union([v.string(), v.number(), v.boolean()]));
const rowSchema = v.object({
  format: v.literal(1),
  trial: v.object({
    ...{ data: v.string(), case: v.string(), method: v.string(), options, seed: v.number() },
    budget: v.object({ options, reading: v.record(v.string(), v.unknown()) }),
  }),
  id: v.string(),
  options,
  data: v.object({
    ...{ name: v.string(), fingerprint: v.optional(v.string()), protocol: v.string() },
    modality: v.picklist(['image', 'tabular', 'video']),
    ...{ cases: v.number(), sampleShape: v.array(v.number()), train: v.number() },
    ...{ validation: v.number(), test: v.number(), anomalies: v.number() },
  }),
  figures: numbers,
  seconds: v.object({ training: v.number(), scoring: v.number() }),
  history: v.object({ epochs: v.number(), first: reported, last: reported }),
  warnings: v.array(v.string()),
  ...{ engine: v.string(), hardware: v.string(), command: v.string() },
  versions: v.record(v.string(), v.string()),
});

function requireRow(value: unknown, where: string): TrialRow {
  const { success, issues: [first] = [] } = v.safeParse(rowSchema, value);
  const row = value as TrialRow;
  // The id is a folder's name: one that is not the trial's own leads elsewhere.
  if (success && row.id === trialId(row.trial)) return row;
  const path = first && v.getDotPath(first);
  const why = first ? `${path ? `${path}: ` : ''}${first.message}` : 'its id is not its trial’s';
  throw experimentError(
    'EXPERIMENT_BAD_ROWS',
    `${where}: a finished trial of format 1 was expected, but something else came (${why}). ` +
      'Choose another folder, or move that file away.',
  );
}
