// What `--data` says, as a split of videos: a known data set found on disk, drawn ones, or the user's own files.

import { stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { avenue } from '../avenue/avenue.ts';
import { datasetError } from '../error.ts';
import type { FfmpegOptions } from '../ffmpeg/run-ffmpeg.ts';
import { movingShapes } from '../moving-shapes/moving-shapes.ts';
import { shanghaiTech } from '../shanghai-tech/shanghai-tech.ts';
import { ucsdPed2 } from '../ucsd-ped2/ucsd-ped2.ts';
import { clipTestSet, whole } from './clip-dataset.ts';
import { decodedVideo, nativeSize } from './film-video.ts';
import { type VideoFiles, lengthOf, listClips } from './list-videos.ts';
import { describeClips, ownLabels, partsOf } from './own-clips.ts';
import type { PublishedVideos } from './published-videos.ts';
import { resizeMasks } from './resize-masks.ts';
import { folderLabels, listFolder } from './video-folder.ts';
import {
  type VideoSource,
  type VideoSplitOptions,
  testClipsOf,
  videoSplit,
} from './video-split.ts';
import type { VideoSplit, VideoTestSet } from './video.ts';

/** Found on disk under these names; they may not be passed on. */
const published: readonly PublishedVideos[] = [ucsdPed2, avenue, shanghaiTech];

/** The video data sets that are known by name. */
export const knownVideos: readonly string[] = [
  ...published.map(({ name }) => name),
  'moving-shapes',
];

export interface OpenVideoOptions extends VideoSplitOptions, FfmpegOptions {
  /** The folder of data sets, looked in for those known by name. */
  readonly root?: string;
  /** Height and width that frames are resized to; without it they must be of one size. Drawn ones are 32 × 32. */
  readonly size?: readonly [height: number, width: number];
  /** Avenue's edition, `official` (the default) or `npy`; for all but drawn ones, a file to read instead. */
  readonly labels?: string;
  /** Told of frames decoded, of those of all videos. */
  readonly onProgress?: (progress: DecodingProgress) => void;
}

export interface DecodingProgress {
  readonly done: number;
  readonly total: number;
}

/**
 * Opens `ucsd-ped2`, `avenue`, `shanghai-tech` or `moving-shapes`, a folder in the layout of one of them, or the user's own
 * clips: a film, a folder of frames, or a folder of films and folders of frames. Of those, clips with an anomalous frame by
 * the file of `labels` are tested, and all others learned from; without labels all are normal, and none is tested.
 * Names, numbers and labels are checked at once, and films decoded to count their frames; frames are decoded as batches come to
 * need them, and kept.
 * @throws `DATASET_NOT_FOUND` saying where to get a data set and where to put it; `DATASET_CORRUPT`, `DATASET_EMPTY`
 *   naming the file or video that does not fit; `DATASET_NO_FFMPEG`; a broken frame, and one of another size, from the batch
 *   that needs it.
 */
export async function openVideoSplit(
  source: string,
  options: OpenVideoOptions,
): Promise<VideoSplit> {
  requireSize(options);
  if (source === 'moving-shapes') {
    const { size = [32, 32] } = options;
    return videoSplit(movingShapes({ size }), options);
  }
  const known = published.find(({ name }) => name === source);
  const folder = known === undefined ? source : await findPublished(known, options);
  if ((await stat(folder).catch(() => undefined)) === undefined) {
    throw datasetError(
      'DATASET_NOT_FOUND',
      `A data set (${knownVideos.join(', ')}) or the path of a video file, of a folder of frames, or of a folder of videos ` +
        `was expected, but "${source}" is neither.`,
    );
  }
  if (known === undefined && (await partsOf(folder)).length === 0) {
    return videoSplit(await ownSource(folder, options), options);
  }
  return videoSplit(await partedSource(folder, { known, options }), options);
}

/**
 * Opens labelled videos to be tested on, whole, whether or not there are others to learn from: the test videos of a folder
 * that has such, or all clips of the user's own.
 * @throws as `openVideoSplit`; `DATASET_NOT_FOUND` where no labels are.
 */
export async function openVideoTest(
  source: string,
  options: OpenVideoOptions,
): Promise<VideoTestSet> {
  requireSize(options);
  if (knownVideos.includes(source) || (await partsOf(source)).length > 0) {
    return (await openVideoSplit(source, options)).test;
  }
  const videos = await listClips(source, options);
  const labels = await ownLabels(source, { videos, ...options });
  if (labels === undefined) {
    throw datasetError(
      'DATASET_NOT_FOUND',
      `${source}: a file that says which frames are anomalous was expected, but none is named (--data-option labels=FILE). ` +
        'It is a CSV file with the columns clip, start, end (frames from 0), or clip, start_seconds, end_seconds.',
    );
  }
  const { name, size, decode } = await opening(source, { videos, options });
  return clipTestSet({
    name: `${name} test`,
    prefix: name,
    size,
    stretches: videos.map((video, i) =>
      whole({ ...decode(video), labels: labels.labels[i] ?? new Uint8Array() }),
    ),
    clips: testClipsOf(options),
  });
}

function requireSize({ size }: OpenVideoOptions): void {
  if (size?.every((length) => Number.isInteger(length) && length >= 1) !== false) return;
  throw datasetError(
    'DATASET_BAD_OPTION',
    `size is a height and a width in whole pixels, but ${size.join('×')} came.`,
  );
}

async function findPublished(
  { name, folders, source }: PublishedVideos,
  { root }: OpenVideoOptions,
): Promise<string> {
  const places = root === undefined ? [] : folders.map((folder) => join(root, folder));
  for (const place of places) {
    if ((await stat(place).catch(() => undefined))?.isDirectory() === true) return place;
  }
  throw datasetError(
    'DATASET_NOT_FOUND',
    `${name} may not be passed on, so it must be on your disk, but it was not found` +
      `${places.length === 0 ? ', for no folder of data sets (root) was named' : ` as ${places.join(' or ')}`}. ` +
      `${source} Put it into the folder "${name}" of your folder of data sets, or use "moving-shapes", which needs no files.`,
  );
}

/** The user's own clips: those with anomalies are tested, the others learned from. */
async function ownSource(path: string, options: OpenVideoOptions): Promise<VideoSource> {
  const videos = await listClips(path, options);
  const labels = await ownLabels(path, { videos, ...options });
  const isTested = videos.map((_, i) => labels?.labels[i]?.includes(1) === true);
  if (!isTested.includes(false)) {
    throw datasetError(
      'DATASET_EMPTY',
      `${path}: clips without anomalies were expected, to learn from, but by ${labels?.edition ?? ''} each has one. Put ` +
        'normal clips there, too.',
    );
  }
  const { name, size, decode } = await opening(path, { videos, options });
  return {
    name,
    edition: labels?.edition ?? 'all frames as normal',
    description: describeClips(name, { videos, size: await nativeSizeOf(videos) }),
    size,
    training: videos.filter((_, i) => !isTested[i]).map(decode),
    testing: videos.flatMap((video, i) =>
      isTested[i] ? [{ ...decode(video), labels: labels?.labels[i] ?? new Uint8Array() }] : [],
    ),
  };
}

/** A folder of clips to learn from and clips to test on. */
async function partedSource(
  folder: string,
  { known, options }: { known: PublishedVideos | undefined; options: OpenVideoOptions },
): Promise<VideoSource> {
  const { training, testing } = await listFolder(folder, options);
  const read = known?.labels ?? folderLabels;
  const given = options.labels === undefined ? {} : { labels: options.labels };
  const { labels, edition } = await read(folder, testing, given);
  const videos = [...training, ...testing];
  const { name, size, decode } = await opening(folder, { videos, options });
  return {
    name: known?.name ?? name,
    edition,
    size,
    training: training.map(decode),
    testing: testing.map(({ masks, ...video }, i) => ({
      ...decode(video),
      labels: labels[i] ?? new Uint8Array(),
      ...(masks && {
        masks: async () =>
          resizeMasks(await masks(), {
            size,
            native: await nativeSize(video),
            frames: lengthOf(video),
          }),
      }),
    })),
  };
}

/** What all videos of a source are opened with; progress counts their frames together. */
async function opening(
  path: string,
  {
    videos,
    options,
  }: { readonly videos: readonly VideoFiles[]; readonly options: OpenVideoOptions },
) {
  const { onProgress } = options;
  const size = options.size ?? (await nativeSizeOf(videos));
  const total = videos.reduce((sum, video) => sum + lengthOf(video), 0);
  let done = 0;
  const decoding = {
    ...options,
    size,
    resize: options.size !== undefined,
    onRead: (count: number) => {
      done += count;
      onProgress?.({ done, total });
    },
  };
  return {
    name: basename(resolve(path)),
    size,
    decode: (video: VideoFiles) => decodedVideo(video, decoding),
  };
}

/** Height and width of the first of some videos. */
async function nativeSizeOf([first]: readonly VideoFiles[]) {
  if (first === undefined) throw datasetError('DATASET_EMPTY', 'No videos came.');
  return nativeSize(first);
}
