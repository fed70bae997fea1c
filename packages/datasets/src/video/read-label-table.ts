// Labels of frames as a table: a row a frame (clip, frame, label), or a row for each anomaly (clip, start, end).

import { parse } from 'csv-parse/sync';
import { datasetError, reasonOf } from '../error.ts';
import { areIntervals, plain, readIntervals } from './read-intervals.ts';
import type { Labelled } from './read-labels.ts';

/** What the columns may be called. */
const columns = {
  clip: ['clip', 'video'],
  frame: ['frame', 'frame_index0'],
  label: ['label'],
} as const;

/**
 * Labels of the videos named, each frame of which has exactly one row; rows of other videos are let pass. A clip is
 * named as the video, or by its number: 1 is the video `01`. Tables of anomalies are read by `readIntervals`.
 * @throws `DATASET_CORRUPT` naming the row or the frame.
 */
export function readLabelTable(
  text: string,
  videos: readonly Labelled[],
  { file }: { readonly file: string },
): Uint8Array[] {
  const refuse = (problem: string): Error => datasetError('DATASET_CORRUPT', `${file}: ${problem}`);
  const [head = [], ...rows] = rowsOf(text, file);
  if (areIntervals(head)) return readIntervals({ head, rows }, videos, { refuse });
  const places = Object.values(columns).map((names) =>
    head.findIndex((title) => (names as readonly string[]).includes(title.toLowerCase())),
  );
  if (places.includes(-1)) {
    throw refuse(
      `a first row with clip, frame, label, or with clip, start, end, was expected, but it is ${head.join(',')}. Write it so.`,
    );
  }
  const [clipAt = 0, frameAt = 0, labelAt = 0] = places;
  const unset = 2;
  const found = new Map(
    videos.map(({ name, frames }) => [plain(name), new Uint8Array(frames).fill(unset)]),
  );
  rows.forEach((row, i) => {
    const labels = found.get(plain(row[clipAt] ?? ''));
    if (labels === undefined) return;
    const where = `row ${i + 2}, video ${row[clipAt] ?? ''}`;
    const frame = row[frameAt] ?? '';
    if (!/^\d+$/.test(frame) || Number(frame) >= labels.length) {
      throw refuse(
        `${where}: a frame from 0 to ${labels.length - 1} was expected, but "${frame}" came. ` +
          'Labels and frames are of different editions: take both from one.',
      );
    }
    const label = row[labelAt] ?? '';
    if (label !== '0' && label !== '1') {
      throw refuse(
        `${where}: a label is 1 (anomalous) or 0 (normal), but "${label}" came. Correct it.`,
      );
    }
    if (labels[Number(frame)] !== unset)
      throw refuse(`${where}: frame ${frame} has a label already. Remove one of the two rows.`);
    labels[Number(frame)] = Number(label);
  });
  return videos.map(({ name }) => {
    const labels = found.get(plain(name)) ?? new Uint8Array();
    const bare = labels.indexOf(unset);
    if (bare < 0) return labels;
    throw refuse(
      `frame ${bare} (of ${labels.length}) of the video ${name} has no label. Add a row for it.`,
    );
  });
}

function rowsOf(text: string, file: string): string[][] {
  try {
    return parse(text, { bom: true, trim: true, skip_empty_lines: true, relax_column_count: true });
  } catch (error) {
    throw datasetError(
      'DATASET_CORRUPT',
      `${file}: a table with one row a line was expected, but reading it failed: ${reasonOf(error)}. Save it as CSV again.`,
      error,
    );
  }
}
