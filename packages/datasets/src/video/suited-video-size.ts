// The size that the frames of one's own videos come to where nobody says one: by the first frame, before a film is looked
// through. Learning from clips takes sixteen times what pictures take, so they come to half of what these come to.

import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { asFrames, filmInput, filmName } from '../ffmpeg/inputs.ts';
import { readFrames } from '../ffmpeg/read-frames.ts';
import { type FfmpegOptions, runFfmpeg } from '../ffmpeg/run-ffmpeg.ts';
import { imageSize } from '../images/read-images.ts';
import { type SuitedSize, sizeWithin } from '../images/suited-size.ts';
import { frameName, namesIn } from './list-videos.ts';
import { partsOf } from './own-clips.ts';

/** Frames keep their size, unless a side is longer. */
const longestKept = 128;
/** The longer side that others come to. */
const longerSide = 64;

/**
 * What large frames come to, by the first of those to learn from; `undefined` where they may stay as they are.
 * @throws as `runFfmpeg` and `imageSize`, where the first video cannot be read
 */
export async function suitedVideoSize(
  source: string,
  options: FfmpegOptions = {},
): Promise<SuitedSize | undefined> {
  const [training = source] = await partsOf(source);
  const first = await firstFile(training);
  if (first === undefined) return undefined;
  const native = frameName.test(first) ? await imageSize(first) : await filmSize(first, options);
  if (Math.max(...native) <= longestKept) return undefined;
  return { size: sizeWithin(longerSide, native), found: `of ${native.join('×')}` };
}

/** The first film or frame at a path, as they are listed. */
async function firstFile(path: string): Promise<string | undefined> {
  if ((await stat(path)).isFile()) return path;
  for (const name of await namesIn(path)) {
    const inside = join(path, name);
    const isFolder = (await stat(inside).catch(() => undefined))?.isDirectory() === true;
    const found = isFolder ? await firstFile(inside) : inside;
    if (found !== undefined && (filmName.test(found) || frameName.test(found))) return found;
  }
  return undefined;
}

async function filmSize(
  path: string,
  options: FfmpegOptions,
): Promise<readonly [height: number, width: number]> {
  const args = [...filmInput(path), '-frames:v', '1', ...asFrames];
  for await (const { height, width } of readFrames(runFfmpeg(args, { ...options, name: path }), {
    name: path,
  })) {
    return [height, width];
  }
  // A film without frames is told when it is opened.
  return [0, 0];
}
