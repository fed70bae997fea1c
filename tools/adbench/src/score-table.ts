// Scores of rows that a method of ours did not learn from, prepared as `--data` prepares tables of one's own: a tenth of
// the training rows is held out, the rest tell the scale of each column, and columns that are constant there are left out.

import type { Backend } from '@memae/backend';
import { batchFor, fitTableEncoder, scalings, tableDataset } from '@memae/datasets';
import type { Random } from '@memae/graph';
import type { AnyDetectorPlugin, RawOptions } from '@memae/training';
import type { DrawnRows } from './draw-rows.ts';
import type { LabelledTable } from './read-adbench.ts';

export interface TableScores {
  /** Of the normal rows that were not trained on. */
  readonly normal: readonly number[];
  /** Of all anomalous rows. */
  readonly anomalous: readonly number[];
}

export interface ScoreTableOptions {
  readonly method: AnyDetectorPlugin;
  /** Over the method's defaults; `scaling` is that of the columns, `standard` unless given. */
  readonly options?: RawOptions;
  readonly backend: Backend;
  readonly random: Random;
}

export async function scoreTable(
  { table, rows }: { readonly table: LabelledTable['table']; readonly rows: DrawnRows },
  { method, options = {}, backend, random }: ScoreTableOptions,
): Promise<TableScores> {
  const heldOut = Math.max(1, Math.round(0.1 * rows.train.length));
  const train = rows.train.subarray(heldOut);
  const drop = table.columns
    .filter((column) => column.kind === 'continuous' && isConstant(column.values, train))
    .map(({ name }) => name);
  const { scaling: asked = 'standard', ...settings } = options;
  const scaling = scalings.find((each) => each === asked);
  if (scaling === undefined)
    throw new Error(`There is no scaling ${String(asked)}: ${scalings.join(', ')}.`);
  const encoder = fitTableEncoder(table, { rows: train, drop, scaling });
  const part = (picked: Uint32Array) =>
    tableDataset({ name: table.name, table, encoder, rows: picked });

  const detector = await method.createFrom(settings).fit(part(train), {
    backend,
    random,
    validation: part(rows.train.subarray(0, heldOut)),
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
    return { normal: await score(rows.normal), anomalous: await score(rows.anomalous) };
  } finally {
    await detector[Symbol.asyncDispose]();
  }
}

function isConstant(values: Float32Array, rows: Uint32Array): boolean {
  return rows.every((row) => values[row] === values[rows[0] ?? 0]);
}
