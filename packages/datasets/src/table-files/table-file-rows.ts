// Files to be scored, as the schema of a trained model prepares them.

import type { RowColumn, RowSchema } from '@memae/graph';
import type { Dataset, LabelledDataset } from '../dataset.ts';
import { datasetError } from '../error.ts';
import { type LabelOptions, readLabels } from './labels.ts';
import { expressionFor, expressionsFor, isTime } from './row-store.ts';
import { type StreamedRows, labelledStreamedRows, streamedRows } from './streamed-rows.ts';
import {
  type OpenTableOptions,
  type TableFile,
  aggregate,
  asText,
  firstWhere,
  listed,
  noRows,
  openTableFile,
} from './table-file.ts';

export interface TableRowsOptions extends OpenTableOptions {
  readonly schema: RowSchema;
  /** How keys call the files; by default by the last part of the path. */
  readonly keyed?: string;
  /** Columns that are never looked at, as the label of the data; others that the schema does not have are told. */
  readonly beside?: readonly string[];
  readonly onWarning?: (message: string) => void;
}

/**
 * Files to be scored, as a schema prepares them, streamed: columns are found by name, in any order.
 * @throws as `openTableFile`; `DATASET_CORRUPT` naming columns that are missing, or the first row whose text is none of
 *   what training had; `DATASET_EMPTY` for no rows.
 */
export async function tableFileRows(
  path: string,
  options: TableRowsOptions,
): Promise<Dataset<'tabular'>> {
  return streamedRows(await openRows(path, options));
}

/** The same with labels, for evaluation: all rows. */
export async function labelledTableFileRows(
  path: string,
  options: TableRowsOptions & LabelOptions,
): Promise<LabelledDataset<'tabular'>> {
  const source = await openRows(path, {
    ...options,
    beside: [...(options.beside ?? []), options.label],
  });
  const labels = await readLabels(source.table, options);
  return labelledStreamedRows({ ...source, labelOf: (row) => labels[row] ?? 0 });
}

/** Files looked at, and found fit for a schema. */
export async function openRows(path: string, options: TableRowsOptions): Promise<StreamedRows> {
  const { schema, keyed, beside = [], onWarning } = options;
  const table = await openTableFile(path, options);
  const { name } = table;
  const expressions = expressionsFor(schema, table);
  await refuseUnread(schema, table);

  const [rows = '0', ...there] = await aggregate(table, [
    'count(*)',
    ...schema.map((column, i) => `count(${present(column, expressions[i] ?? 'NULL')})`),
  ]);
  const length = Number(rows);
  if (length === 0) throw noRows(table);
  const gaps = schema.flatMap((column, i) => {
    const missing = length - Number(there[i]);
    return missing > 0 && !column.flagged ? [`${column.name} (${missing} rows)`] : [];
  });
  if (gaps.length > 0) {
    onWarning?.(
      `${name}: values are missing where all training rows had one, and are filled in: ${gaps.join(', ')}.`,
    );
  }
  for (const warning of ignored(table, { schema, beside })) onWarning?.(warning);
  return { name, table, schema, length, ...(keyed !== undefined && { keyed }) };
}

/** What is to be said of columns that are not looked at. */
export function ignored(
  { name, columns }: TableFile,
  { schema, beside }: { readonly schema: RowSchema; readonly beside: readonly string[] },
): string[] {
  const known = new Set([...schema.map((column) => column.name), ...beside]);
  const others = columns.filter((column) => !known.has(column.name));
  return others.length === 0
    ? []
    : [`${name}: columns that the model does not take are ignored: ${listed(others)}.`];
}

/** NULL where there is no value. */
function present({ kind }: RowColumn, expression: string): string {
  return kind === 'number' || kind === 'date' ? `nullif(${expression}, 'nan'::DOUBLE)` : expression;
}

/** Texts where training had numbers or dates are read as such; the first that cannot be is refused by its row. */
export async function refuseUnread(schema: RowSchema, table: TableFile): Promise<void> {
  for (const wanted of schema) {
    const column = table.columns.find(({ name }) => name === wanted.name);
    if (column?.kind !== 'category' || wanted.kind === 'category' || wanted.kind === 'hashed') {
      continue;
    }
    const text = asText(column);
    const read =
      wanted.kind === 'number'
        ? `TRY_CAST(${text} AS DOUBLE)`
        : `nullif(${expressionFor(wanted, column)}, 'nan'::DOUBLE)`;
    const odd = await firstWhere(table, {
      condition: `${text} IS NOT NULL AND ${read} IS NULL`,
      show: text,
    });
    if (odd === undefined) continue;
    const what = wanted.kind === 'number' ? 'a number' : isTime(wanted) ? 'a time' : 'a date';
    throw datasetError(
      'DATASET_CORRUPT',
      `${table.name}: ${what} was expected in the column "${wanted.name}", as in training, but row ${odd.row} (from 0) ` +
        `holds "${odd.shown}". Correct or leave out that row.`,
    );
  }
}
