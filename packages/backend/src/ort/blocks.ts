// Cutting a convolution's output positions into blocks of rows that fit the processor's cache.

import { type Shape, sizeOf } from '@memae/graph';

/** Positions `start` to `end` (row-major) of each of `samples` samples from `first` on. */
export interface Block {
  readonly first: number;
  readonly samples: number;
  readonly start: number;
  readonly end: number;
}

/**
 * Blocks of about `rows` rows: several whole samples, or a part of one that ends where a stride does
 * in all axes behind the one that is cut.
 */
export function blocksOf(
  rows: number,
  {
    batch,
    space,
    stride,
  }: { readonly batch: number; readonly space: Shape; readonly stride: Shape },
): Block[] {
  const positions = sizeOf(space);
  if (rows >= positions) {
    return evenly(batch, Math.floor(rows / positions)).map(([first, end]) => ({
      first,
      samples: end - first,
      start: 0,
      end: positions,
    }));
  }
  const units = space.map((_, axis) => (stride[axis] ?? 1) * sizeOf(space.slice(axis + 1)));
  const unit = units.find((size) => size <= rows) ?? units.at(-1) ?? 1;
  const parts = evenly(Math.ceil(positions / unit), Math.floor(rows / unit));
  return Array.from({ length: batch }, (_, first) =>
    parts.map(([start, end]) => ({
      first,
      samples: 1,
      start: start * unit,
      end: Math.min(positions, end * unit),
    })),
  ).flat();
}

/** 0 … length in the fewest ranges, at least one, of at most `most` (at least one), as equal as can be. */
function evenly(length: number, most: number): [number, number][] {
  const count = Math.max(1, Math.ceil(length / Math.max(1, most)));
  return Array.from({ length: count }, (_, i) => [
    Math.floor((i * length) / count),
    Math.floor(((i + 1) * length) / count),
  ]);
}
