// Which files are which video: films, and folders of numbered pictures, in the order of their numbers, none missing.

import { readdir, stat } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import { hasCode } from '@memae/graph';
import { datasetError, reasonOf } from '../error.ts';
import { filmName } from '../ffmpeg/inputs.ts';
import type { FfmpegOptions } from '../ffmpeg/run-ffmpeg.ts';
import { type Film, scanFilm } from '../ffmpeg/scan-film.ts';

/** A video as it lies on disk. */
export type VideoFiles = FrameFiles | Film;

/** A video as files. */
export interface FrameFiles {
  /** The name of its folder. */
  readonly name: string;
  /** Its folder. */
  readonly path: string;
  /** Paths of the frames, in order. */
  readonly files: readonly string[];
}

/** Pictures that can be frames. */
export const frameName = /\.(jpe?g|png|tiff?)$/i;
/** Folders that may lie beside videos: masks, labels, and what an archive leaves behind. */
const besideVideos = /(^|_)(gt|ground_truth|masks?|labels?)$|^__MACOSX$/i;
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

/** How many frames. */
export function lengthOf(video: VideoFiles): number {
  return 'files' in video ? video.files.length : video.times.length;
}

/**
 * The video at a path: a film, or a folder of frames (JPEG, PNG, TIFF); without frames where a folder has none.
 * @throws as `listFrames` and `scanFilm`.
 */
async function openVideo(path: string, options: FfmpegOptions = {}): Promise<VideoFiles> {
  if ((await stat(path)).isDirectory()) {
    return { name: basename(path), path, files: await listFrames(path, frameName) };
  }
  return scanFilm({ name: basename(path, extname(path)), path }, options);
}

/**
 * The videos of a folder: its films, and its sub-folders, each of frames, but for those called as masks and labels are. None
 * where no sub-folder has any.
 * @throws as `openVideo`; `DATASET_CORRUPT` for two of one name, and for a sub-folder without frames among others; `DATASET_NOT_FOUND` for a link that leads nowhere.
 */
export async function listVideos(
  folder: string,
  options: FfmpegOptions = {},
): Promise<VideoFiles[]> {
  const videos: VideoFiles[] = [];
  let bare: string | undefined;
  const names: string[] = [];
  for (const name of await namesIn(folder)) {
    if ((await isFolder(join(folder, name))) || filmName.test(name)) names.push(name);
  }
  const others = names.filter((name) => !besideVideos.test(name));
  // One after another: ffmpeg keeps the cores busy by itself.
  for (const name of others.length > 0 ? others : names) {
    const path = join(folder, name);
    const video = await openVideo(path, options);
    if (lengthOf(video) === 0) {
      if (others.length > 0) bare ??= path;
      continue;
    }
    if (videos.some((other) => other.name === video.name)) {
      throw datasetError(
        'DATASET_CORRUPT',
        `${folder}: videos of different names were expected, but two are called ${video.name}. Rename one of them.`,
      );
    }
    videos.push(video);
  }
  const [first] = videos;
  if (first !== undefined && bare !== undefined) {
    throw datasetError(
      'DATASET_CORRUPT',
      `${bare}: numbered JPEG, PNG or TIFF frames were expected in this folder, as in ${first.name} beside it, but it has none ` +
        'itself. Put them there, or move the folder away.',
    );
  }
  return videos;
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch (error) {
    throw datasetError(
      'DATASET_NOT_FOUND',
      `${path}: a video or a folder was expected, but looking at it failed, as where a link leads nowhere: ${reasonOf(error)}. ` +
        'Mend the link, or remove it.',
      error,
    );
  }
}

/**
 * The clips at a path: those of a folder, or a film or a folder of frames alone.
 * @throws `DATASET_NOT_FOUND`, `DATASET_EMPTY`; else as `listVideos`.
 */
export async function listClips(path: string, options: FfmpegOptions = {}): Promise<VideoFiles[]> {
  const found = await stat(path).catch(() => undefined);
  if (found === undefined) {
    throw datasetError(
      'DATASET_NOT_FOUND',
      `The path of a video file, of a folder of frames, or of a folder of such was expected, but "${path}" is none.`,
    );
  }
  const single = found.isFile() || (await holdsFrames(path));
  if (single && found.isDirectory()) await refuseOthers(path);
  const videos = single ? [await openVideo(path, options)] : await listVideos(path, options);
  if (videos.length > 0) return videos;
  throw datasetError(
    'DATASET_EMPTY',
    `${path}: video files (MP4, MKV, AVI, WebM, …) or numbered JPEG, PNG or TIFF frames were expected there, or in its ` +
      'folders, but there are none.',
  );
}

async function holdsFrames(folder: string): Promise<boolean> {
  return (await namesIn(folder)).some((name) => frameName.test(name));
}

/** @throws `DATASET_CORRUPT` where films or folders of frames lie beside frames: they would be passed over. */
async function refuseOthers(folder: string): Promise<void> {
  for (const name of await namesIn(folder)) {
    const video =
      filmName.test(name) || (!besideVideos.test(name) && (await holdsFrames(join(folder, name))));
    if (!video) continue;
    throw datasetError(
      'DATASET_CORRUPT',
      `${folder} holds pictures, as a video of frames does, and the video ${name} beside them. Move the pictures away, or name ` +
        'the one that is meant.',
    );
  }
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

/** The last number in the name of a picture. */
export function frameNumber(file: string): number | undefined {
  const digits = /(\d+)\D*$/.exec(basename(file, extname(file)))?.[1];
  return digits === undefined ? undefined : Number(digits);
}

function numberOf(file: string): number {
  const number = frameNumber(file);
  if (number === undefined) {
    throw datasetError(
      'DATASET_CORRUPT',
      `${file}: the name of a frame ends in its number, as 0001.jpg, but this one has none. Rename or remove it.`,
    );
  }
  return number;
}

function missing(from: number, to: number): string {
  return from === to ? `frame ${from} is missing` : `frames ${from} to ${to} are missing`;
}
