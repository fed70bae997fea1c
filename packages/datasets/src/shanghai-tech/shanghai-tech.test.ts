import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readLabelRow } from '../video/read-labels.ts';

const root = process.env['MEMAE_DATA'] ?? '';

test.skipIf(root === '')(
  'ShanghaiTech has 40,791 test labels (set MEMAE_DATA to the folder that holds shanghaitech-labels/)',
  async () => {
    const file = join(root, 'shanghaitech-labels', 'frame_labels_shanghai.npy');
    const labels = readLabelRow(await readFile(file), file);
    expect(labels.length).toBe(40_791);
    expect(labels.filter((label) => label === 1).length).toBe(17_326);
  },
);
