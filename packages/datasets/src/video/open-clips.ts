// Videos to be scored: folders of frames, without labels, a clip around each frame.

import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Dataset } from '../dataset.ts';
import { datasetError } from '../error.ts';
import { imageSize } from '../images/read-images.ts';
import { clipDataset, whole } from './clip-dataset.ts';
import { type ClipOptions, clipsOf } from './clips.ts';
import { fileVideo } from './file-video.ts';
import { frameName, listFrames, listVideos } from './list-videos.ts';

export interface OpenClipsOptions extends ClipOptions {
  /** Height and width that frames are resized to. */
  readonly size?: readonly [height: number, width: number];
  readonly signal?: AbortSignal;
  /** Told how many more frames were decoded. */
  readonly onRead?: (count: number) => void;
}

/**
 * Opens a folder of frames (JPEG, PNG, TIFF, numbered without gaps), or of such folders, as one data set of clips each:
 * `[1, frames, height, width]`, grey bytes. A clip stands for the frame in its middle, whose place in the video, from 0,
 * ends its key: `<folder>/8`. Unlike elsewhere, `ends` is `repeat` by default, so that every frame has a clip.
 * @throws `DATASET_NOT_FOUND`, `DATASET_EMPTY`; `DATASET_CORRUPT` naming the frame that is missing or broken or of
 *   another size; `DATASET_BAD_OPTION`.
 */
export async function openClips(
  folder: string,
  { size, signal, onRead = () => undefined, ends = 'repeat', ...rest }: OpenClipsOptions = {},
): Promise<Dataset<'video'>[]> {
  const clips = clipsOf({ ...rest, ends });
  if ((await stat(folder).catch(() => undefined))?.isDirectory() !== true) {
    throw datasetError(
      'DATASET_NOT_FOUND',
      `The path of a folder of frames, or of such folders, was expected, but "${folder}" is none.`,
    );
  }
  const here = (await readdir(folder)).some((name) => frameName.test(name));
  const videos = here
    ? [{ name: basename(folder), files: await listFrames(folder, frameName) }]
    : await listVideos(folder);
  if (videos.length === 0) {
    throw datasetError(
      'DATASET_EMPTY',
      `${folder}: numbered JPEG, PNG or TIFF frames were expected there, or in its folders, but there are none.`,
    );
  }
  return Promise.all(
    videos.map(async (video) => {
      const sized = size ?? (await imageSize(video.files[0] ?? ''));
      const decoding = { size: sized, resize: size !== undefined, onRead };
      return clipDataset({
        name: here ? folder : join(folder, video.name),
        prefix: here ? dirname(folder) : folder,
        size: sized,
        stretches: [whole(fileVideo(video, signal ? { ...decoding, signal } : decoding))],
        clips,
      });
    }),
  );
}
