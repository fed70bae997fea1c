// For tests: videos, in memory and as folders of numbered pictures.

import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { ndarray } from '@memae/graph';
import sharp from 'sharp';
import type { TestVideo } from '../video/video.ts';

/** A video of so many frames of 1 × 1, whose grey is the frame's number plus `base`; it notes what is read. */
export function numberedVideo(
  name: string,
  frames: number,
  options: { readonly base?: number; readonly labels?: Uint8Array; readonly reads?: string[] } = {},
): TestVideo {
  const { base = 0, labels = new Uint8Array(frames), reads = [] } = options;
  return {
    name,
    frames,
    labels,
    read: ({ from, to } = { from: 0, to: frames }) => {
      reads.push(`${name} ${from}-${to}`);
      return Promise.resolve(
        ndarray(
          Uint8Array.from({ length: frames }, (_, i) => base + i),
          [frames, 1, 1],
        ),
      );
    },
  };
}

/** Writes frames whose grey is 4 × their number, and gives their paths. */
export async function writeFrames(
  folder: string,
  frames: number,
  options: {
    readonly extension?: 'jpg' | 'png' | 'tif';
    readonly size?: readonly [height: number, width: number];
    readonly first?: number;
  } = {},
): Promise<string[]> {
  const { extension = 'png', size = [6, 8], first = 0 } = options;
  const [height, width] = size;
  await mkdir(folder, { recursive: true });
  return Promise.all(
    Array.from({ length: frames }, async (_, i) => {
      const file = join(folder, `${String(first + i).padStart(3, '0')}.${extension}`);
      await sharp(Buffer.alloc(height * width, 4 * i), { raw: { height, width, channels: 1 } })
        .toColourspace('b-w')
        .toFile(file);
      return file;
    }),
  );
}

/** Writes masks of which those of anomalous frames have one pixel set, in the row and column 1. */
export async function writeMasks(
  folder: string,
  labels: Uint8Array,
  { size = [6, 8] }: { readonly size?: readonly [height: number, width: number] } = {},
): Promise<string[]> {
  const [height, width] = size;
  await mkdir(folder, { recursive: true });
  return Promise.all(
    Array.from(labels, async (label, i) => {
      const file = join(folder, `${String(i).padStart(3, '0')}.png`);
      const mask = Buffer.alloc(height * width);
      mask[width + 1] = 255 * label;
      await sharp(mask, { raw: { height, width, channels: 1 } }).toFile(file);
      return file;
    }),
  );
}
