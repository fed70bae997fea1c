// CUHK Avenue (Lu, Shi, Jia, ICCV 2013): 16 films to learn from and 21 to test on. Its frame labels are in use in two
// editions, which differ on 441 of 15,324 frames: those that follow from the authors' pixel masks, and an NPY file.

import { datasetError } from '../error.ts';
import { readBytes } from '../read-bytes.ts';
import type { PublishedVideos } from '../video/published-videos.ts';
import { fromRow, readFrameLabels, readLabelRow } from '../video/read-labels.ts';
import {
  type FolderLabels,
  type TestFiles,
  counted,
  findLabelFile,
  folderLabels,
  labelsOfMasks,
} from '../video/video-folder.ts';

/** Frames of the test videos 1 … 21. */
export const avenueTestFrames: readonly number[] = [
  1439, 1211, 923, 947, 1007, 1283, 605, 36, 1175, 841, 472, 1271, 549, 507, 1001, 740, 426, 294,
  248, 273, 76,
];

export const avenue: PublishedVideos = {
  name: 'avenue',
  folders: ['avenue', 'Avenue', 'Avenue Dataset', 'Avenue_Dataset'],
  source:
    'Get the films and the masks by http://www.cse.cuhk.edu.hk/leojia/projects/detectabnormal/dataset.html, keep the ' +
    'folders training_videos and testing_videos (or frames in training/frames/<number>) and testing_label_mask.',
  labels: avenueLabels,
};

/**
 * `official`: from a CSV file of labels, if there is one, else from the masks themselves, which takes longer. `npy`: from
 * the NPY file of all 21 videos. Anything else is the path of a file.
 * @throws `DATASET_NOT_FOUND`; else as `readFrameLabels`.
 */
async function avenueLabels(
  folder: string,
  testing: readonly TestFiles[],
  options: { readonly labels?: string },
): Promise<FolderLabels> {
  const { labels: wanted = 'official' } = options;
  if (wanted === 'npy') {
    return { labels: await npyLabels(folder, testing), edition: 'npy labels' };
  }
  if (wanted !== 'official') return folderLabels(folder, testing, options);
  const table = await findLabelFile(folder, ['.csv']);
  return {
    labels:
      table === undefined
        ? await labelsOfMasks(folder, testing)
        : await readFrameLabels(table, counted(testing)),
    edition: 'official labels',
  };
}

/** The row holds all 21 videos; those on disk may be fewer. */
async function npyLabels(folder: string, testing: readonly TestFiles[]): Promise<Uint8Array[]> {
  const file = await findLabelFile(folder, ['.npy']);
  if (file === undefined) {
    throw datasetError(
      'DATASET_NOT_FOUND',
      `${folder}: the labels in wide use, an NPY file of 15,324 in one row, were asked for, but there is none, nor ` +
        'in its folder labels. Ask for the official ones, or put the file there.',
    );
  }
  const published = avenueTestFrames.map((frames, i) => ({ name: String(i + 1), frames }));
  const all = fromRow(readLabelRow(await readBytes(file), file), published, { file });
  return counted(testing).map(({ name, frames }) => {
    const labels = all[Number(name) - 1];
    if (labels?.length === frames) return labels;
    throw datasetError(
      'DATASET_CORRUPT',
      `${file}: labels for the ${frames} frames of the video ${name} were expected, but there are ` +
        `${labels?.length ?? 0}. Avenue's test videos are 1 to 21, of as many frames as its films have.`,
    );
  });
}
