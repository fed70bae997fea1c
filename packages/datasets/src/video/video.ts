// What a video is here: frames of one size as grey bytes, each decoded when it is first wanted and kept; and what
// evaluation needs of a test video besides.

import type { NdArray } from '@memae/graph';
import type { LabelledDataset } from '../dataset.ts';
import { datasetError } from '../error.ts';
import type { Split } from '../split.ts';
import type { Ends } from './clips.ts';

/** Frames `from` (included) to `to` (excluded). */
export interface FrameRange {
  readonly from: number;
  readonly to: number;
}

/** Frames in order. */
export interface Video {
  /** Unique among the videos it is opened with: `Train001`, `01`. */
  readonly name: string;
  /** How many. */
  readonly frames: number;
  /**
   * Memory for all frames, `[frames, height, width]`, grey, the same for all calls. Those of the range, by default all,
   * are there when it comes; each is decoded once, by the first call that wants it.
   */
  read(range?: FrameRange): Promise<NdArray<'uint8'>>;
  /** Frames as they are stored, one after another, to tell videos apart by; absent where there is nothing to decode. */
  stored?(range: FrameRange): AsyncIterable<Uint8Array>;
}

/** A video with the truth about each frame. */
export interface TestVideo extends Video {
  /** `[frames]`: 1 where anomalous, 0 where normal. */
  readonly labels: Uint8Array;
  /**
   * Which pixels are anomalous (1), `[frames, height, width]`; absent where the data set does not say. Read anew by
   * each call, to be let go of video by video.
   */
  readonly masks?: () => Promise<NdArray<'uint8'>>;
}

/** Clips of test videos; the label of a clip is that of the frame it stands for. */
export interface VideoTestSet extends LabelledDataset<'video'> {
  /** Whether the first and last frames have clips: `trim` no, `repeat` yes. */
  readonly ends: Ends;
  readonly videos: readonly TestVideo[];
}

/** Training and validation videos are normal throughout; there may be no test videos. */
export interface VideoSplit extends Split<'video'> {
  /** What was found, in a line, where that was not known before. */
  readonly description?: string;
  readonly test: VideoTestSet;
}

/** The name of a clip: the data set, the video, and the frame that the clip stands for, counted from 0. */
export function frameKey(name: string, video: string, { frame }: { frame: number }): string {
  return `${name}/${video}/${frame}`;
}

/**
 * Which frame of which video a clip stands for, read off its key.
 * @throws `DATASET_BAD_OPTION` for a key that names no frame.
 */
export function frameOf(key: string): { readonly video: string; readonly frame: number } {
  const [, video = '', frame = ''] = /([^/]+)\/(\d+)$/.exec(key) ?? [];
  if (frame === '') {
    throw datasetError(
      'DATASET_BAD_OPTION',
      `The key of a clip was expected, as "ucsd-ped2/01/8", but "${key}" came.`,
    );
  }
  return { video, frame: Number(frame) };
}
