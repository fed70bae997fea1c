// Large images as tiles: where they lie, and what becomes of the tiles' scores.

import { datasetError } from '../error.ts';

export const tileScores = ['max', 'mean'] as const;

export interface Tiling {
  /** Height and width of a tile. */
  readonly tile: number;
  /** Pixels that neighbours share, at least; by default 0. */
  readonly overlap?: number;
  /** An image's score: the highest of its tiles' (the default), for anomalies are small, or their mean. */
  readonly score?: (typeof tileScores)[number];
}

/** @throws `DATASET_BAD_OPTION` for a tile without pixels, or an overlap that is not smaller than it */
export function checkTiling({ tile, overlap = 0 }: Tiling): void {
  if (Number.isInteger(tile) && tile > 0 && Number.isInteger(overlap) && overlap >= 0) {
    if (overlap < tile) return;
  }
  throw datasetError(
    'DATASET_BAD_OPTION',
    `tile is a whole number of pixels and overlap one below it, but tile ${tile} and overlap ${overlap} came.`,
  );
}

/** Upper left corners of the tiles that cover an image, row by row; the last of a row or column ends with the image. */
export function tileCorners(
  { height, width }: { readonly height: number; readonly width: number },
  tiling: Tiling,
): { readonly y: number; readonly x: number }[] {
  const across = starts(width, tiling);
  return starts(height, tiling).flatMap((y) => across.map((x) => ({ y, x })));
}

/** As few as cover the length, evenly apart. */
function starts(length: number, { tile, overlap = 0 }: Tiling): number[] {
  const steps = Math.ceil(Math.max(0, length - tile) / (tile - overlap));
  return Array.from({ length: steps + 1 }, (_, i) =>
    steps === 0 ? 0 : Math.round((i * (length - tile)) / steps),
  );
}

/** An image's score by its tiles'. */
export function scoreOfTiles(scores: ArrayLike<number>, { score = 'max' }: Tiling): number {
  const all = Array.from(scores);
  return score === 'max'
    ? all.reduce((highest, each) => Math.max(highest, each), -Infinity)
    : all.reduce((sum, each) => sum + each, 0) / all.length;
}
