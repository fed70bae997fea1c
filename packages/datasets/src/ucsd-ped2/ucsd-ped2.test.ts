import { join } from 'node:path';
import { createRandom } from '@memae/graph';
import { describe, expect, test } from 'vitest';
import { openVideoSplit } from '../video/open-video-split.ts';
import { type Labelled, readFrameLabels } from '../video/read-labels.ts';

const root = process.env['MEMAE_DATA'] ?? '';

describe.skipIf(root === '')(
  'UCSD Ped2 (set MEMAE_DATA to the folder that holds ucsd-ped2/)',
  () => {
    const open = () =>
      openVideoSplit('ucsd-ped2', { root, size: [32, 48], random: createRandom(1) });

    test('is there, with the published numbers of videos, frames and anomalous frames', async () => {
      const { train, validation, test: tested } = await open();
      // 16 and 12 videos of 2,550 and 2,010 frames; each gives 15 clips fewer than frames.
      expect(train.length + validation.length).toBe(2550 - 16 * 15);
      expect(tested.length).toBe(2010 - 12 * 15);
      const lengths = [180, 180, 150, 180, 150, 180, 180, 180, 120, 150, 180, 180];
      expect(tested.videos.map(({ frames }) => frames)).toEqual(lengths);
      const anomalous = tested.videos
        .flatMap(({ labels }) => [...labels])
        .filter((label) => label === 1);
      expect(anomalous.length).toBe(1648);
    });

    test('its labels are the same in all formats, and masks are empty where frames are normal', async () => {
      const { videos } = (await open()).test;
      const truth = videos.map(({ labels }) => labels);
      const files = ['UCSDped2.m', 'ped2.mat', 'frame_labels_ped2.npy', 'frame_labels_ped2.csv'];
      for (const file of files) {
        const counted: readonly Labelled[] = videos;
        expect(
          await readFrameLabels(join(root, 'ucsd-ped2', 'labels', file), counted),
          file,
        ).toEqual(truth);
      }
      const [first] = videos;
      const masks = await first?.masks?.();
      expect(masks?.shape).toEqual([180, 32, 48]);
      first?.labels.forEach((label, i) => {
        const mask = masks?.data.subarray(i * 32 * 48, (i + 1) * 32 * 48);
        expect(mask?.includes(1)).toBe(label === 1);
      });
    });
  },
);
