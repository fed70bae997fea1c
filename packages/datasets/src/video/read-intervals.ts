// Labels of videos as people write them down: from when to when something is wrong.

import type { Labelled } from './read-labels.ts';

/** What the columns are called where they are frames, counted from 0, and where they are seconds from the first frame. */
const frameColumns = ['start', 'end'] as const;
const secondColumns = ['start_seconds', 'end_seconds'] as const;

/** Whether a table's head is that of intervals. */
export function areIntervals(head: readonly string[]): boolean {
  return [frameColumns, secondColumns].some((names) =>
    names.some((name) => placeOf(head, [name]) >= 0),
  );
}

/**
 * Labels of the videos named. A row names a clip (as the video, with or without the ending of its file, or by its number)
 * and its first and last anomalous frame, both counted; or seconds, where frames shown from `start_seconds` up to
 * `end_seconds` are anomalous. Frames in no row are normal; rows that overlap are one. Where there is a column `label`, a row
 * of 0 is a normal stretch, which says nothing of what others say.
 * @throws by `refuse`, naming the row: no column `clip`, an unknown clip, no number, a start after its end, an end beyond the
 *   clip, a label other than 0 and 1, seconds of a folder of frames
 */
export function readIntervals(
  { head, rows }: { readonly head: readonly string[]; readonly rows: readonly string[][] },
  videos: readonly Labelled[],
  { refuse }: { readonly refuse: (problem: string) => Error },
): Uint8Array[] {
  const seconds = placeOf(head, secondColumns) >= 0;
  const [startName, endName] = seconds ? secondColumns : frameColumns;
  const places = [['clip', 'video'], [startName], [endName]].map((names) => placeOf(head, names));
  const [clipAt = -1, startAt = -1, endAt = -1] = places;
  if (places.includes(-1)) {
    throw refuse(
      `a first row with clip, start, end (frames from 0) or clip, start_seconds, end_seconds was expected, but it is ` +
        `${head.join(',')}. Write it so.`,
    );
  }
  const labelAt = placeOf(head, ['label']);
  const labels = videos.map(({ frames }) => new Uint8Array(frames));
  rows.forEach((row, i) => {
    const clip = row[clipAt] ?? '';
    const which = placeCalled(videos, clip);
    const video = videos[which];
    const where = `row ${i + 2}, clip ${clip}`;
    if (video === undefined) {
      throw refuse(
        `row ${i + 2}: one of the clips ${inWords(videos.map(({ name }) => name))} was expected, but "${clip}" came. Correct it.`,
      );
    }
    const [start, end] = [startAt, endAt].map((at) => numberOf(row[at], { seconds })) as [
      number,
      number,
    ];
    const unit = seconds ? 'seconds' : 'frames';
    if (Number.isNaN(start) || Number.isNaN(end)) {
      throw refuse(
        `${where}: ${startName} and ${endName} are ${seconds ? 'numbers of seconds' : 'whole numbers of frames'} from 0, but ` +
          `"${row[startAt] ?? ''}" and "${row[endAt] ?? ''}" came. Correct them.`,
      );
    }
    if (start > end || (seconds && start === end)) {
      throw refuse(
        `${where}: an end after the start, ${start}, was expected, but it is ${end}. Correct it.`,
      );
    }
    const last = seconds ? endOf(video) : video.frames - 1;
    if (last === undefined) {
      throw refuse(
        `${where}: seconds are told of video files, but this clip is a folder of frames. Give frames, as start and end.`,
      );
    }
    if (end > last + (seconds ? 1e-3 : 0)) {
      throw refuse(
        `${where}: ${unit} from 0 to ${Number(last.toFixed(3))} were expected, for so long is the clip, but ${end} came. ` +
          `Labels and frames are of different editions, or these are no ${unit}.`,
      );
    }
    const label = labelAt < 0 ? '1' : (row[labelAt] ?? '');
    if (label !== '0' && label !== '1') {
      throw refuse(
        `${where}: a label is 1 (anomalous) or 0 (normal), but "${label}" came. Correct it, or name the column otherwise.`,
      );
    }
    if (label === '0') return;
    const times = video.times ?? [];
    if (seconds) {
      labels[which]?.forEach((_, frame, all) => {
        const time = times[frame] ?? NaN;
        if (time >= start && time < end) all[frame] = 1;
      });
    } else labels[which]?.fill(1, start, end + 1);
  });
  return labels;
}

/** A number without leading zeros; else the name as it is. */
export function plain(name: string): string {
  return /^\d+$/.test(name) ? String(Number(name)) : name;
}

function placeOf(head: readonly string[], names: readonly string[]): number {
  return head.findIndex((title) => names.includes(title.toLowerCase()));
}

/** A name as it is goes before one that lacks an ending: `cam.c` may be a clip beside `cam`. */
function placeCalled(videos: readonly Labelled[], clip: string): number {
  const exact = videos.findIndex(({ name }) => plain(name) === plain(clip));
  const bare = clip.replace(/\.\w+$/, '');
  return exact < 0 ? videos.findIndex(({ name }) => name === bare) : exact;
}

function numberOf(cell = '', { seconds }: { readonly seconds: boolean }): number {
  return (seconds ? /^\d+(\.\d+)?$/ : /^\d+$/).test(cell) ? Number(cell) : NaN;
}

/** When the last frame is over: it is shown for as long as the one before it. */
function endOf({ times }: Labelled): number | undefined {
  if (times === undefined) return undefined;
  const last = times.at(-1) ?? 0;
  return last + (last - (times.at(-2) ?? last));
}

/** The first eight of them, where there are many. */
function inWords(names: readonly string[]): string {
  return names.slice(0, 8).join(', ') + (names.length > 8 ? ' …' : '');
}
