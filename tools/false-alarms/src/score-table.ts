// Scores of rows that MemAE did not learn from: half of the normal rows train it, with its settings for tables.

import { memae } from '@memae/architectures';
import type { Backend } from '@memae/backend';
import { batchFor, fitTableEncoder, tableDataset } from '@memae/datasets';
import type { Random } from '@memae/graph';
import type { LabelledTable } from './adbench.ts';

export interface TableScores {
  /** Of the other half of the normal rows. */
  readonly normal: readonly number[];
  /** Of all anomalous rows. */
  readonly anomalous: readonly number[];
}

export interface ScoreTableOptions {
  readonly backend: Backend;
  readonly random: Random;
  readonly epochs: number;
  /** At most so many normal rows, drawn at random. */
  readonly limit: number;
}

export async function scoreTable(
  { table, normal, anomalous }: LabelledTable,
  { backend, random, epochs, limit }: ScoreTableOptions,
): Promise<TableScores> {
  const drawn = random.fork('rows').permutation(normal.length).subarray(0, limit);
  const rows = drawn.map((index) => normal[index] ?? 0);
  const middle = Math.floor(rows.length / 2);
  const encoder = fitTableEncoder(table, { rows: rows.subarray(0, middle) });
  const part = (picked: Uint32Array) =>
    tableDataset({ name: table.name, table, encoder, rows: picked });

  const method = memae.create({ 'training.epochs': epochs });
  const detector = await method.fit(part(rows.slice(0, middle)), {
    backend,
    random: random.fork('fit'),
  });
  const score = async (picked: Uint32Array): Promise<readonly number[]> => {
    const dataset = part(picked);
    const scores: number[] = [];
    for await (const { samples } of dataset.batches({ size: batchFor(dataset.sampleShape) })) {
      scores.push(...(await detector.score(samples)));
    }
    return scores;
  };
  try {
    return { normal: await score(rows.slice(middle)), anomalous: await score(anomalous) };
  } finally {
    await detector[Symbol.asyncDispose]();
  }
}
