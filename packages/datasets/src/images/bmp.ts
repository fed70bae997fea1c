// BMP, which sharp does not read: decoded by bmp-ts, once the header has been looked at. The fourth byte of 32 bits is
// unused in most files, so no picture is transparent.

import { decode } from 'bmp-ts';

export interface BmpImage {
  readonly height: number;
  readonly width: number;
  /** RGB, channels last. */
  readonly pixels: Uint8Array;
}

/** Whether bytes start as a BMP does. */
export function isBmp(bytes: Uint8Array): boolean {
  return bytes[0] === 0x42 && bytes[1] === 0x4d;
}

/**
 * Any BMP of Windows: 1 to 32 bits a pixel, palettes, either way up.
 * @throws `RangeError` in words for one that is cut short or has more pixels than that
 */
export function decodeBmp(
  bytes: Uint8Array,
  { maxPixels }: { readonly maxPixels: number },
): BmpImage {
  if (bytes.length < 54) throw new RangeError('it is cut short');
  const header = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const start = header.readUInt32LE(10);
  const [width, height] = [header.readInt32LE(18), Math.abs(header.readInt32LE(22))];
  if (!(width > 0 && height > 0)) throw new RangeError(`it says that it is ${height}×${width}`);
  if (width * height > maxPixels) throw new RangeError(`it has ${height}×${width} pixels`);
  const row = 4 * Math.ceil((width * header.readUInt16LE(28)) / 32);
  const packed = [1, 2].includes(header.readUInt32LE(30));
  // The decoder would fill up with zeros.
  if (!packed && start + row * height > bytes.length) throw new RangeError('it is cut short');
  const { data } = decode(header);
  const pixels = new Uint8Array(height * width * 3);
  for (let from = 0, to = 0; to < pixels.length; from += 4, to += 3) {
    pixels[to] = data[from + 3] ?? 0;
    pixels[to + 1] = data[from + 2] ?? 0;
    pixels[to + 2] = data[from + 1] ?? 0;
  }
  return { height, width, pixels };
}
