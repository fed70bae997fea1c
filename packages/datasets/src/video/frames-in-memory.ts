// Frames that are in memory already, as clips to be scored.

import { type NdArray } from '@memae/graph';
import type { Dataset } from '../dataset.ts';
import { clipDataset, whole } from './clip-dataset.ts';
import { type ClipOptions, clipsOf } from './clips.ts';

export interface ClipsAroundOptions extends Omit<ClipOptions, 'ends' | 'stride'> {
  /** Of the data set; the clip around frame i has the key `name/frames/i`. */
  readonly name: string;
}

/**
 * Frames `[n, height, width]`, grey bytes, as `n` samples `[1, frames, height, width]`: a clip around each frame, its missing
 * frames filled by the first or the last.
 * @throws `DATASET_EMPTY` for no frames; `DATASET_BAD_OPTION`.
 */
export function clipsAround(
  frames: NdArray<'uint8'>,
  { name, ...options }: ClipsAroundOptions,
): Dataset<'video'> {
  const [count = 0, height = 0, width = 0] = frames.shape;
  const video = { name: 'frames', frames: count, read: () => Promise.resolve(frames) };
  return clipDataset({
    name,
    prefix: name,
    size: [height, width],
    stretches: [whole(video)],
    clips: clipsOf({ ...options, ends: 'repeat' }),
  });
}
