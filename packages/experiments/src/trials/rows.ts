// The file of finished trials: a line of JSON each. Lines are only ever appended, whole and flushed to the
// disk, so several processes may write one file, and a process that is killed loses the trial it was in at most.

import { open, readFile } from 'node:fs/promises';
import type { Modality } from '@memae/datasets';
import { hasCode } from '@memae/graph';
import type { RawOptions } from '@memae/training';
import { experimentError } from '../error.ts';
import { type Trial, trialKey } from './trial.ts';

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
  /** For training, over all interruptions, and for scoring the test. */
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

/** How training went: the first and the last epoch, with the memory's health where there is a memory. */
export interface HistorySummary {
  readonly epochs: number;
  readonly first: Readonly<Record<string, number>>;
  readonly last: Readonly<Record<string, number>>;
}

export interface Rows {
  readonly rows: readonly TrialRow[];
  /** Lines that a process was killed in the middle of; their trials are to be repeated. */
  readonly torn: number;
}

/**
 * Reads what is there; in the order finished; nothing where there is no file. Of two rows of one trial the last counts.
 * @throws `EXPERIMENT_BAD_ROWS` for a whole line that is no row of a format known here.
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

function requireRow(value: unknown, where: string): TrialRow {
  const row = value as Partial<TrialRow> | null;
  const whole =
    row?.format === 1 &&
    typeof row.trial === 'object' &&
    typeof row.figures === 'object' &&
    typeof row.id === 'string';
  if (whole) return row as TrialRow;
  throw experimentError(
    'EXPERIMENT_BAD_ROWS',
    `${where}: a finished trial of format 1 was expected, but something else came. ` +
      'Choose another folder, or move that file away.',
  );
}
