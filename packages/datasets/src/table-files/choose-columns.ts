// Which columns are learned from, and what is to be said of them.

import { datasetError } from '../error.ts';
import { type FittedRows, type LeftOut, tellLeftOut } from './fit-rows.ts';
import { type TableFile, listed } from './table-file.ts';
import type { RawColumn } from './relation.ts';

/** What was said of columns. */
interface Choice {
  readonly columns?: readonly string[];
  readonly drop?: readonly string[];
  readonly categories?: readonly string[];
  readonly label?: string;
}

/**
 * The columns to learn from, and those that no network takes.
 * @throws `DATASET_BAD_OPTION` for a column that is not there.
 */
export function chosenColumns(
  { name, columns }: TableFile,
  { columns: wanted, drop = [], categories = [], label }: Choice,
): { readonly columns: readonly RawColumn[]; readonly unfit: readonly LeftOut[] } {
  const there = new Set(columns.map((column) => column.name));
  const said = { columns: wanted ?? [], drop, categories };
  for (const [option, names] of Object.entries(said)) {
    const absent = names.find((each) => !there.has(each));
    if (absent === undefined) continue;
    throw datasetError(
      'DATASET_BAD_OPTION',
      `${name} has no column "${absent}", which the option "${option}" names. There are: ${listed(columns)}.`,
    );
  }
  const chosen = columns.filter(
    (column) =>
      column.name !== label &&
      !drop.includes(column.name) &&
      (wanted === undefined || wanted.includes(column.name)),
  );
  return {
    columns: chosen.filter(({ kind }) => kind !== 'other'),
    unfit: chosen.flatMap((column) =>
      column.kind === 'other'
        ? [{ name: column.name, why: `no number or text: ${column.type}` }]
        : [],
    ),
  };
}

/** As the columns are called that say what is anomalous. */
const labelName =
  /^(is_?|y_?)?(labels?|class(es)?|target|ground_?truth|outliers?|anomal(y|ies|ous)|attacks?|fraud(ulent)?|faults?|faulty|fail(ed|ures?)|defects?|defective|(ab)?normal|y)$/i;

/** What is worth knowing of the columns, a sentence each. */
export function warnAbout({
  name,
  columns,
  unfit,
  fitted,
  label,
}: {
  readonly name: string;
  readonly columns: readonly RawColumn[];
  readonly unfit: readonly LeftOut[];
  readonly fitted: FittedRows;
  readonly label: string | undefined;
}): string[] {
  const { schema, leftOut, twoValued } = fitted;
  const left = [...unfit, ...leftOut];
  const labels = label === undefined ? twoValued.filter((column) => labelName.test(column)) : [];
  const numbers = columns.some(
    ({ kind }) => kind === 'number' || kind === 'date' || kind === 'time',
  );
  return [
    ...(left.length === 0 ? [] : [`${name}: left out: ${tellLeftOut(left)}.`]),
    ...labels.map(
      (column) =>
        `${name}: the column "${column}" has two values and a name as labels have, but is learned from as any other. Say ` +
        'that it is the label by the option "label", or leave it out by the option "drop".',
    ),
    ...(numbers || schema.length === 0
      ? []
      : [`${name} has no columns of numbers: only its categories are learned from.`]),
  ];
}
