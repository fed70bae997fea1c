// For tests: folders of real pictures, and a PNG that says it is larger than it could be unpacked.

import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32, createDeflate } from 'node:zlib';
import sharp from 'sharp';
import { collect } from './collect.ts';
import { temporaryFolder } from './temporary-folder.ts';

/** A folder of files from their names. */
export async function folderOf(
  files: Readonly<Record<string, Uint8Array | Promise<Uint8Array>>>,
): Promise<string> {
  const folder = await temporaryFolder();
  for (const [name, bytes] of Object.entries(files)) {
    await mkdir(join(folder, name, '..'), { recursive: true });
    await writeFile(join(folder, name), await bytes);
  }
  return folder;
}

export interface PictureOptions {
  readonly size?: readonly [height: number, width: number];
  readonly format?: 'png' | 'jpeg' | 'webp' | 'tiff' | 'gif';
}

/** A picture all of one grey, or of one colour. */
export function picture(
  of: number | readonly [r: number, g: number, b: number],
  { size: [height, width] = [2, 3], format = 'png' }: PictureOptions = {},
): Promise<Buffer> {
  const [r, g, b] = typeof of === 'number' ? [of, of, of] : of;
  const image = sharp({ create: { width, height, channels: 3, background: { r, g, b } } });
  return image.toFormat(format).toBuffer();
}

/** A whole PNG of one bit a pixel, 50,000 × 50,000 in some 300 kB. */
export async function bomb(side = 50_000): Promise<Buffer> {
  const chunk = (type: string, data: Buffer): Buffer => {
    const body = Buffer.concat([Buffer.from(type), data]);
    const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)];
    length.writeUInt32BE(data.length);
    check.writeUInt32BE(crc32(body));
    return Buffer.concat([length, body, check]);
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(side, 0);
  header.writeUInt32BE(side, 4);
  header[8] = 1;
  const deflate = createDeflate();
  const packed = collect<Buffer>(deflate);
  const rows = Buffer.alloc((1 + Math.ceil(side / 8)) * 100);
  for (let row = 0; row < side; row += 100) {
    if (!deflate.write(rows)) await new Promise((drained) => deflate.once('drain', drained));
  }
  deflate.end();
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk('IHDR', header),
    chunk('IDAT', Buffer.concat(await packed)),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}
