// For tests: IDX written as the format's description says.

import type { Shape } from '@memae/graph';

export function idxBytes(data: Uint8Array | Float32Array, shape: Shape): Uint8Array {
  const floats = data instanceof Float32Array;
  const bytes = new Uint8Array(4 + 4 * shape.length + data.byteLength);
  bytes.set([0, 0, floats ? 0x0d : 0x08, shape.length]);
  const view = new DataView(bytes.buffer);
  shape.forEach((length, i) => {
    view.setUint32(4 + 4 * i, length);
  });
  const header = 4 + 4 * shape.length;
  data.forEach((value, i) => {
    if (floats) view.setFloat32(header + 4 * i, value);
    else view.setUint8(header + i, value);
  });
  return bytes;
}
