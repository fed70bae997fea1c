import { symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { createRandom } from '@memae/graph';
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { fingerprint } from '../fingerprint.ts';
import { modalityOf } from '../modality-of.ts';
import { openSplit } from '../open-split.ts';
import { openSamples } from '../read-samples.ts';
import { bmpBytes } from '../testing/bmp-bytes.ts';
import { collect } from '../testing/collect.ts';
import { bomb, folderOf, picture } from '../testing/picture-folder.ts';
import { openImageFolder } from './image-folder.ts';
import { imageFolderSplit, labelledImageFolder } from './image-folder-split.ts';
import type { ImageSet } from './image-set.ts';

const random = createRandom(1);

const keysOf = async (set: ImageSet) =>
  (await collect(set.batches({ size: 3 }))).flatMap(({ keys }) => keys);

/** As many pictures of different greys. */
const some = (names: readonly string[]) =>
  Object.fromEntries(names.map((name, i) => [name, picture(i + 1, { size: [8, 8] })]));

const mvtec = () =>
  folderOf({
    ...some(['000', '001', '002', '003'].map((name) => `train/good/${name}.png`)),
    ...some(['test/good/000.png', 'test/crack/000.png', 'test/crack/001.png', 'test/hole/000.png']),
    'ground_truth/crack/000_mask.png': sharp(
      Uint8Array.from({ length: 64 }, (_, i) => (i < 16 ? 255 : 0)),
      {
        raw: { height: 8, width: 8, channels: 1 },
      },
    )
      .png()
      .toBuffer(),
    'ground_truth/hole/000_mask.png': picture(255, { size: [8, 8] }),
  });

describe('layouts', () => {
  test('pictures without classes, flat or nested, are all normal', async () => {
    const names = Array.from({ length: 20 }, (_, i) => `2024/0${i % 3}/${i}.png`);
    for (const folder of [
      await folderOf(some(names)),
      await folderOf(some(['a.png', 'b.png', 'c/d.png'])),
      await folderOf(some(['only/a.png', 'only/b.png'])),
    ]) {
      expect(await modalityOf(folder)).toBe('image');
      const split = await imageFolderSplit(folder, { random });
      expect(split.layout).toBe('flat');
      expect(split.description).toMatch(/\d images, grey, 8×8, no classes: all are normal$/);
      expect(split.test.length).toBe(0);
      expect(split.validation.length).toBe(split.train.length > 10 ? 2 : 1);
      await expect(labelledImageFolder(folder, {})).rejects.toThrow(/has no classes, so nothing/);
    }
    const classes = await folderOf(some(['bad/0.png', 'good/0.png', 'good/1.png']));
    const flat = { random, layout: 'flat', normal: 'good' } as const;
    await expect(imageFolderSplit(classes, flat)).rejects.toThrow(/"good" would choose none/);
  });

  test('classes are told, and one must be named, unless all are normal', async () => {
    const names = Array.from({ length: 9 }, (_, i) => `good/deep/${i}.png`);
    const folder = await folderOf(some([...names, 'good/x.png', 'bad/0.png', 'bad/1.png']));
    await expect(imageFolderSplit(folder, { random })).rejects.toThrow(
      /several classes.*--normal.* bad \(2\), good \(10\).*layout=flat/,
    );
    const split = await imageFolderSplit(folder, { random, normal: 'good' });
    expect(split.description).toMatch(/2 classes by sub-folder: bad 2, good 10$/);
    expect([split.train.length, split.validation.length, split.test.length]).toEqual([6, 1, 4]);
    expect((await keysOf(split.test)).map(split.test.kindOf)).toEqual([
      'good',
      'good',
      'good',
      'bad',
    ]);
    const all = await imageFolderSplit(folder, { random, layout: 'flat' });
    expect(all.train.length + all.validation.length).toBe(12);
    const other = await labelledImageFolder(folder, { normal: 'good' });
    const labels = (await collect(other.batches({ size: 20 }))).flatMap((batch) => [
      ...batch.labels,
    ]);
    expect(labels).toEqual([1, 1, ...Array.from({ length: 10 }, () => 0)]);
    await expect(labelledImageFolder(folder, { normal: 'none' })).rejects.toThrow(/good \(10\)/);
  });

  test('of more than 256 classes, each is one of its own', async () => {
    const one = await picture(7, { size: [8, 8] });
    const names = Array.from({ length: 260 }, (_, i) => `c${i}/0.png`);
    names.push('c3/1.png', 'c3/2.png', 'c259/1.png', 'c259/2.png');
    const folder = await folderOf(Object.fromEntries(names.map((name) => [name, one])));
    for (const normal of ['c3', 'c259']) {
      const { train, validation } = await imageFolderSplit(folder, { random, normal });
      const learned = [...(await keysOf(train)), ...(await keysOf(validation))];
      expect(learned.map((key) => key.split('/')[0])).toEqual([normal, normal]);
    }
  });

  test("MVTec's: good to learn from, the rest to test on, with kinds and masks", async () => {
    const folder = await mvtec();
    expect(await modalityOf(folder)).toBe('image');
    const split = await imageFolderSplit(folder, { random });
    expect(split.layout).toBe('mvtec');
    expect(split.description).toMatch(
      /8 images, grey, 8×8, laid out as MVTec AD: 4 good to learn from, 4 to test \(crack 2, good 1, hole 1\), 2 of them with masks$/,
    );
    expect([split.train.length, split.validation.length]).toEqual([3, 1]);
    const [batch] = await collect(split.test.batches({ size: 9 }));
    expect(batch?.keys).toEqual([
      'test/crack/000.png',
      'test/crack/001.png',
      'test/good/000.png',
      'test/hole/000.png',
    ]);
    expect([...(batch?.labels ?? [])]).toEqual([1, 1, 0, 1]);
    expect(batch?.keys.map(split.test.kindOf)).toEqual(['crack', 'crack', 'good', 'hole']);
    const masks = await Promise.all(
      (batch?.keys ?? []).map(async (key) => split.test.maskOf?.(key)),
    );
    // A mask that is missing says nothing; a normal picture has none.
    expect(masks.map((mask) => mask?.data.reduce((sum, value) => sum + value, 0))).toEqual([
      16,
      undefined,
      0,
      64,
    ]);
    const small = await imageFolderSplit(folder, { random, size: [4, 4] });
    const mask = await small.test.maskOf?.('test/crack/000.png');
    expect([mask?.shape, mask?.data.reduce((sum, value) => sum + value, 0)]).toEqual([[4, 4], 4]);
    // The same by name, through the one door; classes where another is named normal.
    expect((await openSplit(folder, { random, normal: 'good' })).protocol).toBe(split.protocol);
    const asked = imageFolderSplit(folder, { random, layout: 'mvtec', normal: 'crack' });
    await expect(asked).rejects.toThrow(/"crack" is named normal/);
    expect((await labelledImageFolder(folder, {})).length).toBe(4);
  });
});

describe("folders that are nearly of MVTec's layout", () => {
  test.each([
    [
      'normal pictures called otherwise',
      ['ground_truth/bad/0.png', 'test/bad/0.png', 'test/fine/0.png', 'train/fine/0.png'],
    ],
    ['anomalies in train', ['ground_truth/bad/0.png', 'train/bad/0.png', 'train/good/0.png']],
    ['masks without train', ['good/deep/0.png', 'good/ground_truth/0.png']],
    ['several at once', ['a/ground_truth/bad/0.png', 'a/train/good/0.png', 'b/train/good/0.png']],
    ['train and test among others', ['0.png', 'test/a/0.png', 'train/a/0.png']],
    ['classes one folder deeper', ['data/bad/0.png', 'data/good/0.png', 'data/good/1.png']],
    ['classes of several', ['a/bad/0.png', 'a/good/0.png', 'b/bad/0.png', 'b/good/0.png']],
  ])('are never taken whole as normal: %s', async (_, names) => {
    const folder = await folderOf(some(names));
    const opened = imageFolderSplit(folder, { random });
    await expect(opened).rejects.toMatchObject({ code: 'DATASET_CORRUPT' });
    const inside = [...new Set(names.map((name) => dirname(name)))].join(', ');
    await expect(opened).rejects.toThrow(`: pictures lie in ${inside}, `);
    await expect(opened).rejects.toThrow(/train\/good.*layout=flat/);
    expect((await imageFolderSplit(folder, { random, layout: 'flat' })).layout).toBe('flat');
  });

  test('masks are no class', async () => {
    const folder = await folderOf(some(['good/0.png', 'bad/0.png', 'ground_truth/0.png']));
    await expect(imageFolderSplit(folder, { random, normal: 'good' })).rejects.toThrow(
      /pictures lie in bad, good, ground_truth, /,
    );
  });

  test('good and ok are one, however written; what is neither to learn from nor to test on is told', async () => {
    const train = ['train/ok/0.png', 'train/ok/1.png', 'train/ok/2.png'];
    const others = ['validation/good/0.png', 'test/0.png', 'ground_truth/bad/9_mask.png'];
    const files = some([...train, 'test/Good/0.png', 'test/bad/0.png', ...others]);
    const warnings: string[] = [];
    const split = await imageFolderSplit(await folderOf(files), {
      random,
      onWarning: (message) => void warnings.push(message),
    });
    const [batch] = await collect(split.test.batches({ size: 9 }));
    expect(batch?.keys).toEqual(['test/Good/0.png', 'test/bad/0.png']);
    expect([...(batch?.labels ?? [])]).toEqual([0, 1]);
    expect(warnings).toEqual([
      expect.stringMatching(
        /^3 of 8 pictures are left out, .*: ground_truth\/bad\/9_mask\.png, test\/0\.png, validation\/good\/0\.png\./,
      ) as string,
    ]);
  });
});

test('a mask of 16 bits, or of one dark colour, marks what is not 0 in it', async () => {
  const marked = Uint16Array.from({ length: 64 }, (_, i) => (i < 16 ? 1 : 0));
  const ids = sharp(marked, { raw: { height: 8, width: 8, channels: 1 } }).toColourspace('grey16');
  const folder = await folderOf({
    ...some(['train/good/0.png', 'train/good/1.png', 'test/hole/0.png', 'test/hole/1.png']),
    'ground_truth/hole/0_mask.png': ids.png().toBuffer(),
    'ground_truth/hole/1_mask.png': picture([0, 0, 2], { size: [8, 8] }),
  });
  const { test: tested } = await imageFolderSplit(folder, { random });
  const masks = ['0', '1'].map(async (name) => tested.maskOf?.(`test/hole/${name}.png`));
  const sums = (await Promise.all(masks)).map((mask) => mask?.data.reduce((sum, one) => sum + one));
  expect(sums).toEqual([16, 64]);
});

describe('files', () => {
  test('of any format, upright, in 8 bits, without transparency, the first of several', async () => {
    const rows = sharp(Uint8Array.of(9, 9, 9, 200, 200, 200), {
      raw: { height: 2, width: 1, channels: 3 },
    });
    const frames = sharp(
      [await picture(7, { size: [1, 2] }), await picture(99, { size: [1, 2] })],
      { join: { animated: true } },
    );
    const cmyk = sharp(await picture(128, { size: [1, 2] })).toColourspace('cmyk');
    const clear = { r: 255, g: 255, b: 255, alpha: 0 };
    const deep = sharp(Uint16Array.of(0x4040, 0xffff), {
      raw: { height: 1, width: 2, channels: 1 },
    });
    const folder = await folderOf({
      'a.jpg': rows.clone().withMetadata({ orientation: 8 }).jpeg({ quality: 100 }).toBuffer(),
      'b.webp': frames.clone().webp({ lossless: true }).toBuffer(),
      'c.gif': frames.clone().gif().toBuffer(),
      'd.bmp': bmpBytes(Uint8Array.of(50, 60), { height: 1, width: 2 }),
      'e.TIF': sharp(await picture(70, { size: [1, 2] }))
        .tiff()
        .toBuffer(),
      'f.jpeg': cmyk.jpeg({ quality: 100 }).toBuffer(),
      'g.png': sharp({ create: { height: 1, width: 2, channels: 4, background: clear } })
        .png()
        .toBuffer(),
      'h.tiff': deep.toColourspace('grey16').tiff({ compression: 'none' }).toBuffer(),
      'notes.txt': Buffer.from('x'),
      '.hidden.png': picture(1, { size: [1, 2] }),
      '__MACOSX/._a.png': Buffer.from('x'),
    });
    const set = await openSamples([folder], { colour: 'grey', strict: true });
    const batches = await collect(set.batches({ size: 20 }));
    expect(set.sampleShape).toEqual([1, 1, 2]);
    const pixels = [...(batches[0]?.samples.data ?? [])];
    expect(pixels.slice(0, 2).every((value, i) => Math.abs(value - ([9, 200][i] ?? 0)) < 4)).toBe(
      true,
    );
    expect(pixels.slice(2, 10)).toEqual([7, 7, 7, 7, 50, 60, 70, 70]);
    expect(Math.abs((pixels[10] ?? 0) - 128)).toBeLessThan(20);
    expect(pixels.slice(12)).toEqual([0, 0, 64, 255]);
  });

  test('of several sizes are resized, cut or padded; else refused by file, naming how', async () => {
    // A wide picture: black, white, black.
    const wide = Uint8Array.from({ length: 32 }, (_, i) => (i % 8 >= 2 && i % 8 < 6 ? 255 : 0));
    const folder = await folderOf({
      'a.png': picture(100, { size: [4, 4] }),
      'b.png': sharp(wide, { raw: { height: 4, width: 8, channels: 1 } })
        .png()
        .toBuffer(),
    });
    await expect(openImageFolder(folder)).rejects.toThrow(
      /b\.png: an image of 4×4 .* 4×8 came. Give a size .*--size 64x64.* fit: resize, crop or pad/,
    );
    const rowOf = async (fit: 'resize' | 'crop' | 'pad', row: number) => {
      const { store } = await openImageFolder(folder, { size: [4, 4], fit });
      return [...(await store.pixels(1)).subarray(4 * row, 4 * row + 4)];
    };
    expect(await rowOf('crop', 0)).toEqual([255, 255, 255, 255]);
    expect(await rowOf('pad', 0)).toEqual([0, 0, 0, 0]);
    expect((await rowOf('pad', 1))[1]).toBeGreaterThan(128);
    expect((await rowOf('resize', 0))[0]).toBeLessThan(128);
  });

  test('in colour where one is, in one plane where none is', async () => {
    const grey = { 'a.png': picture(5), 'b.png': picture(6) };
    expect((await openImageFolder(await folderOf(grey))).store.channels).toBe(1);
    const coloured = await openImageFolder(
      await folderOf({ ...grey, 'c.png': picture([1, 2, 3]) }),
    );
    expect(coloured.store.channels).toBe(3);
    expect([...(await coloured.store.pixels(2))].filter((_, i) => i % 6 === 0)).toEqual([1, 2, 3]);
  });

  test('of 16 bits in one plane, as they are scored', async () => {
    const ramp = Uint16Array.from({ length: 256 }, (_, i) => i * 257 - (i % 3) * 40);
    const deep = await sharp(ramp, { raw: { height: 16, width: 16, channels: 1 } })
      .toColourspace('grey16')
      .png()
      .toBuffer();
    const folder = await folderOf({ 'a.png': deep, 'b.png': picture(5, { size: [16, 16] }) });
    const { store } = await openImageFolder(folder);
    const [scored] = await collect(
      (await openSamples([folder], { colour: 'grey' })).batches({ size: 2 }),
    );
    for (const i of [0, 1]) {
      const expected = scored?.samples.data.subarray(i * 256, (i + 1) * 256) ?? [];
      expect([...(await store.pixels(i))]).toEqual([...expected]);
    }
  });
});

describe('bad files', () => {
  test('are left out with their number and names, or refused', async () => {
    const whole = await picture(40, { size: [40, 40], format: 'jpeg' });
    const folder = await folderOf({
      ...some(['a.png', 'b.png', 'c.png']),
      'broken.jpg': whole.subarray(0, whole.length / 2),
      'empty.png': new Uint8Array(),
      'text.bmp': Buffer.from('BM is not all that it takes'),
    });
    const warnings: string[] = [];
    const onWarning = (message: string) => void warnings.push(message);
    const split = await imageFolderSplit(folder, { random, onWarning });
    expect(split.train.length + split.validation.length).toBe(3);
    expect(warnings).toEqual([
      expect.stringMatching(
        /^3 of 6 pictures .* left out: broken\.jpg, empty\.png, text\.bmp\. .*--strict/,
      ) as string,
    ]);
    await expect(imageFolderSplit(folder, { random, strict: true })).rejects.toMatchObject({
      code: 'DATASET_CORRUPT',
      message: expect.stringMatching(/broken\.jpg/) as unknown,
    });
    const broken = await folderOf({ 'x.png': Buffer.from('no') });
    await expect(imageFolderSplit(broken, { random })).rejects.toThrow(/x\.png: a picture/);
  });

  test('a bomb is refused by its header', async () => {
    const bytes = await bomb();
    expect(bytes.length).toBeLessThan(2 ** 20);
    const folder = await folderOf({ ...some(['a.png', 'b.png']), 'bomb.png': bytes });
    const before = process.memoryUsage.rss();
    await expect(openImageFolder(folder, { strict: true })).rejects.toThrow(
      /bomb\.png: a picture .* at most 64 megapixels .*pixel limit/,
    );
    expect(process.memoryUsage.rss() - before).toBeLessThan(2 ** 28);
    expect((await openImageFolder(folder)).places.length).toBe(2);
  });

  test('no pictures, too few, and links in a circle', async () => {
    await expect(
      openImageFolder(await folderOf({ 'a.txt': Buffer.from('x') })),
    ).rejects.toMatchObject({
      code: 'DATASET_EMPTY',
      message: expect.stringMatching(/holds no pictures/) as unknown,
    });
    await expect(imageFolderSplit(await folderOf(some(['a.png'])), { random })).rejects.toThrow(
      /has 1 normal picture, but training needs two/,
    );
    const folder = await folderOf(some(['a.png', 'sub/b.png']));
    await symlink(folder, join(folder, 'sub', 'round'), 'junction');
    await symlink(join(folder, 'nowhere.png'), join(folder, 'c.png'));
    const warnings: string[] = [];
    const opened = await openImageFolder(folder, {
      onWarning: (message) => void warnings.push(message),
    });
    expect(opened.places.map(({ key }) => key)).toEqual(['a.png', 'sub/b.png']);
    expect(warnings[0]).toMatch(/1 of 3 pictures .*c\.png/);
  });
});

describe('tiles', () => {
  const large = async () => {
    const pixels = Uint8Array.from({ length: 100 }, (_, i) => i);
    const image = sharp(pixels, { raw: { height: 10, width: 10, channels: 1 } });
    return folderOf({
      'a.png': image.clone().png().toBuffer(),
      'b.png': image.clone().negate().png().toBuffer(),
      'c.png': picture(3, { size: [8, 16] }),
    });
  };

  test('are samples that name their image; sizes may differ', async () => {
    const folder = await large();
    const tiling = { tile: 8, overlap: 4 };
    const set = await openSamples([folder], { tiling, colour: 'grey' });
    expect([set.length, set.sampleShape]).toEqual([4 + 4 + 3, [1, 8, 8]]);
    expect(set.tiled?.images.map(({ corners }) => corners.length)).toEqual([4, 4, 3]);
    const [batch] = await collect(set.batches({ size: 20 }));
    expect(batch?.keys[3]).toBe(`${join(folder, 'a.png')}#2,2`);
    expect([...(batch?.samples.data.subarray(3 * 64, 3 * 64 + 9) ?? [])]).toEqual([
      22, 23, 24, 25, 26, 27, 28, 29, 32,
    ]);
    await expect(openSamples([folder], { tiling: { tile: 9 } })).rejects.toThrow(
      /c\.png: an image of 9×9 or more .* 8×16/,
    );
  });

  test('come alike where few pixels are kept, in an order drawn among a few images', async () => {
    const folder = await large();
    const open = (memory: number) =>
      openSamples([folder], { tiling: { tile: 5 }, colour: 'grey', memory });
    const [roomy, tight] = [await open(2 ** 20), await open(250)];
    expect(await fingerprint(tight)).toBe(await fingerprint(roomy));
    const shuffled = () => collect(tight.batches({ size: 4, shuffle: createRandom(3) }));
    const order = (await shuffled()).flatMap(({ keys }) => keys);
    expect(order).toEqual((await shuffled()).flatMap(({ keys }) => keys));
    expect(new Set(order)).toEqual(new Set(await keysOf(roomy)));
    // An image's tiles stay together where but one image is kept.
    const images = order.map((key) => key.replace(/#.*/, ''));
    expect(images.filter((image, i) => image !== images[i - 1]).length).toBe(3);
  });

  test('a split of tiles keeps an image in one part', async () => {
    const names = Array.from({ length: 10 }, (_, i) => `${i}.png`);
    const split = await imageFolderSplit(await folderOf(some(names)), {
      random,
      tiling: { tile: 4 },
    });
    expect([split.train.length, split.validation.length]).toEqual([36, 4]);
    expect(new Set((await keysOf(split.validation)).map((key) => key.split('#')[0])).size).toBe(1);
    expect(split.protocol).toMatch(/tiles of 4×4, an image scored by their highest$/);
  });
});
