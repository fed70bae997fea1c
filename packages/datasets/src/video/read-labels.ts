// Labels of frames as data sets keep them: in one file for all test videos, as ranges of anomalous frames (UCSD's .m,
// .mat), as one long row (.npy), or as a table (.csv).

import { extname } from 'node:path';
import { formatShape, sizeOf } from '@memae/graph';
import { datasetError } from '../error.ts';
import { readMat } from '../formats/read-mat.ts';
import { readNpy } from '../formats/read-npy.ts';
import { readBytes } from '../read-bytes.ts';
import { readLabelTable } from './read-label-table.ts';

/** A test video, as far as its labels need it. */
export interface Labelled {
  readonly name: string;
  /** How many. */
  readonly frames: number;
  /** When each is shown, in seconds from the first; absent where only their order is known. */
  readonly times?: Float64Array;
}

/** The formats, by the ends of their names, those with the least doubt first. */
export const labelFormats = ['.m', '.mat', '.npy', '.csv'] as const;

/**
 * Reads the labels of all test videos, `[frames]` for each: 1 where anomalous.
 *
 * - `.m`: UCSD's list, `TestVideoFile{end+1}.gt_frame = [61:180];` for each video, in order or by numbers (`{1}`), frames
 *   counted from 1.
 * - `.mat`: a row of cells, one a video, of first and last frames, 2 × ranges, counted from 1.
 * - `.npy`: the labels of all videos in order, one after another.
 * - `.csv`: columns `clip`, `frame` (or `frame_index0`, counted from 0) and `label`; other videos' rows are let pass. Or
 *   columns `clip`, `start`, `end` (frames) or `start_seconds`, `end_seconds`: what is anomalous, see `readIntervals`.
 *
 * @throws `DATASET_NOT_FOUND` for a file that cannot be read; `DATASET_CORRUPT` naming the file and what does not fit:
 *   labels for another number of frames or videos, a label other than 0 and 1; `DATASET_BAD_OPTION` for another format.
 */
export async function readFrameLabels(
  file: string,
  videos: readonly Labelled[],
): Promise<Uint8Array[]> {
  const bytes = await readBytes(file);
  const format = extname(file).toLowerCase();
  if (format === '.m') return fromRanges(rangesOfScript(bytes.toString(), file), videos, { file });
  if (format === '.mat') return fromRanges(rangesOfMat(bytes, file), videos, { file });
  if (format === '.npy') return fromRow(readLabelRow(bytes, file), videos, { file });
  if (format === '.csv') return readLabelTable(bytes.toString(), videos, { file });
  throw datasetError(
    'DATASET_BAD_OPTION',
    `${file}: labels are read from ${labelFormats.join(', ')} files.`,
  );
}

/** Numbers in a row, each 0 or 1, whatever shape they are saved in. */
export function readLabelRow(bytes: Uint8Array, file: string): Uint8Array {
  const { data, shape } = readNpy(bytes, file);
  const odd = data.findIndex((label) => label !== 0 && label !== 1);
  if (odd >= 0) {
    throw datasetError(
      'DATASET_CORRUPT',
      `${file}: a label is 1 (anomalous) or 0 (normal), but label ${odd} is ${String(data[odd])}. Save 0 and 1.`,
    );
  }
  if (sizeOf(shape) !== Math.max(0, ...shape)) {
    throw datasetError(
      'DATASET_CORRUPT',
      `${file}: labels in one row were expected, but they are ${shape.join('×')}. Save them flat, video after video.`,
    );
  }
  return Uint8Array.from(data);
}

/**
 * Cuts a row of labels into videos.
 * @throws `DATASET_CORRUPT` when they differ in length.
 */
export function fromRow(
  row: Uint8Array,
  videos: readonly Labelled[],
  { file }: { readonly file: string },
): Uint8Array[] {
  const total = videos.reduce((sum, { frames }) => sum + frames, 0);
  if (row.length !== total) {
    throw datasetError(
      'DATASET_CORRUPT',
      `${file}: ${total} labels were expected, one for each frame of ${videos.length} test videos, but ` +
        `${row.length} came. Labels and frames are of different editions, or videos are missing.`,
    );
  }
  let end = 0;
  return videos.map(({ frames }) => row.slice(end, (end += frames)));
}

/** First and last frame, counted from 1. */
type Range = readonly [first: number, last: number];

/** `TestVideoFile{2}.gt_frame = [1:3, 7]`: which video, where it is said, and what is right of the sign. */
const statement = /(?:[{(]([^{}()]*)[)}]\s*\.\s*)?gt_frame\s*=\s*((?:\[[^\][]*\]|[^;\n])*)/g;

/** Nothing is computed: what is no plain list of frames and ranges is refused. */
function rangesOfScript(text: string, file: string): Range[][] {
  const refuse = (problem: string): Error => datasetError('DATASET_CORRUPT', `${file}: ${problem}`);
  const script = text.replace(/%.*/g, '').replace(/\.{3}.*\n/g, ' ');
  const all = new Map<number, Range[]>();
  for (const [, place = 'end+1', value = ''] of script.matchAll(statement)) {
    const end = Math.max(0, ...all.keys());
    const video = /^\s*end\s*\+\s*1\s*$/.test(place) ? end + 1 : Number(place);
    if (!(Number.isInteger(video) && video >= 1) || all.has(video)) {
      throw refuse(
        `gt_frame of {1}, {2} … or {end+1}, each once, was expected, but {${place.trim()}} came. Number the videos from 1.`,
      );
    }
    const list = /^\[(.*)\]$/s.exec(value.trim())?.[1] ?? value;
    const items = list.replace(/\s*:\s*/g, ':').split(/[\s,;]+/);
    const ranges = items.filter(Boolean).map((item): Range => {
      const [, first = '', last = first] = /^(\d+)(?::(\d+))?$/.exec(item) ?? [];
      if (first !== '') return [Number(first), Number(last)];
      throw refuse(
        `anomalous frames as numbers and ranges first:last were expected for video ${video}, but "${item}" came. ` +
          'Write them out so.',
      );
    });
    all.set(video, ranges);
  }
  const last = Math.max(0, ...all.keys());
  return Array.from({ length: all.size }, (_, i) => {
    const ranges = all.get(i + 1);
    if (ranges !== undefined) return ranges;
    throw refuse(
      `anomalous frames of videos 1 to ${last} were expected, but of video ${i + 1} none came. Write gt_frame = [] where there are none.`,
    );
  });
}

function rangesOfMat(bytes: Uint8Array, file: string): Range[][] {
  for (const variable of readMat(bytes, file).values()) {
    if (variable.kind !== 'cells') continue;
    return variable.cells.map((cell, video) => {
      const shape = cell.kind === 'other' ? undefined : cell.shape;
      const empty = shape !== undefined && sizeOf(shape) === 0;
      if (!empty && !(cell.kind === 'numbers' && cell.shape.length === 2 && cell.shape[0] === 2)) {
        throw datasetError(
          'DATASET_CORRUPT',
          `${file}: first and last anomalous frames, 2 × ranges numbers, or none were expected in cell ${video + 1}, ` +
            `but ${shape === undefined ? 'no numbers' : `${cell.kind} of ${formatShape(shape)}`} came. ` +
            'Transpose it, or fetch the labels again.',
        );
      }
      const data = cell.kind === 'numbers' ? Array.from(cell.data) : [];
      return data.flatMap((first, i) =>
        i % 2 === 0 ? [[first, data[i + 1] ?? NaN] as const] : [],
      );
    });
  }
  throw datasetError(
    'DATASET_CORRUPT',
    `${file}: a row of cells, one a video, of first and last anomalous frames was expected, but none came. Save them so.`,
  );
}

function fromRanges(
  ranges: readonly (readonly Range[])[],
  videos: readonly Labelled[],
  { file }: { readonly file: string },
): Uint8Array[] {
  if (ranges.length !== videos.length) {
    throw datasetError(
      'DATASET_CORRUPT',
      `${file}: anomalous frames of ${videos.length} test videos were expected, but of ${ranges.length} came. ` +
        'Labels and frames are of different data sets, or videos are missing.',
    );
  }
  return videos.map(({ name, frames }, i) => {
    const labels = new Uint8Array(frames);
    for (const [first, last] of ranges[i] ?? []) {
      if (!(first >= 1 && first <= last && last <= frames)) {
        throw datasetError(
          'DATASET_CORRUPT',
          `${file}: anomalous frames between 1 and ${frames} were expected for the video ${name}, which has so ` +
            `many, but ${first} to ${last} came. Correct it, or take labels and frames from one edition.`,
        );
      }
      labels.fill(1, first - 1, last);
    }
    return labels;
  });
}
