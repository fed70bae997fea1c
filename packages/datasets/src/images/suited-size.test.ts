import { expect, test } from 'vitest';
import { folderOf, picture } from '../testing/picture-folder.ts';
import { suitedSize } from './suited-size.ts';

const ofSizes = (...sizes: readonly (readonly [number, number])[]) =>
  folderOf(Object.fromEntries(sizes.map((size, i) => [`${i}.png`, picture(9, { size })])));

test('pictures of one size keep it, up to 256 a side', async () => {
  expect(await suitedSize(await ofSizes([256, 200], [256, 200]))).toBeUndefined();
  expect(await suitedSize(await ofSizes([260, 130], [260, 130]))).toEqual({
    size: [128, 64],
    found: 'of 260×130',
  });
});

test('others come to the median of their sizes, made no larger, its longer side 128 at most', async () => {
  expect(await suitedSize(await ofSizes([40, 90], [50, 60], [70, 75]))).toEqual({
    size: [48, 72],
    found: 'of 40×60 to 70×90',
  });
  const long = await ofSizes([20, 1000], [20, 1000], [30, 900]);
  expect((await suitedSize(long))?.size).toEqual([8, 128]);
});

test("files that cannot be read and MVTec's masks do not count", async () => {
  const small = { size: [16, 16] } as const;
  const folder = await folderOf({
    'train/good/0.png': picture(1, small),
    'train/good/1.png': new Uint8Array(4),
    'test/hole/0.png': picture(2, small),
    'ground_truth/hole/0_mask.png': picture(3, { size: [8, 8] }),
  });
  expect(await suitedSize(folder)).toBeUndefined();
});
