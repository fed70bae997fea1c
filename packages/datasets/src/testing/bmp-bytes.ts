// For tests: BMP of Windows, as its format's page says: 24 or 32 bits of colour, or 8 bits into a palette.

export interface BmpOptions {
  readonly height: number;
  readonly width: number;
  readonly bits?: 8 | 24 | 32;
  /** Of 8 bits, RGB a colour; by default greys. */
  readonly palette?: readonly (readonly [number, number, number])[];
  /** Rows from top to bottom. */
  readonly down?: true;
}

/** @param pixels a byte a pixel into the palette, or RGB. */
export function bmpBytes(
  pixels: Uint8Array,
  { height, width, bits = 8, palette, down }: BmpOptions,
): Uint8Array {
  const colours = palette ?? Array.from({ length: 256 }, (_, i) => [i, i, i] as const);
  const table = bits === 8 ? colours.flatMap(([r, g, b]) => [b, g, r, 0]) : [];
  const row = 4 * Math.ceil((width * bits) / 32);
  const start = 54 + table.length;
  const file = Buffer.alloc(start + row * height);
  file.write('BM');
  file.writeUInt32LE(file.length, 2);
  file.writeUInt32LE(start, 10);
  file.writeUInt32LE(40, 14);
  file.writeInt32LE(width, 18);
  file.writeInt32LE(down ? -height : height, 22);
  file.writeUInt16LE(1, 26);
  file.writeUInt16LE(bits, 28);
  file.writeUInt32LE(row * height, 34);
  file.writeUInt32LE(bits === 8 ? colours.length : 0, 46);
  file.set(table, 54);
  for (let y = 0; y < height; y += 1) {
    const to = start + row * (down ? y : height - 1 - y);
    for (let x = 0; x < width; x += 1) {
      const from = y * width + x;
      if (bits === 8) file[to + x] = pixels[from] ?? 0;
      else
        file.set(
          pixels
            .subarray(3 * from, 3 * from + 3)
            .slice()
            .reverse(),
          to + (x * bits) / 8,
        );
    }
  }
  return file;
}
