// NPZ, numpy's format for several arrays: a ZIP archive of NPY files.

import { type NumberArray, readNpy } from '@memae/datasets';
import { unzipSync } from 'fflate';

/**
 * The arrays in an archive, by name.
 * @throws `DATASET_CORRUPT` as `readNpy`; fflate's error for what is no ZIP archive
 */
export function readNpz(bytes: Uint8Array, file: string): Readonly<Record<string, NumberArray>> {
  const entries = Object.entries(unzipSync(bytes));
  return Object.fromEntries(
    entries.map(([name, data]) => [name.replace(/\.npy$/, ''), readNpy(data, `${file}/${name}`)]),
  );
}
