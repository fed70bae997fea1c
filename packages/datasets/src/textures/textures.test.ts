import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createRandom } from '@memae/graph';
import { describe, expect, test } from 'vitest';
import { fingerprint } from '../fingerprint.ts';
import { imageFolderSplit, splitImages } from '../images/image-folder-split.ts';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { defectNames } from './defects.ts';
import { textureNames } from './surface.ts';
import { drawTexture, textures } from './textures.ts';
import { writeTextures } from './write-textures.ts';

describe.each(textureNames)('%s', (texture) => {
  const drawn = [...drawTexture(texture, { limit: 6 })];

  test('good pictures differ from each other and have no marks; the same again', () => {
    const good = drawn.filter(({ of }) => of === 'good');
    expect(good.length).toBe(12);
    expect(good.every(({ marked, mask }) => mask === undefined && !marked.includes(1))).toBe(true);
    expect(new Set(good.map(({ pixels }) => pixels.join())).size).toBe(12);
    const mean =
      good.flatMap(({ pixels }) => [...pixels]).reduce((sum, x) => sum + x, 0) / 12 / 4096;
    expect(mean).toBeGreaterThan(60);
    expect(mean).toBeLessThan(200);
    expect([...drawTexture(texture, { limit: 6 })]).toEqual(drawn);
  });

  test.each(defectNames)('%s changes what its mask marks, and nothing far from it', (defect) => {
    const flawed = drawn.filter(({ of }) => of === defect);
    expect(flawed.length).toBe(6);
    for (const { marked, mask } of flawed) {
      const share = marked.reduce((sum, x) => sum + x, 0) / marked.length;
      expect(share).toBeGreaterThan(0.003);
      expect(share).toBeLessThan(0.15);
      expect(mask).toMatch(new RegExp(`^ground_truth/${defect}/00\\d_mask.png$`));
    }
  });
});

test('written as files, they are read as they are drawn, masks too', async () => {
  const folder = await temporaryFolder();
  const options = { limit: 3, size: [40, 48] } as const;
  expect(await writeTextures(folder, options)).toBe(4 * (3 + 3 + 4 * 3));
  const random = createRandom(2);
  const drawn = splitImages(textures('weave', options), { random });
  const read = await imageFolderSplit(join(folder, 'weave'), { random });
  expect(read.layout).toBe('mvtec');
  expect(await fingerprint(read.train)).toBe(await fingerprint(drawn.train));
  expect(await fingerprint(read.test)).toBe(await fingerprint(drawn.test));
  for (const key of ['test/hole/001.png', 'test/good/000.png']) {
    expect(await read.test.maskOf?.(key)).toEqual(await drawn.test.maskOf?.(key));
  }
});

test('where they cannot be written is told', async () => {
  const inTheWay = join(await temporaryFolder(), 'file');
  writeFileSync(inTheWay, '');
  await expect(writeTextures(inTheWay, { limit: 1 })).rejects.toMatchObject({
    code: 'DATASET_UNWRITABLE',
    message: expect.stringMatching(/file.*cannot be written.*Make room/) as string,
  });
});
