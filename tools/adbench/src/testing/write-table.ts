// A table as ADBench has them: an NPZ of X and y, 1 = anomalous.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createRandom } from '@memae/graph';
import { strToU8, zipSync } from 'fflate';

export function npy(
  descr: '<f8' | '|u1',
  shape: readonly number[],
  data: Float64Array | Uint8Array,
): Uint8Array {
  const header = `{'descr': '${descr}', 'fortran_order': False, 'shape': (${shape.join(', ')},), }`;
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  const head = strToU8(header.padEnd(117) + '\n');
  return Uint8Array.of(0x93, ...strToU8('NUMPY'), 1, 0, head.length, 0, ...head, ...bytes);
}

/** Eighty normal rows, whose four columns hang together but for the last, which is constant, and ten others far off. */
export function writeTable(folder: string, name: string): void {
  const random = createRandom(1);
  const [normal, anomalous] = [80, 10];
  const rows = Array.from({ length: normal + anomalous }, (_, i) => {
    const along = random.normal();
    const off = i < normal ? 0 : 4;
    return [along + 0.1 * random.normal(), off - along, 2 * along + off, 7];
  });
  const y = Uint8Array.from(rows, (_, i) => (i < normal ? 0 : 1));
  const archive = zipSync({
    'X.npy': npy('<f8', [rows.length, 4], Float64Array.from(rows.flat())),
    'y.npy': npy('|u1', [rows.length], y),
  });
  writeFileSync(join(folder, `${name}.npz`), archive);
}
