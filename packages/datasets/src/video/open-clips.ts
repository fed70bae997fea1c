// Videos to be scored: films and folders of frames, without labels, a clip around each frame.

import { basename, dirname } from 'node:path';
import type { Dataset } from '../dataset.ts';
import type { FfmpegOptions } from '../ffmpeg/run-ffmpeg.ts';
import { clipDataset, whole } from './clip-dataset.ts';
import { type ClipOptions, clipsOf } from './clips.ts';
import { decodedVideo, nativeSize } from './film-video.ts';
import { listClips } from './list-videos.ts';

export interface OpenClipsOptions extends ClipOptions, FfmpegOptions {
  /** Height and width that frames are resized to. */
  readonly size?: readonly [height: number, width: number];
  /** Told how many more frames were decoded. */
  readonly onRead?: (count: number) => void;
}

/**
 * Opens a film (MP4, MKV, AVI, WebM, …), a folder of frames (JPEG, PNG, TIFF, numbered without gaps), or a folder of such
 * films and folders, as one data set of clips each: `[1, frames, height, width]`, grey bytes. A clip stands for the frame in
 * its middle, whose place in the video, from 0, ends its key: `<path>/8`. Unlike elsewhere, `ends` is `repeat` by default, so
 * that every frame has a clip.
 * @throws `DATASET_NOT_FOUND`, `DATASET_EMPTY`; `DATASET_CORRUPT` naming the film or frame that is missing or broken or of
 *   another size; `DATASET_NO_FFMPEG`; `DATASET_BAD_OPTION`.
 */
export async function openClips(
  path: string,
  { size, onRead = () => undefined, ends = 'repeat', ...rest }: OpenClipsOptions = {},
): Promise<Dataset<'video'>[]> {
  const { frames, dilation, stride, ...ffmpeg } = rest;
  const clips = clipsOf({
    ...(frames !== undefined && { frames }),
    ...(dilation !== undefined && { dilation }),
    ...(stride !== undefined && { stride }),
    ends,
  });
  const videos = await listClips(path, ffmpeg);
  return Promise.all(
    videos.map(async (video) => {
      const sized = size ?? (await nativeSize(video));
      const decoding = { ...ffmpeg, size: sized, resize: size !== undefined, onRead };
      return clipDataset({
        name: video.path,
        prefix: dirname(video.path),
        size: sized,
        stretches: [whole({ ...decodedVideo(video, decoding), name: basename(video.path) })],
        clips,
      });
    }),
  );
}
