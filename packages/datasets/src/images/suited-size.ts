// The size that the pictures of a folder come to where nobody says one: by their headers, before any is decoded.

import { join } from 'node:path';
import { type ImageLayout, layOut } from './image-layout.ts';
import { listImages } from './list-images.ts';
import { imageName, imageSize } from './read-images.ts';

/** Pictures that are all of one size keep it, unless a side is longer. */
const longestKept = 256;
/** The longer side that others come to, at most. */
const longerSide = 128;
/** Sides are multiples of it, for networks halve them. */
const step = 8;
/** Headers read at once. */
const atOnce = 16;

export interface SuitedSize {
  readonly size: readonly [height: number, width: number];
  /** Why: `of 47×51 to 139×122`. */
  readonly found: string;
}

/**
 * What pictures of several sizes, or large ones, come to: the median height and width, made smaller until the longer is 128.
 * `undefined` where they may stay as they are. Pictures that cannot be read do not count.
 * @throws `DATASET_NOT_FOUND`, `DATASET_CORRUPT` as `listImages` and `layOut`
 */
export async function suitedSize(
  folder: string,
  {
    layout,
    normal,
    signal,
  }: {
    readonly layout?: ImageLayout | undefined;
    readonly normal?: string | undefined;
    readonly signal?: AbortSignal;
  } = {},
): Promise<SuitedSize | undefined> {
  const paths = await listImages(folder, imageName);
  const { images } = layOut(paths, { folder, asked: layout, normal });
  const sizes: (readonly [height: number, width: number])[] = [];
  for (let start = 0; start < images.length; start += atOnce) {
    signal?.throwIfAborted();
    const group = images.slice(start, start + atOnce);
    const read = await Promise.allSettled(group.map(({ key }) => imageSize(join(folder, key))));
    sizes.push(...read.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : [])));
  }
  const heights = rangeOf(sizes.map(([height]) => height));
  const widths = rangeOf(sizes.map(([, width]) => width));
  const alike = heights.least === heights.most && widths.least === widths.most;
  if (alike && Math.max(heights.most, widths.most) <= longestKept) return undefined;
  const most = `${heights.most}×${widths.most}`;
  return {
    size: sizeWithin(longerSide, [heights.median, widths.median]),
    found: alike ? `of ${most}` : `of ${heights.least}×${widths.least} to ${most}`,
  };
}

/** A height and a width made smaller until the longer is at most so many pixels, in multiples of 8. */
export function sizeWithin(
  longest: number,
  [height, width]: readonly [height: number, width: number],
): readonly [height: number, width: number] {
  const scale = Math.min(1, longest / Math.max(height, width));
  const side = (length: number): number =>
    Math.max(step, step * Math.round((length * scale) / step));
  return [side(height), side(width)];
}

function rangeOf(lengths: readonly number[]) {
  const sorted = [...lengths].sort((a, b) => a - b);
  const at = (place: number): number => sorted.at(place) ?? 0;
  return { least: at(0), median: at(sorted.length >> 1), most: at(-1) };
}
