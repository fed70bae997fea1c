// Masks at the size that a model sees: the pixel of the mask that lies under the middle of each pixel of the model's,
// so that a mask stays 0 and 1.

import type { NdArray } from '@memae/graph';
import { datasetError } from '../error.ts';

/** Masks of one size, one a frame. */
export interface RawMasks {
  readonly height: number;
  readonly width: number;
  /** `height × width` numbers a frame, row-major (or down the columns); anything but 0 is anomalous. */
  readonly frames: readonly ArrayLike<number>[];
  /** Whether the numbers run down the columns, as MATLAB's do. */
  readonly columns?: boolean;
  /** Names them in messages. */
  readonly file: string;
}

export interface MaskTarget {
  readonly size: readonly [height: number, width: number];
  /** Height and width of the frames' files. */
  readonly native: readonly [height: number, width: number];
  /** How many frames the video has. */
  readonly frames: number;
}

/**
 * `[frames, height, width]` of 0 and 1.
 * @throws `DATASET_CORRUPT` for another number of masks than frames, and for masks that are no scaled frames.
 */
export function resizeMasks(raw: RawMasks, target: MaskTarget): NdArray<'uint8'> {
  refuseOthers(raw, target);
  const [height, width] = target.size;
  const { columns = false } = raw;
  const down = nearest(height, raw.height);
  const across = nearest(width, raw.width);
  const from = Uint32Array.from({ length: height * width }, (_, i) => {
    const y = down[Math.floor(i / width)] ?? 0;
    const x = across[i % width] ?? 0;
    return columns ? x * raw.height + y : y * raw.width + x;
  });
  const data = new Uint8Array(raw.frames.length * from.length);
  raw.frames.forEach((mask, frame) => {
    from.forEach((pixel, i) => {
      if (mask[pixel] !== 0) data[frame * from.length + i] = 1;
    });
  });
  return { dtype: 'uint8', shape: [raw.frames.length, height, width], data };
}

/** For each of `length` pixels, which of `source` pixels lies under its middle. */
function nearest(length: number, source: number): number[] {
  return Array.from({ length }, (_, i) => Math.floor(((i + 0.5) * source) / length));
}

/**
 * A mask belongs to each frame.
 * @throws `DATASET_CORRUPT` for another number of masks than frames.
 */
export function refuseOtherCount(
  masks: number,
  { frames, file }: { readonly frames: number; readonly file: string },
): void {
  if (masks === frames) return;
  throw datasetError(
    'DATASET_CORRUPT',
    `${file}: a mask for each of ${frames} frames was expected, but ${masks} came. ` +
      'Masks and frames are of different editions of the data set: fetch both anew, or take the masks away.',
  );
}

/** Some editions scale the frames but not the masks: their proportions must agree, within the rounding of a pixel. */
function refuseOthers(raw: RawMasks, { native: [height, width], frames }: MaskTarget): void {
  const { file } = raw;
  refuseOtherCount(raw.frames.length, { frames, file });
  const skew = Math.abs(raw.width * height - width * raw.height);
  if (skew > Math.max(height, width, raw.height, raw.width)) {
    throw datasetError(
      'DATASET_CORRUPT',
      `${file}: masks of ${height}×${width} (height×width), as the frames, or scaled alike were expected, but ` +
        `${raw.height}×${raw.width} came. Scale the masks as the frames were scaled.`,
    );
  }
}
