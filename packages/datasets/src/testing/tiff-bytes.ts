// For tests: a grey TIFF of 32 bits a pixel, which sharp does not write: little-endian, in one strip, as its specification says.

/** @param pixels height × width numbers */
export function tiffBytes(
  pixels: Float32Array | Uint32Array,
  { height, width }: { readonly height: number; readonly width: number },
): Uint8Array {
  const body = Buffer.from(pixels.buffer, pixels.byteOffset, pixels.byteLength);
  const start = 8 + 2 + 9 * 12 + 4;
  const entries = [
    ...[256, width],
    ...[257, height],
    ...[258, 32], // bits a pixel
    ...[259, 1], // not compressed
    ...[262, 1], // 0 is black
    ...[273, start],
    ...[278, height], // rows of the strip
    ...[279, body.length],
    ...[339, pixels instanceof Float32Array ? 3 : 1], // float, or whole and not below 0
  ];
  const head = Buffer.alloc(start);
  head.write('II*\0', 'latin1');
  head.writeUInt32LE(8, 4);
  head.writeUInt16LE(entries.length / 2, 8);
  entries.forEach((value, i) => {
    const entry = 10 + 12 * Math.floor(i / 2);
    if (i % 2 === 1) return head.writeUInt32LE(value, entry + 8);
    head.writeUInt16LE(value, entry);
    head.writeUInt16LE(4, entry + 2);
    return head.writeUInt32LE(1, entry + 4);
  });
  return Buffer.concat([head, body]);
}
