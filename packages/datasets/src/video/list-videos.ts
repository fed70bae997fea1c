// Which files are the frames of which video: folders of numbered pictures, in the order of their numbers, none missing.

import { readdir } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import { hasCode } from '@memae/graph';
import { datasetError } from '../error.ts';

/** A video as files. */
export interface VideoFiles {
  /** The name of its folder. */
  readonly name: string;
  /** Paths of the frames, in order. */
  readonly files: readonly string[];
}

/** Pictures that can be frames. */
export const frameName = /\.(jpe?g|png|tiff?)$/i;
const naturalOrder = new Intl.Collator('en', { numeric: true });

/** Names in a folder, hidden ones left out, `Train9` before `Train10`; none where there is no such folder. */
export async function namesIn(folder: string): Promise<string[]> {
  try {
    const names = await readdir(folder);
    return names.filter((name) => !name.startsWith('.')).sort(naturalOrder.compare);
  } catch (error) {
    if (hasCode(error, 'ENOENT') || hasCode(error, 'ENOTDIR')) return [];
    throw error;
  }
}

/**
 * The videos of a folder: its sub-folders that hold frames (JPEG, PNG, TIFF).
 * @throws as `listFrames`.
 */
export async function listVideos(folder: string): Promise<VideoFiles[]> {
  const videos = await Promise.all(
    (await namesIn(folder)).map(async (name) => ({
      name,
      files: await listFrames(join(folder, name), frameName),
    })),
  );
  return videos.filter(({ files }) => files.length > 0);
}

/**
 * Paths of the pictures of a folder, by the last number in their names.
 * @throws `DATASET_CORRUPT` naming a picture without a number, two of one number, or the numbers that are missing.
 */
export async function listFrames(folder: string, names: RegExp): Promise<string[]> {
  const numbered = (await namesIn(folder))
    .filter((name) => names.test(name))
    .map((name) => ({ name, number: numberOf(join(folder, name)) }))
    .sort((a, b) => a.number - b.number);
  numbered.slice(1).forEach(({ name, number }, i) => {
    const before = numbered[i] ?? { name: '', number: 0 };
    if (number === before.number + 1) return;
    const problem =
      number === before.number
        ? `${before.name} and ${name} both have the number ${number}`
        : `after ${before.name} comes ${name}: ${missing(before.number + 1, number - 1)}`;
    throw datasetError(
      'DATASET_CORRUPT',
      `${folder}: frames numbered one after another were expected, but ${problem}. ` +
        'Unpack the video again.',
    );
  });
  return numbered.map(({ name }) => join(folder, name));
}

function numberOf(file: string): number {
  const digits = /(\d+)\D*$/.exec(basename(file, extname(file)))?.[1];
  if (digits === undefined) {
    throw datasetError(
      'DATASET_CORRUPT',
      `${file}: the name of a frame ends in its number, as 0001.jpg, but this one has none. Rename or remove it.`,
    );
  }
  return Number(digits);
}

function missing(from: number, to: number): string {
  return from === to ? `frame ${from} is missing` : `frames ${from} to ${to} are missing`;
}
