// How clips lie on a video. A clip of F frames, d apart, stands for its frame F/2: with F = 16 the clip that starts
// at frame j stands for frame j + 8, as in the authors' code, whose labels are then `[8:-7]`.

import { datasetError } from '../error.ts';

/**
 * What becomes of frames too near to an end of the video for a whole clip around them: `trim` leaves them without
 * one, as the authors' code does; `repeat` gives each one, its missing frames filled by the video's first or last.
 */
export type Ends = 'trim' | 'repeat';

export interface ClipOptions {
  /** Frames of a clip; by default 16. */
  readonly frames?: number;
  /** From one frame of a clip to the next; by default 1. */
  readonly dilation?: number;
  /** From the start of one clip to that of the next, in frames; by default 1. */
  readonly stride?: number;
  /** By default `trim`. */
  readonly ends?: Ends;
}

/** All of the options. */
export type Clips = Required<ClipOptions>;

/**
 * Fills in defaults.
 * @throws `DATASET_BAD_OPTION` for lengths and steps that are no whole numbers from 1, and unknown ends.
 */
export function clipsOf(options: ClipOptions): Clips {
  const { frames = 16, dilation = 1, stride = 1, ends = 'trim' } = options;
  for (const [name, value] of Object.entries({ frames, dilation, stride })) {
    if (Number.isInteger(value) && value >= 1) continue;
    throw datasetError(
      'DATASET_BAD_OPTION',
      `${name} is a whole number from 1, but ${String(value)} came.`,
    );
  }
  if (!['trim', 'repeat'].includes(ends)) {
    throw datasetError(
      'DATASET_BAD_OPTION',
      `ends is trim or repeat, but "${ends as string}" came.`,
    );
  }
  return { frames, dilation, stride, ends };
}

/** From a clip's first frame to its last, both counted. */
export function spanOf({ frames, dilation }: Clips): number {
  return (frames - 1) * dilation + 1;
}

/** From a clip's first frame to the one that it stands for. */
export function leadOf({ frames, dilation }: Clips): number {
  return Math.floor(frames / 2) * dilation;
}

/** How many clips a stretch of `length` frames gives. */
export function countClips(length: number, clips: Clips): number {
  const starts = clips.ends === 'repeat' ? length : length - spanOf(clips) + 1;
  return Math.max(0, Math.ceil(starts / clips.stride));
}

/** The first frame of clip `index` of a stretch, counted from the stretch's first frame; below 0 where `ends` repeats. */
export function startOf(index: number, clips: Clips): number {
  return index * clips.stride - (clips.ends === 'repeat' ? leadOf(clips) : 0);
}
