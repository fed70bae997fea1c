// A video in one file: decoded whole when it is first wanted, each frame then sized and greyed as frames in files are,
// by the same reader, so that a film scores as its frames would.

import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import type { NdArray } from '@memae/graph';
import { datasetError } from '../error.ts';
import { asFrames, filmInput } from '../ffmpeg/inputs.ts';
import { type RawFrame, readFrames } from '../ffmpeg/read-frames.ts';
import { type FfmpegOptions, runFfmpeg } from '../ffmpeg/run-ffmpeg.ts';
import type { Film } from '../ffmpeg/scan-film.ts';
import { imageMemory, imageReader, imageSize } from '../images/read-images.ts';
import { type FileVideoOptions, fileVideo } from './file-video.ts';
import type { VideoFiles } from './list-videos.ts';
import type { Video } from './video.ts';

/** Frames sized at once. */
const atOnce = 8;

/** Any video, to be decoded when it is first wanted. */
export function decodedVideo(video: VideoFiles, options: FileVideoOptions & FfmpegOptions): Video {
  return 'files' in video ? fileVideo(video, options) : filmVideo(video, options);
}

/** Height and width of the first frame of a video. */
export async function nativeSize(
  video: VideoFiles,
): Promise<readonly [height: number, width: number]> {
  return 'files' in video ? imageSize(video.files[0] ?? '') : video.size;
}

/**
 * Frames to be decoded by `read`.
 * @throws in `read`, for good: `DATASET_CORRUPT` where the film is not what was scanned, or of another size;
 *   `DATASET_BAD_OPTION` for more memory than pictures may take; the signal's reason
 */
function filmVideo(film: Film, options: FileVideoOptions & FfmpegOptions): Video {
  const { name, path, times } = film;
  let decoded: Promise<NdArray<'uint8'>> | undefined;
  return {
    name,
    frames: times.length,
    read: () => (decoded ??= decode(film, options)),
    // The file is the same, whichever of its frames are wanted; how many is told apart by who asks.
    stored: async function* () {
      const hash = createHash('sha256');
      for await (const chunk of createReadStream(path)) {
        options.signal?.throwIfAborted();
        hash.update(chunk as Buffer);
      }
      yield hash.digest();
    },
  };
}

async function decode(
  { path, times, size: native }: Film,
  { size, resize, onRead, ...ffmpeg }: FileVideoOptions & FfmpegOptions,
): Promise<NdArray<'uint8'>> {
  const [height, width] = size;
  if (!resize && (native[0] !== height || native[1] !== width)) {
    throw datasetError(
      'DATASET_CORRUPT',
      `${path}: frames of ${height}×${width} (height×width) were expected, as the first video's, but ` +
        `${native.join('×')} came. Give a size to resize all to.`,
    );
  }
  const memory = imageMemory([times.length, height, width]);
  const read = await imageReader({ size, colour: 'grey' });
  const differs = (frames: string): Error =>
    datasetError(
      'DATASET_CORRUPT',
      `${path}: ${times.length} frames were counted, but ${frames} came when they were read. Leave the file as it is.`,
    );
  let done = 0;
  const write = async (group: readonly RawFrame[]): Promise<void> => {
    if (done + group.length > times.length) throw differs('more');
    const images = await Promise.all(
      group.map(({ pixels, ...raw }) => read({ name: path, bytes: pixels, raw })),
    );
    for (const { pixels } of images) {
      memory.data.set(pixels, done * height * width);
      done += 1;
    }
    onRead(group.length);
  };
  let group: RawFrame[] = [];
  const chunks = runFfmpeg([...filmInput(path), ...asFrames], { ...ffmpeg, name: path });
  for await (const frame of readFrames(chunks, { name: path })) {
    group.push(frame);
    if (group.length < atOnce) continue;
    await write(group);
    group = [];
  }
  await write(group);
  if (done < times.length) throw differs(String(done));
  return memory;
}
