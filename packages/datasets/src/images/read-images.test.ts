import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { expect, test } from 'vitest';
import { readSamples } from '../read-samples.ts';
import { idxBytes } from '../testing/idx-bytes.ts';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { tiffBytes } from '../testing/tiff-bytes.ts';
import { readImages } from './read-images.ts';

/** A row of two pixels: red, then a dark yellow. */
const coloured = sharp(Uint8Array.of(255, 0, 0, 100, 100, 0), {
  raw: { width: 2, height: 1, channels: 3 },
});
const grey = sharp(Uint8Array.of(7, 9), { raw: { width: 2, height: 1, channels: 1 } });

const sources = async () => ({
  coloured: { name: 'coloured.png', bytes: await coloured.clone().png().toBuffer() },
  grey: { name: 'grey.png', bytes: await grey.clone().toColourspace('b-w').png().toBuffer() },
});

test('colour comes as red, green and blue planes; grey is spread over them', async () => {
  const { coloured, grey } = await sources();
  const { shape, data } = await readImages([coloured, grey], { colour: 'rgb' });
  expect(shape).toEqual([2, 3, 1, 2]);
  expect(Array.from(data)).toEqual([255, 100, 0, 100, 0, 0, 7, 9, 7, 9, 7, 9]);
});

test('without asking, everything is grey', async () => {
  const { coloured, grey } = await sources();
  const { shape, data } = await readImages([coloured, grey]);
  expect(shape).toEqual([2, 1, 1, 2]);
  expect(Array.from(data.subarray(2))).toEqual([7, 9]);
});

test('auto is RGB once one picture has colour, whichever it is', async () => {
  const { coloured, grey } = await sources();
  expect((await readImages([grey, coloured], { colour: 'auto' })).shape).toEqual([2, 3, 1, 2]);
  expect((await readImages([grey, grey], { colour: 'auto' })).shape).toEqual([2, 1, 1, 2]);
  const saved = await sharp(grey.bytes).toColourspace('srgb').png().toBuffer();
  expect((await sharp(saved).metadata()).space).toBe('srgb');
  const greyInRgb = { name: 'saved in RGB.png', bytes: saved };
  expect((await readImages([greyInRgb], { colour: 'auto' })).shape).toEqual([1, 1, 1, 2]);
});

test('transparent parts are black, and 16 bits become 8, in colour too', async () => {
  const clear = { r: 255, g: 255, b: 255, alpha: 0 };
  const transparent = sharp({ create: { width: 1, height: 1, channels: 4, background: clear } });
  const deep = sharp(Uint16Array.of(0xffff, 0x8080, 0), {
    raw: { width: 1, height: 1, channels: 3 },
  });
  const { data } = await readImages(
    [
      { name: 'clear.png', bytes: await transparent.png().toBuffer() },
      { name: 'deep.png', bytes: await deep.toColourspace('rgb16').png().toBuffer() },
    ],
    { colour: 'rgb' },
  );
  expect(Array.from(data)).toEqual([0, 0, 0, 255, 128, 0]);
});

test('a broken picture in memory is refused by its name, also where only its colour is asked for', async () => {
  const broken = { name: 'archive: x.jpg', bytes: Uint8Array.of(1, 2, 3) };
  for (const colour of ['rgb', 'auto'] as const) {
    await expect(readImages([broken], { colour })).rejects.toThrow(
      /archive: x\.jpg: a picture \(PNG, JPEG/,
    );
  }
});

test('a picture of floats or of 32 bits is refused by its name, for nothing says what is white in it', async () => {
  const floats = tiffBytes(Float32Array.of(0, 0.25, 0.5, 1), { height: 1, width: 4 });
  await expect(readImages([{ name: 'floats.tif', bytes: floats }])).rejects.toThrow(
    /^floats\.tif: .*float.*whole numbers of 8 or 16 bits/,
  );
  const deep = tiffBytes(Uint32Array.of(0, 70_000), { height: 1, width: 2 });
  await expect(readImages([{ name: 'deep.tif', bytes: deep }])).rejects.toThrow(
    /^deep\.tif: .*uint/,
  );
});

test('a drawing is refused before it is drawn, whatever its file is called', async () => {
  const bytes = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="2" height="1"/>');
  // What would be drawn, were it let through.
  expect((await sharp(bytes).metadata()).width).toBe(2);
  await expect(readImages([{ name: 'drawing.png', bytes }])).rejects.toThrow(
    /^drawing\.png: a picture \(PNG, .*of another format/,
  );
  const file = join(await temporaryFolder(), 'drawing.png');
  await writeFile(file, bytes);
  await expect(readImages([file])).rejects.toThrow(/drawing\.png: a picture .*of another format/);
});

test('samples to score are all grey or all in colour, and must agree with IDX files', async () => {
  const folder = await temporaryFolder();
  const { coloured, grey } = await sources();
  await mkdir(join(folder, 'deep'));
  await writeFile(join(folder, 'a.png'), grey.bytes);
  await writeFile(join(folder, 'b-idx3-ubyte'), idxBytes(Uint8Array.of(1, 2), [1, 1, 2]));
  await writeFile(join(folder, 'deep', 'c.png'), coloured.bytes);
  expect((await readSamples([folder])).samples.shape).toEqual([3, 1, 1, 2]);
  const pictures = [join(folder, 'a.png'), join(folder, 'deep')];
  expect((await readSamples(pictures, { colour: 'auto' })).samples.shape).toEqual([2, 3, 1, 2]);
  await expect(readSamples([folder], { colour: 'auto' })).rejects.toThrow(
    /uint8 3×1×2 were expected.* uint8 1×1×2 came/,
  );
});
