import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { openPool } from './open-pool.ts';
import { readSamples } from './read-samples.ts';
import { idxBytes } from './testing/idx-bytes.ts';
import { temporaryFolder } from './testing/temporary-folder.ts';

const train = { images: 'train-images-idx3-ubyte', labels: 'train-labels-idx1-ubyte' };
const t10k = { images: 't10k-images-idx3-ubyte', labels: 't10k-labels-idx1-ubyte' };

/** A folder of files from their names. */
async function folderOf(files: Record<string, Uint8Array | Promise<Uint8Array>>): Promise<string> {
  const folder = await temporaryFolder();
  for (const [name, bytes] of Object.entries(files)) {
    await mkdir(join(folder, name, '..'), { recursive: true });
    await writeFile(join(folder, name), await bytes);
  }
  return folder;
}

/** An image all of one grey. */
function picture(grey: number, [height, width] = [2, 3], format: 'png' | 'jpeg' = 'png') {
  const background = { r: grey, g: grey, b: grey };
  const image = sharp({ create: { width, height, channels: 3, background } });
  return image.toFormat(format).toBuffer();
}

const counting = (length: number): Uint8Array => Uint8Array.from({ length }, (_, i) => i);

describe('IDX folders', () => {
  test('both pairs make one pool, plain or gzipped, of any image size', async () => {
    const folder = await folderOf({
      [train.images]: idxBytes(counting(12), [2, 2, 3]),
      [`${train.labels}.gz`]: gzipSync(idxBytes(Uint8Array.of(0, 2), [2])),
      [`${t10k.images}.gz`]: gzipSync(idxBytes(counting(6), [1, 2, 3])),
      [t10k.labels]: idxBytes(Uint8Array.of(1), [1]),
    });
    const pool = await openPool(folder);
    expect(pool.images.shape).toEqual([3, 1, 2, 3]);
    expect(Array.from(pool.images.data)).toEqual([...counting(12), ...counting(6)]);
    expect(Array.from(pool.labels)).toEqual([0, 2, 1]);
    expect(pool.classes).toEqual(['0', '1', '2']);
  });

  test('a file that is there both plain and gzipped is refused by name', async () => {
    const labels = idxBytes(Uint8Array.of(0, 1), [2]);
    const folder = await folderOf({
      [train.images]: idxBytes(counting(12), [2, 2, 3]),
      [train.labels]: labels,
      [`${train.labels}.gz`]: gzipSync(labels),
    });
    await expect(openPool(folder)).rejects.toMatchObject({ code: 'DATASET_CORRUPT' });
    await expect(openPool(folder)).rejects.toThrow(/train-labels-idx1-ubyte and .*ubyte\.gz/);
  });

  test('the first pair will do, and may be of floats', async () => {
    const folder = await folderOf({
      [train.images]: idxBytes(Float32Array.of(0.5, -1), [2, 1, 1]),
      [train.labels]: idxBytes(Uint8Array.of(0, 0), [2]),
    });
    expect((await openPool(folder)).images).toMatchObject({
      dtype: 'float32',
      shape: [2, 1, 1, 1],
    });
  });

  test('refuses to resize or to colour them', async () => {
    const folder = await folderOf({
      [train.images]: idxBytes(counting(6), [1, 2, 3]),
      [train.labels]: idxBytes(Uint8Array.of(0), [1]),
    });
    for (const options of [{ size: [4, 4] }, { colour: 'rgb' }] as const) {
      await expect(openPool(folder, options)).rejects.toMatchObject({
        code: 'DATASET_BAD_OPTION',
        message: expect.stringMatching(/is for a folder of pictures, but .* IDX/) as unknown,
      });
    }
  });

  test('refuses parts that are missing or do not fit, by file', async () => {
    const images = idxBytes(counting(12), [2, 2, 3]);
    const labels = idxBytes(Uint8Array.of(0, 1), [2]);
    const cases: [Record<string, Uint8Array>, RegExp][] = [
      [{ [train.images]: images }, /train-labels-idx1-ubyte is missing/],
      [{ [t10k.images]: images, [t10k.labels]: labels }, /train-images-idx3-ubyte is missing/],
      [
        { [train.images]: images, [train.labels]: idxBytes(counting(3), [3]) },
        /2 labels .* uint8 3 came/,
      ],
      [{ [train.images]: labels, [train.labels]: labels }, /count×height×width .* but 2 came/],
      [
        { [train.images]: images.subarray(0, 20), [train.labels]: labels },
        /train-images.*cut short/,
      ],
      [{ [train.images]: idxBytes(counting(0), [0, 2, 3]), [train.labels]: labels }, /0×2×3 came/],
      [
        {
          ...{ [train.images]: images, [train.labels]: labels },
          ...{ [t10k.images]: idxBytes(counting(12), [2, 3, 2]), [t10k.labels]: labels },
        },
        /t10k-images.*uint8 1×2×3 were expected.*uint8 1×3×2 came/,
      ],
    ];
    for (const [files, message] of cases) {
      await expect(openPool(await folderOf(files))).rejects.toThrow(message);
    }
  });
});

describe('image folders', () => {
  test('sub-folders are classes', async () => {
    const folder = await folderOf({
      'good/a.png': picture(10),
      'bad/b.png': picture(20),
      'good/c.PNG': picture(30),
      'good/notes.txt': Uint8Array.of(1),
    });
    const pool = await openPool(folder);
    expect(pool.classes).toEqual(['bad', 'good']);
    expect(pool.keys).toEqual(['bad/b.png', 'good/a.png', 'good/c.PNG']);
    expect(Array.from(pool.labels)).toEqual([0, 1, 1]);
    expect(pool.images.shape).toEqual([3, 1, 2, 3]);
    expect([0, 6, 12].map((i) => pool.images.data[i])).toEqual([20, 10, 30]);
  });

  test('classes may lie in train and test', async () => {
    const files = {
      'train/good/1.png': picture(10),
      'test/bad/1.png': picture(20),
      'test/good/1.png': picture(30),
    };
    const pool = await openPool(await folderOf(files));
    expect(pool.classes).toEqual(['bad', 'good']);
    expect(pool.keys).toEqual(['test/bad/1.png', 'test/good/1.png', 'train/good/1.png']);
    expect(Array.from(pool.labels)).toEqual([0, 1, 1]);
    const deeper = openPool(await folderOf({ ...files, 'other/1.png': picture(1) }));
    await expect(deeper).rejects.toThrow(/pictures in other and deeper, in test\/bad/);
  });

  test('a flat folder is one class; JPEG is read too', async () => {
    const pool = await openPool(
      await folderOf({
        '1.jpg': picture(200, [8, 8], 'jpeg'),
        '2.jpeg': picture(9, [8, 8], 'jpeg'),
      }),
    );
    expect(pool.classes.length).toBe(1);
    expect(pool.images.shape).toEqual([2, 1, 8, 8]);
    expect(pool.images.data[0]).toBe(200);
  });

  test('colour, alpha and 16 bits become one byte of grey', async () => {
    const sixteen = sharp(Uint16Array.of(0, 0x8080, 0xffff, 0), {
      raw: { width: 2, height: 2, channels: 1 },
    });
    const clear = { r: 255, g: 255, b: 255, alpha: 0 };
    const folder = await folderOf({
      'a.png': sixteen.toColourspace('grey16').png().toBuffer(),
      'b.png': sharp({ create: { width: 2, height: 2, channels: 4, background: clear } })
        .png()
        .toBuffer(),
    });
    expect(Array.from((await openPool(folder)).images.data)).toEqual([0, 128, 255, 0, 0, 0, 0, 0]);
  });

  test('images of several sizes are refused by file, or resized', async () => {
    const folder = await folderOf({ 'a.png': picture(1), 'b.png': picture(2, [3, 3]) });
    await expect(openPool(folder)).rejects.toThrow(/b\.png: an image of 2×3 .* but 3×3 came/);
    expect((await openPool(folder, { size: [4, 5] })).images.shape).toEqual([2, 1, 4, 5]);
  });

  test('a broken image is refused by name', async () => {
    const whole = await picture(7, [40, 40]);
    for (const bytes of [
      whole.subarray(0, whole.length - 30),
      Uint8Array.of(1, 2, 3),
      new Uint8Array(),
    ]) {
      const folder = await folderOf({ 'a.png': whole, 'broken.png': bytes });
      const opened = openPool(folder);
      await expect(opened).rejects.toThrow(/broken\.png: a picture \(PNG, JPEG/);
      await expect(opened).rejects.toMatchObject({ code: 'DATASET_CORRUPT' });
    }
  });

  test('an image bomb is refused before it is unpacked', async () => {
    const folder = await folderOf({ 'bomb.png': picture(0, [9000, 9000]) });
    await expect(openPool(folder)).rejects.toThrow(/bomb\.png: .*at most 64 megapixels/);
  });

  test('refuses folders without pictures, and pictures at two levels', async () => {
    await expect(openPool(await temporaryFolder())).rejects.toMatchObject({
      code: 'DATASET_EMPTY',
    });
    const mixed = await folderOf({ 'a.png': picture(1), 'sub/b.png': picture(1) });
    await expect(openPool(mixed)).rejects.toThrow(/itself \(a\.png\) and in sub-folders \(sub\)/);
  });
});

test('strokes are there without files; other names are refused with those known', async () => {
  const pool = await openPool('strokes');
  expect(pool.images.shape).toEqual([15_000, 1, 28, 28]);
  expect(pool.labels.filter((label) => label === 9).length).toBe(1500);
  await expect(openPool('mnits')).rejects.toThrow(/mnist, cifar10, strokes.*"mnits" is neither/);
});

describe('samples to score', () => {
  test('pictures, IDX and folders of them, in the order given', async () => {
    const folder = await folderOf({
      'deep/er/b.png': picture(2),
      'deep/a.png': picture(1),
      [`deep/${t10k.images}.gz`]: gzipSync(idxBytes(new Uint8Array(12).fill(3), [2, 2, 3])),
      [`deep/${t10k.labels}`]: idxBytes(Uint8Array.of(0, 1), [2]),
      'last.idx': idxBytes(new Uint8Array(6).fill(4), [1, 2, 3]),
    });
    const deep = join(folder, 'deep');
    const { samples, keys } = await readSamples([join(folder, 'last.idx'), deep]);
    expect(samples.shape).toEqual([5, 1, 2, 3]);
    expect(keys).toEqual([
      join(folder, 'last.idx/0'),
      join(deep, 'a.png'),
      join(deep, 'er/b.png'),
      join(deep, `${t10k.images}.gz/0`),
      join(deep, `${t10k.images}.gz/1`),
    ]);
    expect([0, 6, 12, 18, 24].map((i) => samples.data[i])).toEqual([4, 1, 2, 3, 3]);
  });

  test('refuses what is not there, what is empty, and what does not fit', async () => {
    const folder = await folderOf({
      'a.png': picture(1),
      'x.idx': idxBytes(counting(4), [1, 2, 2]),
      'text.csv': Uint8Array.of(65, 66, 67, 68),
    });
    const read = (...names: string[]) => readSamples(names.map((name) => join(folder, name)));
    await expect(read('none.png')).rejects.toMatchObject({ code: 'DATASET_NOT_FOUND' });
    await expect(readSamples([])).rejects.toMatchObject({ code: 'DATASET_EMPTY' });
    await expect(readSamples([await temporaryFolder()])).rejects.toThrow(/nothing to read/);
    await expect(read('text.csv')).rejects.toThrow(/text\.csv: .*starts with 41 42 43 44/);
    await expect(read('a.png', 'x.idx')).rejects.toThrow(
      /x\.idx: .*1×2×3 were expected.*1×2×2 came/,
    );
  });
});
