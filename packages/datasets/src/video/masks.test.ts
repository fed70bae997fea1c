import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { bmpBytes } from '../testing/bmp-bytes.ts';
import { matBytes } from '../testing/mat-bytes.ts';
import { npyBytes } from '../testing/npy-bytes.ts';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { tiffBytes } from '../testing/tiff-bytes.ts';
import { writeMasks } from '../testing/video-frames.ts';
import { readMaskMat, readMaskNpy, readMaskPictures } from './read-masks.ts';
import { resizeMasks } from './resize-masks.ts';

const [height, width] = [6, 8];
const labels = Uint8Array.of(0, 1, 1);
const masks = Array.from(labels, (label) => {
  const mask = new Uint8Array(height * width);
  mask[width + 1] = label;
  return mask;
});
const native = { size: [height, width], native: [height, width], frames: 3 } as const;
const expected = masks.flatMap((mask) => [...mask]);

describe('masks come alike from', () => {
  test('PNG pictures', async () => {
    const files = await writeMasks(await temporaryFolder(), labels);
    expect([...resizeMasks(await readMaskPictures(files), native).data]).toEqual(expected);
  });

  test('pictures of 16 or 32 bits or in colour, in which every number but 0 is anomalous', async () => {
    const folder = await temporaryFolder();
    const write = async (name: string, bytes: Uint8Array): Promise<string> => {
      await writeFile(join(folder, name), bytes);
      return join(folder, name);
    };
    const raw = { height, width };
    const [none = new Uint8Array(), one = none, other = none] = masks;
    const deep = (mask: Uint8Array) =>
      sharp(Uint16Array.from(mask), { raw: { ...raw, channels: 1 } }).toColourspace('grey16');
    const blue = Uint8Array.from({ length: 3 * height * width }, (_, i) =>
      i % 3 === 2 ? (other[Math.floor(i / 3)] ?? 0) : 0,
    );
    const files = [
      await write('0.png', await deep(none).png().toBuffer()),
      await write('1.png', await deep(one).png().toBuffer()),
      await write(
        '2.png',
        await sharp(blue, { raw: { ...raw, channels: 3 } })
          .png()
          .toBuffer(),
      ),
    ];
    expect([...resizeMasks(await readMaskPictures(files), native).data]).toEqual(expected);
    await write(
      '1.png',
      tiffBytes(
        Uint32Array.from(one, (value) => 70_000 * value),
        raw,
      ),
    );
    expect([...resizeMasks(await readMaskPictures(files), native).data]).toEqual(expected);
    await write(
      '1.png',
      tiffBytes(
        Float32Array.from(one, (value) => value / 2),
        raw,
      ),
    );
    await expect(readMaskPictures(files)).rejects.toThrow(/1\.png: .*float/);
  });

  test('BMP pictures; one cut short or of another size is refused by name', async () => {
    const folder = await temporaryFolder();
    const bitmap = (data: Uint8Array, [rows, columns] = [height, width]): Uint8Array =>
      bmpBytes(data, { height: rows, width: columns });
    const files = await Promise.all(
      masks.map(async (mask, i) => {
        const file = join(folder, `00${i}.bmp`);
        await writeFile(file, bitmap(mask.map((value) => 255 * value)));
        return file;
      }),
    );
    expect([...resizeMasks(await readMaskPictures(files), native).data]).toEqual(expected);
    await writeFile(files[1] ?? '', bitmap(new Uint8Array(12), [3, 4]));
    await expect(readMaskPictures(files)).rejects.toThrow(
      /001\.bmp: .*6×8.*but 3×4 came. Masks are/,
    );
    await writeFile(files[1] ?? '', bitmap(masks[0] ?? new Uint8Array()).subarray(0, -9));
    await expect(readMaskPictures(files)).rejects.toThrow(/001\.bmp: .*cut short/);
  });

  test('an NPY file', async () => {
    const file = join(await temporaryFolder(), '01.npy');
    await writeFile(file, npyBytes(Uint8Array.from(expected), [3, height, width]));
    expect([...resizeMasks(await readMaskNpy(file), native).data]).toEqual(expected);
    await writeFile(file, npyBytes(Uint8Array.from(expected), [3 * height, width]));
    await expect(readMaskNpy(file)).rejects.toThrow(/01\.npy: masks frames×height×width/);
  });

  test('a MAT-file, whose numbers run down the columns', async () => {
    const file = join(await temporaryFolder(), '1_label.mat');
    const cells = masks.map((mask) => ({
      shape: [height, width],
      data: Array.from(mask, (_, i) => mask[(i % height) * width + Math.floor(i / height)] ?? 0),
    }));
    await writeFile(file, matBytes({ volLabel: cells }));
    expect([...resizeMasks(await readMaskMat(file), native).data]).toEqual(expected);
    await writeFile(file, matBytes({ volLabel: [{ shape: [1, 2], data: [0, 0] }, ...cells] }));
    await expect(readMaskMat(file)).rejects.toThrow(/1_label\.mat: .*volLabel/);
  });
});

describe('masks are resized', () => {
  const raw = { file: 'masks', height, width, frames: masks };

  test('by the pixel under the middle of each; they stay 0 and 1', () => {
    const half = resizeMasks(raw, { ...native, size: [3, 4] });
    expect(half.shape).toEqual([3, 3, 4]);
    expect([...half.data.subarray(12, 24)]).toEqual([1, ...new Array<number>(11).fill(0)]);
    const doubled = resizeMasks(raw, { ...native, size: [12, 16] });
    expect(doubled.data.reduce((sum, value) => sum + value)).toBe(2 * 4);
  });

  test('also where the frames were scaled and they were not', () => {
    expect(resizeMasks(raw, { ...native, native: [3, 4], size: [3, 4] }).shape).toEqual([3, 3, 4]);
  });

  test('another size or number is refused', () => {
    expect(() => resizeMasks(raw, { ...native, native: [60, 60] })).toThrow(
      /masks: masks of 60×60 .* but 6×8 came/,
    );
    expect(() => resizeMasks(raw, { ...native, frames: 4 })).toThrow(
      /masks: a mask for each of 4 frames was expected, but 3 came/,
    );
  });
});
