// Which rows are learned from and which are scored, drawn once for all methods.

import type { Random } from '@memae/graph';
import type { LabelledTable } from './read-adbench.ts';

/** Indices of rows. */
export interface DrawnRows {
  /** Half of the normal rows. */
  readonly train: Uint32Array;
  /** The other half. */
  readonly normal: Uint32Array;
  /** All that are anomalous. */
  readonly anomalous: Uint32Array;
}

/** Halves the normal rows, of which at most `limit` are drawn. */
export function drawRows(
  { normal, anomalous }: Pick<LabelledTable, 'normal' | 'anomalous'>,
  { random, limit }: { readonly random: Random; readonly limit: number },
): DrawnRows {
  const drawn = random.permutation(normal.length).subarray(0, limit);
  const rows = drawn.map((index) => normal[index] ?? 0);
  const middle = Math.floor(rows.length / 2);
  return { train: rows.subarray(0, middle), normal: rows.subarray(middle), anomalous };
}
