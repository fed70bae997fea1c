import { cp, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createRandom } from '@memae/graph';
import { describe, expect, test } from 'vitest';
import { npyBytes } from '../testing/npy-bytes.ts';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { writeFrames } from '../testing/video-frames.ts';
import { openVideoSplit } from '../video/open-video-split.ts';
import { fromRow, readFrameLabels } from '../video/read-labels.ts';
import { avenueTestFrames } from './avenue.ts';

const random = createRandom(1);
const root = process.env['MEMAE_DATA'] ?? '';

test('labels of the NPY edition are those of the video, also where others are missing', async () => {
  const folder = join(await temporaryFolder(), 'avenue');
  await writeFrames(join(folder, 'training', 'frames', '01'), 40, { size: [2, 2] });
  await writeFrames(join(folder, 'testing', 'frames', '08'), 36, { size: [2, 2] });
  await mkdir(join(folder, 'labels'));
  const labels = new Uint8Array(15_324);
  const start = avenueTestFrames.slice(0, 7).reduce((sum, frames) => sum + frames, 0);
  labels[start + 20] = 1;
  await writeFile(join(folder, 'labels', 'frame_labels_avenue.npy'), npyBytes(labels, [1, 15_324]));
  const options = { root: join(folder, '..'), random };
  const split = await openVideoSplit('avenue', { ...options, labels: 'npy' });
  expect(split.protocol).toContain('npy labels');
  expect(split.test.videos[0]?.labels.indexOf(1)).toBe(20);
  await expect(openVideoSplit('avenue', options)).rejects.toThrow(/the video 08 has neither/);

  await writeFrames(join(folder, 'testing', 'frames', '08'), 1, { first: 36, size: [2, 2] });
  await expect(openVideoSplit('avenue', { ...options, labels: 'npy' })).rejects.toThrow(
    /37 frames of the video 08 .* there are 36/,
  );
});

describe.skipIf(root === '')('Avenue (set MEMAE_DATA to the folder that holds avenue/)', () => {
  const folder = join(root, 'avenue');

  test('the two editions of labels differ on 441 frames', async () => {
    const videos = avenueTestFrames.map((frames, i) => ({ name: String(i + 1), frames }));
    const official = await readFrameLabels(
      join(folder, 'labels', 'frame_labels_all21.csv'),
      videos,
    );
    const npy = await readFrameLabels(join(folder, 'labels', 'frame_labels_avenue.npy'), videos);
    const differing = official.map((labels, i) =>
      labels.filter((label, k) => label !== npy[i]?.[k]),
    );
    expect(differing.reduce((sum, labels) => sum + labels.length, 0)).toBe(441);
    const row = official.flatMap((labels) => [...labels]);
    expect(fromRow(Uint8Array.from(row), videos, { file: '' })).toEqual(official);
  });

  test('is read in part; the official labels are those of the masks', async () => {
    const opened = { random, size: [18, 32] as const };
    const fromTable = await openVideoSplit('avenue', { root, ...opened });
    expect(fromTable.test.videos.map(({ name, frames }) => [name, frames])).toEqual([
      ['19', 248],
      ['21', 76],
    ]);
    const copy = join(await temporaryFolder(), 'avenue');
    for (const part of ['training', 'testing', 'labels/testing_label_mask']) {
      await cp(join(folder, part), join(copy, part), { recursive: true });
    }
    const fromMasks = await openVideoSplit('avenue', { root: join(copy, '..'), ...opened });
    const labels = (split: typeof fromMasks) => split.test.videos.map((video) => [...video.labels]);
    expect(labels(fromMasks)).toEqual(labels(fromTable));
    // The masks are twice the size of these frames.
    expect((await fromMasks.test.videos[1]?.masks?.())?.shape).toEqual([76, 18, 32]);
  });
});
