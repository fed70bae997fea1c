// Tables of ADBench (Han et al., NeurIPS 2022; github.com/Minqi824/ADBench): numbers `X`, a row a sample, and labels
// `y`, 1 = anomalous.

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Table, createTable } from '@memae/datasets';
import { readNpz } from './read-npz.ts';

export interface LabelledTable {
  readonly table: Table;
  /** Indices of rows. */
  readonly normal: Uint32Array;
  readonly anomalous: Uint32Array;
}

/** Reads `<folder>/<name>.npz`. */
export async function readAdbench(folder: string, name: string): Promise<LabelledTable> {
  const file = join(folder, `${name}.npz`);
  const { X, y } = readNpz(await readFile(file), file);
  const [rows = 0, columns = 0] = X?.shape ?? [];
  if (X === undefined || y?.shape[0] !== rows) {
    throw new Error(`${file}: arrays X and y of as many rows were expected.`);
  }
  const column = (index: number) => ({
    name: `x${index}`,
    kind: 'continuous' as const,
    values: Float32Array.from({ length: rows }, (_, row) => X.data[row * columns + index] ?? NaN),
  });
  const where = (label: number): Uint32Array =>
    Uint32Array.from({ length: rows }, (_, row) => row).filter((row) => y.data[row] === label);
  return {
    table: createTable({ name, columns: Array.from({ length: columns }, (_, i) => column(i)) }),
    normal: where(0),
    anomalous: where(1),
  };
}
