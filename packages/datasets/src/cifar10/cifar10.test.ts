import { copyFile, mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import sharp from 'sharp';
import { create } from 'tar';
import { describe, expect, test } from 'vitest';
import type { Pool } from '../pool.ts';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { cifar10 } from './cifar10.ts';
import { readCifarBatch } from './read-batch.ts';

const real = process.env['MEMAE_DATA'] ?? '';

/** Records whose pixels are all `10 × class + channel`. */
function records(labels: readonly number[]): Uint8Array {
  return Buffer.concat(
    labels.map((label) =>
      Uint8Array.from({ length: 3073 }, (_, i) =>
        i === 0 ? label : 10 * label + Math.floor((i - 1) / 1024),
      ),
    ),
  );
}

/** A root whose folder `cifar10` holds these files. */
async function rootOf(files: Record<string, Uint8Array>): Promise<string> {
  const root = await temporaryFolder();
  for (const [name, bytes] of Object.entries(files)) {
    const path = join(root, 'cifar10', name);
    await mkdir(join(path, '..'), { recursive: true });
    await writeFile(path, bytes);
  }
  return root;
}

/** Adds a JPEG archive of one plain picture a path. */
async function addJpegArchive(root: string, paths: readonly string[]): Promise<string> {
  const folder = await temporaryFolder();
  const background = { r: 250, g: 128, b: 3 };
  for (const path of paths) {
    await mkdir(join(folder, path, '..'), { recursive: true });
    await sharp({ create: { width: 32, height: 32, channels: 3, background } })
      .jpeg({ chromaSubsampling: '4:4:4' })
      .toFile(join(folder, path));
  }
  await mkdir(join(root, 'cifar10'), { recursive: true });
  const file = join(root, 'cifar10', 'cifar10-jpg.tar.gz');
  await create({ cwd: folder, file, gzip: true }, [...paths]);
  return file;
}

describe('binary batches', () => {
  test('any whole records, gzipped or not, under the name of their edition', async () => {
    const root = await rootOf({
      'data_batch_1.first3.bin.gz': gzipSync(records([6, 9, 0])),
      'cifar-10-batches-bin/test_batch.bin': records([3]),
      'notes.txt': records([1]),
    });
    const pool = await cifar10({ root });
    expect(pool.name).toBe('cifar10 (4 lossless rows)');
    expect(pool.images.shape).toEqual([4, 3, 32, 32]);
    expect(Array.from(pool.labels)).toEqual([6, 9, 0, 3]);
    expect(pool.classes[3]).toBe('cat');
    expect(pool.keys).toEqual([
      'cifar10/data_batch_1/0',
      'cifar10/data_batch_1/1',
      'cifar10/data_batch_1/2',
      'cifar10/test_batch/0',
    ]);
    expect([0, 1024, 2048, 3072, 4096].map((i) => pool.images.data[i])).toEqual([
      60, 61, 62, 90, 91,
    ]);
  });

  test.each([
    [new Uint8Array(), /x\.bin: whole records of 3073 bytes .* but 0 bytes came/],
    [records([1, 2]).subarray(0, 4000), /record 1 is cut short/],
    [Buffer.concat([records([1]), records([10])]), /record 1 .* 0 to 9, but starts with 10/],
    [gzipSync(records([1])).subarray(0, 40), /x\.bin: gzip data/],
  ])('are refused by file and record: %#', (bytes, message) => {
    const read = () => readCifarBatch(bytes, { file: 'x.bin' });
    expect(read).toThrow(message);
    expect(read).toThrow(expect.objectContaining({ code: 'DATASET_CORRUPT' }));
  });

  test('two parts of one batch are refused: rows might come twice', async () => {
    const root = await rootOf({
      'data_batch_1.first2.bin': records([0, 1]),
      'data_batch_1.first1.bin': records([0]),
    });
    await expect(cifar10({ root })).rejects.toThrow(
      /data_batch_1\.first1\.bin and data_batch_1\.first2\.bin hold parts of one batch/,
    );
  });
});

describe('the choice between editions', () => {
  const batches = [1, 2, 3, 4, 5].map((n) => `data_batch_${n}.bin`).concat('test_batch.bin');

  test('all of the original, then JPEG, then some of the original; or the one asked for', async () => {
    const root = await rootOf({ 'data_batch_1.bin': records([1]) });
    await addJpegArchive(root, ['train/cat/0000.jpg', 'test/dog/0007.jpg']);
    expect((await cifar10({ root })).name).toBe('cifar10 (JPEG, 2 rows)');
    expect((await cifar10({ root, edition: 'binary' })).name).toBe('cifar10 (1 lossless rows)');
    for (const name of batches) await writeFile(join(root, 'cifar10', name), records([2]));
    expect((await cifar10({ root })).name).toBe('cifar10 (6 lossless rows)');
    expect((await cifar10({ root, edition: 'jpeg' })).name).toBe('cifar10 (JPEG, 2 rows)');
  });

  test('a whole batch goes before its parts', async () => {
    const root = await rootOf({
      'data_batch_1.first1.bin': records([7]),
      'data_batch_1.bin.gz': gzipSync(records([1, 2])),
    });
    expect(Array.from((await cifar10({ root })).labels)).toEqual([1, 2]);
  });

  test('without any and without a cache, says where it looked', async () => {
    const root = await temporaryFolder();
    await expect(cifar10({ root })).rejects.toMatchObject({ code: 'DATASET_NOT_FOUND' });
    await expect(cifar10({ root, edition: 'jpeg' })).rejects.toThrow(
      /cifar10-jpg\.tar\.gz was not found in .*cifar10; only the binary/,
    );
  });

  test('an official archive with another checksum is refused', async () => {
    const root = await rootOf({ 'cifar-10-binary.tar.gz': gzipSync(records([1])) });
    await expect(cifar10({ root })).rejects.toThrow(
      /cifar-10-binary\.tar\.gz: the published file's/,
    );
  });
});

describe('the JPEG archive', () => {
  test('is read in colour, from the archive itself, in order of the paths', async () => {
    const root = await temporaryFolder();
    await addJpegArchive(root, ['train/cat/0001.jpg', 'test/dog/0000.jpg', 'train/cat/0000.jpg']);
    const pool = await cifar10({ root });
    expect(pool.keys).toEqual([
      'cifar10/test/dog/0000',
      'cifar10/train/cat/0000',
      'cifar10/train/cat/0001',
    ]);
    expect(Array.from(pool.labels)).toEqual([5, 3, 3]);
    for (const [i, value] of [250, 128, 3].entries()) {
      expect(Math.abs((pool.images.data[i * 1024] ?? 0) - value)).toBeLessThan(3);
    }
  });

  test('refuses a class that is none, a cut archive, one that is none, and one of other things', async () => {
    const root = await temporaryFolder();
    const file = await addJpegArchive(root, ['train/cats/0000.jpg']);
    await expect(cifar10({ root })).rejects.toThrow(/in the folder "cats", but the classes are/);
    await addJpegArchive(root, ['photos/0000.jpg']);
    await expect(cifar10({ root })).rejects.toMatchObject({ code: 'DATASET_EMPTY' });
    for (const bytes of [Uint8Array.of(1, 2, 3), gzipSync(records([1])).subarray(0, 50)]) {
      await writeFile(file, bytes);
      const opened = cifar10({ root });
      await expect(opened).rejects.toThrow(
        /cifar10-jpg\.tar\.gz: a whole tar archive was expected/,
      );
      await expect(opened).rejects.toMatchObject({ code: 'DATASET_CORRUPT' });
    }
  });
});

test('folders of pictures are read as RGB, under a name of their own', async () => {
  const plain = (size: number) =>
    sharp({ create: { width: size, height: size, channels: 3, background: '#0a141e' } })
      .png()
      .toBuffer();
  const root = await rootOf({
    'train/cat/0001.png': await plain(32),
    'test/dog/0000.png': await plain(32),
    'data_batch_1.bin': records([1]),
  });
  const pool = await cifar10({ root });
  expect(pool.name).toBe('cifar10 (pictures, 2 rows)');
  expect(pool.keys).toEqual(['cifar10/test/dog/0000', 'cifar10/train/cat/0001']);
  expect(Array.from(pool.labels)).toEqual([5, 3]);
  expect([0, 1024, 2048].map((i) => pool.images.data[i])).toEqual([10, 20, 30]);
  expect((await cifar10({ root, edition: 'binary' })).name).toBe('cifar10 (1 lossless rows)');
  await expect(cifar10({ root: await rootOf({ 'cat/0.png': await plain(30) }) })).rejects.toThrow(
    /32×32 were expected, but they are 30×30/,
  );
  const odd = { 'cat/0.png': await plain(32), 'cats/0.png': await plain(32) };
  await expect(cifar10({ root: await rootOf(odd) })).rejects.toThrow(/folder "cats", but the/);
});

describe.skipIf(real === '')('the real files (set MEMAE_DATA to the folder of data sets)', () => {
  // The first test image is a cat, and the first cat of the JPEG edition's test images.
  test(
    'the lossless rows and the JPEG edition show the same picture',
    { timeout: 300_000 },
    async () => {
      const lossless = await cifar10({ root: real, edition: 'binary' });
      const root = await temporaryFolder();
      await mkdir(join(root, 'cifar10'));
      const archive = join('cifar10', 'cifar10-jpg.tar.gz');
      await symlink(join(real, archive), join(root, archive)).catch(() =>
        copyFile(join(real, archive), join(root, archive)),
      );
      const jpeg = await cifar10({ root });
      expect(jpeg.name).toBe('cifar10 (JPEG, quality 75)');
      expect(jpeg.images.shape).toEqual([60_000, 3, 32, 32]);
      expect(jpeg.classes.map((_, c) => jpeg.labels.filter((label) => label === c).length)).toEqual(
        Array.from({ length: 10 }, () => 6000),
      );
      const one = imageOf(lossless, 'cifar10/test_batch/0');
      const other = imageOf(jpeg, 'cifar10/test/cat/0000');
      const error = one.reduce((sum, value, i) => sum + (value - (other[i] ?? 0)) ** 2, 0) / 3072;
      expect(10 * Math.log10(255 ** 2 / error)).toBeGreaterThan(25);
    },
  );
});

function imageOf({ images, keys = [] }: Pool, key: string): number[] {
  const i = keys.indexOf(key);
  expect(i).toBeGreaterThanOrEqual(0);
  return Array.from(images.data.subarray(i * 3072, (i + 1) * 3072));
}
