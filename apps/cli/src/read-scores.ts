// Scores from anywhere: a CSV file with a header, a row a sample, read row by row and refused by its line.

import { createReadStream } from 'node:fs';
import { MemaeError } from '@memae/graph';
import { CsvError, parse } from 'csv-parse';
import { cliError, reasonOf } from './error.ts';

/** Which column is what; those that are not named are found by `recognised`. */
export interface ColumnNames {
  readonly clip?: string | undefined;
  readonly frame?: string | undefined;
  readonly label?: string | undefined;
  readonly score?: string | undefined;
}

type Role = keyof ColumnNames;

/** Headers that need no naming, the earlier first. */
export const recognised: Readonly<Record<Role, readonly string[]>> = {
  clip: ['clip', 'video'],
  frame: ['frame', 'frame_index', 'frame_index0'],
  label: ['label', 'gt'],
  score: ['score', 'anomaly_score', 'recon_error'],
};

/** A row a sample. With a column of frames, a clip's rows are in their order. */
export interface ScoreTable {
  readonly scores: readonly number[];
  readonly labels: readonly number[];
  /** The clip of each, where there is such a column. */
  readonly clips: readonly string[] | null;
}

interface Row {
  readonly line: number;
  readonly clip: string;
  readonly frame: number;
  readonly label: number;
  readonly score: number;
}

/**
 * Reads a file of scores.
 * @param file its path, @param shown and as messages name it
 * @throws `CLI_UNREADABLE`; `CLI_BAD_SCORES` naming the file and, where there is one, the line: a column that
 *   is missing, a row of another length, a score that is no finite number, a label other than 0 and 1, a
 *   frame that is no number or comes twice in a clip, no rows
 */
export async function readScores(
  file: string,
  { shown, columns }: { readonly shown: string; readonly columns: ColumnNames },
): Promise<ScoreTable> {
  const rows: Row[] = [];
  let places: Places | undefined;
  const text = createReadStream(file);
  const csv = parse({ bom: true, trim: true, skip_empty_lines: true, info: true });
  text.on('error', (error) => csv.destroy(error)).pipe(csv);
  try {
    for await (const { record, info } of csv as AsyncIterable<Line>) {
      if (places === undefined) places = findColumns(record, { shown, columns });
      else rows.push(readRow(record, { places, shown, line: info.lines }));
    }
  } catch (error) {
    if (error instanceof MemaeError) throw error;
    if (error instanceof CsvError) {
      throw cliError('CLI_BAD_SCORES', `${shown} is no table of scores: ${error.message}.`, error);
    }
    throw cliError('CLI_UNREADABLE', `${shown} cannot be read: ${reasonOf(error)}.`, error);
  } finally {
    text.destroy();
  }
  if (rows.length === 0) {
    throw cliError(
      'CLI_BAD_SCORES',
      `${shown} holds no scores: a header and a row a sample were expected.`,
    );
  }
  if (places?.frame !== undefined) sortFrames(rows, shown);
  return {
    scores: rows.map(({ score }) => score),
    labels: rows.map(({ label }) => label),
    clips: places?.clip === undefined ? null : rows.map(({ clip }) => clip),
  };
}

interface Line {
  readonly record: readonly string[];
  readonly info: { readonly lines: number };
}

/** Where each column stands; clips and frames may be missing. */
type Places = Readonly<Record<'label' | 'score', number>> & { readonly [K in Role]?: number };

function findColumns(
  header: readonly string[],
  { shown, columns }: { readonly shown: string; readonly columns: ColumnNames },
): Places {
  const missing = (role: Role): Error =>
    cliError(
      'CLI_BAD_SCORES',
      `${shown} has no column ${columns[role] ?? recognised[role].join(' or ')}; it has ${header.join(', ')}. ` +
        `Name the right one by --${role}.`,
    );
  const find = (role: Role): number | undefined => {
    const name = columns[role];
    const place = header.findIndex((column) => column === name);
    if (name !== undefined && place < 0) throw missing(role);
    if (name !== undefined) return place;
    const known = recognised[role].map((each) => header.indexOf(each));
    return known.find((each) => each >= 0);
  };
  if (columns.label === undefined && ['label', 'normalised'].every((c) => header.includes(c))) {
    throw cliError(
      'CLI_BAD_SCORES',
      `${shown} comes from memae score: its column label is the model's verdict, not the truth. Add a column ` +
        'with the truth, and name it by --label.',
    );
  }
  const [clip, frame, label, score] = [find('clip'), find('frame'), find('label'), find('score')];
  if (score === undefined) throw missing('score');
  if (label === undefined) throw missing('label');
  return {
    label,
    score,
    ...(clip === undefined ? {} : { clip }),
    ...(frame === undefined ? {} : { frame }),
  };
}

function readRow(
  record: readonly string[],
  {
    places,
    shown,
    line,
  }: { readonly places: Places; readonly shown: string; readonly line: number },
): Row {
  const read = (role: Role, what: string): number => {
    const text = record[places[role] ?? -1] ?? '';
    const value = text === '' ? NaN : Number(text);
    if (Number.isFinite(value) && (role !== 'label' || value === 0 || value === 1)) return value;
    throw cliError(
      'CLI_BAD_SCORES',
      `${shown}, line ${line}: a ${role} must be ${what}, but it is "${text}".`,
    );
  };
  return {
    line,
    clip: record[places.clip ?? -1] ?? '',
    frame: places.frame === undefined ? 0 : read('frame', 'a number'),
    label: read('label', '0 (normal) or 1 (anomalous)'),
    score: read('score', 'a finite number'),
  };
}

/** Clips in the order of their first rows, the frames of each in order. */
function sortFrames(rows: Row[], shown: string): void {
  const order = new Map(rows.map(({ clip }) => [clip, 0]));
  [...order.keys()].forEach((clip, i) => order.set(clip, i));
  const place = ({ clip }: Row): number => order.get(clip) ?? 0;
  rows.sort((a, b) => place(a) - place(b) || a.frame - b.frame);
  rows.forEach((row, i) => {
    const before = rows[i - 1];
    if (before?.clip !== row.clip || before.frame !== row.frame) return;
    throw cliError(
      'CLI_BAD_SCORES',
      `${shown}, lines ${before.line} and ${row.line}: both are frame ${row.frame}` +
        `${row.clip === '' ? '' : ` of clip ${row.clip}`}. Keep one row a frame.`,
    );
  });
}
