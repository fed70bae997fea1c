// The user's own videos: whether a folder says which are to learn from and which to test on, and what is found there else.

import { readdir, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { filmName } from '../ffmpeg/inputs.ts';
import { type VideoFiles, frameName, frameNumber, lengthOf } from './list-videos.ts';
import { labelFormats, readFrameLabels } from './read-labels.ts';
import { type FolderLabels, counted, findLabelFile } from './video-folder.ts';

/** The folder to learn from and the one to test on, those that there are. */
export async function partsOf(folder: string): Promise<string[]> {
  const names = await subFolders(folder);
  return [/^train(ing)?(_videos)?$/i, /^test(ing)?(_videos)?$/i].flatMap((part) => {
    const name = names.find((each) => part.test(each));
    return name === undefined ? [] : [join(folder, name)];
  });
}

/** Names of the folders in a folder; none where there is no such folder. */
export async function subFolders(folder: string): Promise<string[]> {
  if ((await stat(folder).catch(() => undefined))?.isDirectory() !== true) return [];
  const entries = await readdir(folder, { withFileTypes: true });
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
}

/**
 * Whether a folder without such parts is of videos rather than of pictures: it holds films; or numbered pictures that are called
 * frames; or each of its folders is called as clips are (`clip01`, `camera-2`) or its pictures are called frames.
 */
export async function holdsClips(folder: string): Promise<boolean> {
  const names = await readdir(folder);
  if (names.some((name) => filmName.test(name)) || areFrames(names)) return true;
  const inside = (await subFolders(folder)).filter((name) => !/^\.|^labels$/.test(name));
  const each = await Promise.all(
    inside.map(async (name) => {
      const pictures = (await readdir(join(folder, name))).filter((file) => frameName.test(file));
      return areFrames(pictures) || (clipName.test(name) && areNumbered(pictures));
    }),
  );
  return each.length > 0 && each.every(Boolean);
}

const clipName = /^(clip|video|vid|cam|camera|scene|seq|sequence|shot|train|test)[-_ ]?\d+$/i;

function areFrames(names: readonly string[]): boolean {
  const frames = names.filter((name) => frameName.test(name));
  return frames.length > 1 && frames.every((name) => /^frame/i.test(name)) && areNumbered(frames);
}

/** One after another, none missing. */
function areNumbered(names: readonly string[]): boolean {
  const numbers = Float64Array.from(names, (name) => frameNumber(name) ?? NaN).sort();
  return numbers.length > 0 && numbers.every((number, i) => number === (numbers[0] ?? NaN) + i);
}

/**
 * Labels of clips, by the file named, or by the one in their folder or its folder `labels`; none where there is no such file.
 * @throws as `readFrameLabels` and `findLabelFile`
 */
export async function ownLabels(
  path: string,
  { videos, labels }: { readonly videos: readonly VideoFiles[]; readonly labels?: string },
): Promise<FolderLabels | undefined> {
  const file = labels ?? (await findLabelFile(path, labelFormats));
  if (file === undefined) return undefined;
  return {
    labels: await readFrameLabels(file, counted(videos)),
    edition: `labels of ${basename(file)}`,
  };
}

/** What was found: `films, 2 video files and 1 folder of frames, 1,240 frames of 240×360`. */
export function describeClips(
  name: string,
  { videos, size }: { readonly videos: readonly VideoFiles[]; readonly size: readonly number[] },
): string {
  const films = videos.filter((video) => 'times' in video).length;
  const frames = videos.reduce((sum, video) => sum + lengthOf(video), 0);
  const kinds = [
    [films, 'video file'],
    [videos.length - films, 'folder'],
  ] as const;
  const said = kinds.flatMap(([count, kind]) => {
    const of = kind === 'folder' ? ' of frames' : '';
    return count === 0 ? [] : [`${count} ${kind}${count === 1 ? '' : 's'}${of}`];
  });
  return `${name}, ${said.join(' and ')}, ${frames.toLocaleString('en')} frames of ${size.join('×')}`;
}
