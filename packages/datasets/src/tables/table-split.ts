// The protocols for tables (section 4.3 of the paper, and what later papers did instead):
//   A  a random half of all rows to learn from, of which only the normal ones are used; the other half is the test set
//   B  a random half of the normal rows to learn from; the other half and all anomalies are the test set
// B's test set has twice the share of anomalies, and is easier: a figure means nothing without its protocol.

import type { Random } from '@memae/graph';
import { datasetError } from '../error.ts';
import type { Split } from '../split.ts';
import { labelledTableDataset, tableDataset } from './table-dataset.ts';
import { type Scaling, type TableEncoder, fitTableEncoder } from './table-encoder.ts';
import type { TablePool } from './table.ts';

export type TableProtocol = 'A' | 'B';

export const tableProtocols: readonly TableProtocol[] = ['A', 'B'];

export interface TableSplitOptions {
  /** Draws the split. */
  readonly random: Random;
  /** By default `A`, the paper's. */
  readonly protocol?: TableProtocol;
  /** By default `min-max`. */
  readonly scaling?: Scaling;
  /** As rows were encoded before; by default one is fitted on the training rows. */
  readonly encoder?: TableEncoder;
  /** Columns to leave out. */
  readonly drop?: readonly string[];
  /** Share of the normal rows to learn from that is held out for validation, in (0, 1); by default 0.1. */
  readonly validationShare?: number;
  /** At most so many rows in all, drawn at random: the share of anomalies stays about the same. */
  readonly limit?: number;
}

/** A split of a table, with what was fitted on its training rows. */
export interface TableSplit extends Split<'tabular'> {
  /** Its `features` name the numbers of a sample. */
  readonly encoder: TableEncoder;
}

/**
 * Cuts a table by a protocol. The encoder is fitted on the training rows, without those held out.
 * @throws `DATASET_EMPTY` when training, validation or test would have no rows; `DATASET_BAD_OPTION` for another
 *   protocol, or a share or a limit out of range; `DATASET_CORRUPT` as `labelledTableDataset`.
 */
export function tableSplit(
  { table, labels: classLabels, classes, anomalies }: TablePool,
  options: TableSplitOptions,
): TableSplit {
  const { random, protocol = 'A', scaling = 'min-max', drop, validationShare = 0.1 } = options;
  const { name } = table;
  refuseOptions({ protocol, validationShare, limit: options.limit });

  const anomalous = classes.map((each) => (anomalies.includes(each) ? 1 : 0));
  // A label that stands for no class stays as it is, and is refused with the test set.
  const labels = classLabels.map((label) => anomalous[label] ?? 2);
  const drawn = random.fork('rows').permutation(table.length).subarray(0, options.limit);
  const isNormal = (row: number): boolean => labels[row] === 0;
  const normals = drawn.filter(isNormal);
  const half = (rows: Uint32Array): [Uint32Array, Uint32Array] => {
    const middle = Math.floor(rows.length / 2);
    return [rows.subarray(0, middle), rows.subarray(middle)];
  };
  const [learned, tested] = half(protocol === 'A' ? drawn : normals);
  const learnable = learned.filter(isNormal);
  const heldOut = Math.max(1, Math.round(validationShare * learnable.length));
  const train = learnable.subarray(heldOut);
  const test =
    protocol === 'A'
      ? tested
      : Uint32Array.from([...tested, ...drawn.filter((row) => !isNormal(row))]);
  if (train.length === 0 || test.length === 0) {
    throw datasetError(
      'DATASET_EMPTY',
      `${name}: of ${drawn.length} rows ${normals.length} are normal, which leaves ${train.length} for training and ` +
        `${test.length} for the test. Give more rows.`,
    );
  }

  const encoder =
    options.encoder ?? fitTableEncoder(table, { rows: train, scaling, ...(drop && { drop }) });
  const part = (suffix: string, rows: Uint32Array) => ({
    name: `${name} ${suffix}`,
    table,
    encoder,
    rows,
  });
  return {
    name,
    protocol: `${describe(protocol)}; ${Math.round(100 * validationShare)} % of the normal rows to learn from held out`,
    encoder,
    train: tableDataset(part('train', train)),
    validation: tableDataset(part('validation', learnable.subarray(0, heldOut))),
    test: labelledTableDataset({ ...part('test', test), labels }),
  };
}

function describe(protocol: TableProtocol): string {
  return protocol === 'A'
    ? 'protocol A: a random half of all rows to learn from, of them the normal ones; the other half is the test set'
    : 'protocol B: a random half of the normal rows to learn from; the other half and all anomalies are the test set';
}

function refuseOptions({
  protocol,
  validationShare,
  limit = 1,
}: {
  readonly protocol: TableProtocol;
  readonly validationShare: number;
  readonly limit: number | undefined;
}): void {
  const wrong = !tableProtocols.includes(protocol)
    ? `protocol is one of ${tableProtocols.join(', ')}, but ${protocol} came`
    : !(validationShare > 0 && validationShare < 1)
      ? `validationShare is a share between 0 and 1, but ${validationShare} came; 0.1 means 10 %`
      : !(Number.isInteger(limit) && limit > 0)
        ? `limit is a whole number of rows, at least 1, but ${limit} came`
        : undefined;
  if (wrong !== undefined) throw datasetError('DATASET_BAD_OPTION', `${wrong}.`);
}
