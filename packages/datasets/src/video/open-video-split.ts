// What `--data` says, as a split of videos: a known data set found on disk, drawn ones, or the user's own folder.

import { stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { avenue } from '../avenue/avenue.ts';
import { datasetError } from '../error.ts';
import { imageSize } from '../images/read-images.ts';
import { movingShapes } from '../moving-shapes/moving-shapes.ts';
import { shanghaiTech } from '../shanghai-tech/shanghai-tech.ts';
import { ucsdPed2 } from '../ucsd-ped2/ucsd-ped2.ts';
import { fileVideo } from './file-video.ts';
import type { PublishedVideos } from './published-videos.ts';
import { resizeMasks } from './resize-masks.ts';
import { type FolderLabels, type VideoFolder, folderLabels, listFolder } from './video-folder.ts';
import { type VideoSource, type VideoSplitOptions, videoSplit } from './video-split.ts';
import type { VideoSplit } from './video.ts';

/** Found on disk under these names; they may not be passed on. */
const published: readonly PublishedVideos[] = [ucsdPed2, avenue, shanghaiTech];

/** The video data sets that are known by name. */
export const knownVideos: readonly string[] = [
  ...published.map(({ name }) => name),
  'moving-shapes',
];

export interface OpenVideoOptions extends VideoSplitOptions {
  /** The folder of data sets, looked in for those known by name. */
  readonly root?: string;
  /** Height and width that frames are resized to; without it they must be of one size. Drawn ones are 32 × 32. */
  readonly size?: readonly [height: number, width: number];
  /** Avenue's edition, `official` (the default) or `npy`; for all but drawn ones, a file to read instead. */
  readonly labels?: string;
  /** Ends decoding; what then still wants frames fails with its reason. */
  readonly signal?: AbortSignal;
  /** Told of frames decoded, of those of all videos. */
  readonly onProgress?: (progress: DecodingProgress) => void;
}

export interface DecodingProgress {
  readonly done: number;
  readonly total: number;
}

/**
 * Opens `ucsd-ped2`, `avenue`, `shanghai-tech` or `moving-shapes`, or a folder in the layout of one of them. Names, numbers
 * and labels are checked at once; frames are decoded as batches come to need them, and kept.
 * @throws `DATASET_NOT_FOUND` saying where to get a data set and where to put it; `DATASET_CORRUPT`, `DATASET_EMPTY`
 *   naming the file or video that does not fit; a broken frame, and one of another size, from the batch that needs it.
 */
export async function openVideoSplit(
  source: string,
  options: OpenVideoOptions,
): Promise<VideoSplit> {
  if (options.size?.every((length) => Number.isInteger(length) && length >= 1) === false) {
    throw datasetError(
      'DATASET_BAD_OPTION',
      `size is a height and a width in whole pixels, but ${options.size.join('×')} came.`,
    );
  }
  if (source === 'moving-shapes') {
    const { size = [32, 32] } = options;
    return videoSplit(movingShapes({ size }), options);
  }
  const known = published.find(({ name }) => name === source);
  const folder = known === undefined ? source : await findPublished(known, options);
  if ((await stat(folder).catch(() => undefined))?.isDirectory() !== true) {
    throw datasetError(
      'DATASET_NOT_FOUND',
      `A data set (${knownVideos.join(', ')}) or the path of a folder of videos was expected, but "${source}" is ` +
        'neither. A folder holds training/frames/<video>/0000.jpg …, testing/frames/<video>, and labels.',
    );
  }
  const listed = await listFolder(folder);
  const read = known?.labels ?? folderLabels;
  const given = options.labels === undefined ? {} : { labels: options.labels };
  const labelled = await read(folder, listed.testing, given);
  const name = known?.name ?? basename(resolve(folder));
  return videoSplit(await sourceOf(listed, { ...labelled, name, options }), options);
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

/** Files as videos to be decoded. */
async function sourceOf(
  { training, testing }: VideoFolder,
  named: FolderLabels & { readonly name: string; readonly options: OpenVideoOptions },
): Promise<VideoSource> {
  const { name, edition, labels, options } = named;
  const { signal, onProgress } = options;
  const size = options.size ?? (await imageSize(training[0]?.files[0] ?? ''));
  const total = [...training, ...testing].reduce((sum, { files }) => sum + files.length, 0);
  let done = 0;
  const decoding = {
    size,
    resize: options.size !== undefined,
    ...(signal === undefined ? {} : { signal }),
    onRead: (count: number) => {
      done += count;
      onProgress?.({ done, total });
    },
  };
  return {
    name,
    edition,
    size,
    training: training.map((files) => fileVideo(files, decoding)),
    testing: testing.map(({ masks, ...video }, i) => ({
      ...fileVideo(video, decoding),
      labels: labels[i] ?? new Uint8Array(),
      ...(masks === undefined
        ? {}
        : {
            masks: async () =>
              resizeMasks(await masks(), {
                size,
                native: await imageSize(video.files[0] ?? ''),
                frames: video.files.length,
              }),
          }),
    })),
  };
}
