// Where in a folder the frames, labels and masks of a video data set lie: in the layout of UCSD's archive, or in the
// common one, `training/frames/<video>`.

import { realpath } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import { datasetError } from '../error.ts';
import { npyShape } from '../formats/read-npy.ts';
import type { FfmpegOptions } from '../ffmpeg/run-ffmpeg.ts';
import { readBytes } from '../read-bytes.ts';
import { type VideoFiles, lengthOf, listFrames, listVideos, namesIn } from './list-videos.ts';
import {
  type Labelled,
  fromRow,
  labelFormats,
  readFrameLabels,
  readLabelRow,
} from './read-labels.ts';
import { maskName, readMaskMat, readMaskNpy, readMaskPictures } from './read-masks.ts';
import { type RawMasks, refuseOtherCount } from './resize-masks.ts';

/** Training and test videos as files. */
export interface VideoFolder {
  readonly training: readonly VideoFiles[];
  readonly testing: readonly TestFiles[];
}

export type TestFiles = VideoFiles & { readonly masks?: () => Promise<RawMasks> };

/** Labels, `[frames]` for each test video, and what they were read from, in words. */
export interface FolderLabels {
  readonly labels: readonly Uint8Array[];
  readonly edition: string;
}

const trainingFolders = placesOf('training', 'train');
const testingFolders = placesOf('testing', 'test');
const labelFolders = ['', 'labels', 'testing', 'testing/labels', 'Test', 'test', 'test/labels'];
const maskMatFolders = ['labels', 'ground_truth_demo', '', 'testing'];

/** Where the data sets that are known keep a part: `training/frames`, `Train`, `training_videos`. */
function placesOf(long: string, short: string): string[] {
  const capital = `${short[0]?.toUpperCase() ?? ''}${short.slice(1)}`;
  return [
    ...[`${long}/frames`, capital, `${long}/videos`, `${long}_videos`, long],
    ...[`${short}/frames`, `${short}/videos`, short],
  ];
}

/**
 * Lists the videos of a folder.
 * @throws `DATASET_EMPTY` when there are none to learn from or none to test on; `DATASET_CORRUPT` for another number of
 *   masks than frames; else as `listVideos`.
 */
export async function listFolder(
  folder: string,
  options: FfmpegOptions = {},
): Promise<VideoFolder> {
  const training = await firstVideos(folder, { candidates: trainingFolders, ...options });
  const testing = await firstVideos(folder, { candidates: testingFolders, ...options });
  for (const [{ videos }, where] of [
    [training, trainingFolders],
    [testing, testingFolders],
  ] as const) {
    if (videos.length > 0) continue;
    throw datasetError(
      'DATASET_EMPTY',
      `${folder}: videos were expected, each a file or a folder of numbered JPEG, PNG or TIFF frames, in ` +
        `${where.slice(0, 2).join(' or ')}, but none are there.`,
    );
  }
  const tests = testing.videos.filter(({ name }) => !name.endsWith('_gt'));
  return {
    training: training.videos,
    testing: await Promise.all(
      tests.map(async (video) => {
        const masks = await findMasks(folder, { within: testing.within, video });
        return { ...video, ...(masks === undefined ? {} : { masks }) };
      }),
    ),
  };
}

/**
 * The labels of the test videos: from the file named, else from the file of labels in the folder (of several formats,
 * the first of `.m`, `.mat`, `.npy`, `.csv`), else from one NPY file a video, else from the masks.
 * @throws `DATASET_NOT_FOUND` for none; `DATASET_CORRUPT` for two of one format; else as `readFrameLabels`.
 */
export async function folderLabels(
  folder: string,
  testing: readonly TestFiles[],
  options: { readonly labels?: string } = {},
): Promise<FolderLabels> {
  const file = options.labels ?? (await findLabelFile(folder, labelFormats));
  if (file !== undefined) {
    return {
      labels: await readFrameLabels(file, counted(testing)),
      edition: `labels of ${basename(file)}`,
    };
  }
  const perVideo = join(folder, 'testing', 'test_frame_mask');
  if ((await namesIn(perVideo)).some((name) => name.endsWith('.npy'))) {
    const labels = counted(testing).map(async (video) => {
      const path = join(perVideo, `${video.name}.npy`);
      const [row] = fromRow(readLabelRow(await readBytes(path), path), [video], { file: path });
      return row ?? new Uint8Array();
    });
    return { labels: await Promise.all(labels), edition: 'labels of test_frame_mask' };
  }
  return { labels: await labelsOfMasks(folder, testing), edition: 'labels of the pixel masks' };
}

/**
 * A frame is anomalous where its mask is not empty.
 * @throws `DATASET_NOT_FOUND` naming the first video without masks; `DATASET_CORRUPT` for another number of masks.
 */
export async function labelsOfMasks(
  folder: string,
  testing: readonly TestFiles[],
): Promise<Uint8Array[]> {
  const all: Uint8Array[] = [];
  // One after another: unpacked masks are large.
  for (const video of testing) {
    const { name, masks } = video;
    if (masks === undefined) {
      throw datasetError(
        'DATASET_NOT_FOUND',
        `${folder}: labels of the test frames were expected, in a file (${labelFormats.join(', ')}) there or in ` +
          `labels/, or as masks, but the video ${name} has neither. The least is labels.csv with the columns clip, ` +
          'frame (from 0), label (1 = anomalous), or clip, start, end (of what is anomalous).',
      );
    }
    const { frames, file } = await masks();
    const labels = Uint8Array.from(frames, (mask) => {
      for (let i = 0; i < mask.length; i += 1) if (mask[i] !== 0) return 1;
      return 0;
    });
    all.push(...fromRow(labels, counted([video]), { file }));
  }
  return all;
}

/**
 * The file of labels of one of these formats, the first format first.
 * @throws `DATASET_CORRUPT` where there are several of it.
 */
export async function findLabelFile(
  folder: string,
  formats: readonly string[],
): Promise<string | undefined> {
  const found = await Promise.all(
    (await distinct(labelFolders.map((inside) => join(folder, inside)))).map(async (inside) =>
      (await namesIn(inside)).map((name) => join(inside, name)),
    ),
  );
  const files = found.flat();
  for (const format of formats) {
    const [file, other] = files.filter((each) => extname(each).toLowerCase() === format);
    if (other !== undefined && file !== undefined) {
      throw datasetError(
        'DATASET_CORRUPT',
        `${folder}: one ${format} file of labels was expected, but there are ${file} and ${other}. ` +
          'Name the one to use as the labels.',
      );
    }
    if (file !== undefined) return file;
  }
  return undefined;
}

/** Each folder once: `Test` and `test` are one where the disk does not tell capitals apart. */
async function distinct(folders: readonly string[]): Promise<string[]> {
  const real = await Promise.all(folders.map((each) => realpath(each).catch(() => each)));
  return folders.filter((_, i) => real.indexOf(real[i] ?? '') === i);
}

/** Names and lengths, as readers of labels want them. */
export function counted(videos: readonly VideoFiles[]): Labelled[] {
  return videos.map((video) => ({
    name: video.name,
    frames: lengthOf(video),
    ...('times' in video && { times: video.times }),
  }));
}

async function firstVideos(
  folder: string,
  { candidates, ...options }: FfmpegOptions & { readonly candidates: readonly string[] },
): Promise<{ readonly within: string; readonly videos: readonly VideoFiles[] }> {
  for (const candidate of candidates) {
    const videos = await listVideos(join(folder, candidate), options);
    if (videos.length > 0) return { within: join(folder, candidate), videos };
  }
  return { within: folder, videos: [] };
}

/** How many there are is checked at once where no mask must be unpacked for it: not for MAT-files. */
async function findMasks(
  folder: string,
  { within, video }: { readonly within: string; readonly video: VideoFiles },
): Promise<(() => Promise<RawMasks>) | undefined> {
  const { name } = video;
  const frames = lengthOf(video);
  for (const pictures of [join(within, `${name}_gt`), join(folder, 'testing', 'masks', name)]) {
    const files = await listFrames(pictures, maskName);
    if (files.length === 0) continue;
    refuseOtherCount(files.length, { frames, file: pictures });
    return () => readMaskPictures(files);
  }
  const arrays = join(folder, 'testing', 'test_pixel_mask');
  if ((await namesIn(arrays)).includes(`${name}.npy`)) {
    const file = join(arrays, `${name}.npy`);
    const [masks = 0] = await npyShape(file);
    refuseOtherCount(masks, { frames, file });
    return () => readMaskNpy(file);
  }
  for (const inside of maskMatFolders) {
    const mats = join(folder, inside, 'testing_label_mask');
    const mat = (await namesIn(mats)).find(
      (each) => each.endsWith('_label.mat') && Number.parseInt(each) === Number(name),
    );
    if (mat !== undefined) return () => readMaskMat(join(mats, mat));
  }
  return undefined;
}
