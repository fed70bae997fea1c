// Rows of a table as a data set: encoded batch by batch, so that memory holds the compact columns only.

import type { Batch, Dataset, LabelledDataset } from '../dataset.ts';
import { datasetError } from '../error.ts';
import { indexedDataset } from '../indexed-dataset.ts';
import type { Table } from './table.ts';
import { type TableEncoder, tableRows } from './table-encoder.ts';

/** Some rows of a table, and how they are encoded. */
export interface TableSource {
  readonly name: string;
  readonly table: Table;
  readonly encoder: TableEncoder;
  /** By index, in the order they are to have; all by default. */
  readonly rows?: Uint32Array;
  /** What each row of the table is called in its key; by default its index. */
  readonly numbers?: ArrayLike<number>;
}

/**
 * Rows without labels, `[n, features]` float32. The key of row i is `<table>/i`.
 * @throws `DATASET_BAD_OPTION` for a row that is not there; else as `tableRows`.
 */
export function tableDataset(source: TableSource): Dataset<'tabular'> {
  const { description, read } = encoded(source);
  return indexedDataset({ ...description, read: (picked) => read(picked).batch });
}

/**
 * Rows with labels (1 = anomalous), of which `labels` holds one for each row of the table.
 * @throws `DATASET_CORRUPT` for labels of another number or other than 0 and 1; else as `tableDataset`.
 */
export function labelledTableDataset(
  source: TableSource & { readonly labels: Uint8Array },
): LabelledDataset<'tabular'> {
  const { name, table, labels } = source;
  const odd = labels.findIndex((label) => label > 1);
  if (labels.length !== table.length || odd >= 0) {
    throw datasetError(
      'DATASET_CORRUPT',
      `${name}: a label for each of ${table.length} rows was expected, 1 (anomalous) or 0 (normal), but ` +
        (odd < 0 ? `${labels.length} came.` : `label ${odd} is ${String(labels[odd])}.`),
    );
  }
  const { description, read } = encoded(source);
  return indexedDataset({
    ...description,
    read: (picked) => {
      const { rows, batch } = read(picked);
      return { ...batch, labels: Uint8Array.from(rows, (row) => labels[row] ?? 0) };
    },
  });
}

function encoded({ name, table, encoder, rows, numbers }: TableSource) {
  const all = rows ?? Uint32Array.from({ length: table.length }, (_, i) => i);
  const absent = all.find((row) => row >= table.length);
  if (absent !== undefined) {
    throw datasetError(
      'DATASET_BAD_OPTION',
      `${name}: ${table.name} has ${table.length} rows, but row ${absent} was asked for.`,
    );
  }
  const encode = tableRows(encoder, table);
  return {
    description: {
      name,
      modality: 'tabular' as const,
      sampleShape: [encoder.features.length],
      dtype: 'float32' as const,
      length: all.length,
    },
    read: (picked: Uint32Array): { rows: Uint32Array; batch: Batch } => {
      const rows = picked.map((i) => all[i] ?? 0);
      const keys = Array.from(rows, (row) => `${table.name}/${numbers?.[row] ?? row}`);
      return { rows, batch: { samples: encode(rows), keys } };
    },
  };
}
