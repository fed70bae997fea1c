// Which rows are normal, by a column that says so.

import { datasetError } from '../error.ts';
import { quoteName, quoteText } from './duckdb.ts';
import { type TableFile, aggregate, asText, firstWhere, listed, scan } from './table-file.ts';

export interface LabelOptions {
  /** The column that says which rows are normal. */
  readonly label: string;
  /** Its value in normal rows; by default the column holds 0 and 1, or true and false, and 0 is normal. */
  readonly normal?: string;
}

const zeros = ['0', '0.0', 'false', 'f', 'no'];
const ones = ['1', '1.0', 'true', 't', 'yes'];

/**
 * The label of each row, in order: 1 where anomalous.
 * @throws `DATASET_BAD_OPTION` for a column that is not there, values other than 0 and 1 where `normal` is not said, or
 *   no row with that value; `DATASET_CORRUPT` naming the first row without a label.
 */
export async function readLabels(
  table: TableFile,
  { label, normal }: LabelOptions,
): Promise<Uint8Array> {
  const { name, columns } = table;
  if (!columns.some((column) => column.name === label)) {
    throw datasetError(
      'DATASET_BAD_OPTION',
      `${name} has no column "${label}" to take as the label. There are: ${listed(columns)}.`,
    );
  }
  const text = asText({ name: label });
  const lowered = `lower(${text})`;
  const list = (words: readonly string[]): string => `(${words.map(quoteText).join(', ')})`;
  const cases =
    normal === undefined
      ? `WHEN ${lowered} IN ${list(zeros)} THEN 0 WHEN ${lowered} IN ${list(ones)} THEN 1 ELSE 3`
      : `WHEN ${isNormal(text, normal)} THEN 0 ELSE 1`;
  const expression = `CAST(CASE WHEN ${text} IS NULL THEN 2 ${cases} END AS DOUBLE)`;

  const parts: Uint8Array[] = [];
  const counts = [0, 0, 0, 0];
  for await (const chunk of scan(table, { expressions: [expression] })) {
    const codes = Uint8Array.from(chunk.numbers(0));
    for (const code of codes) counts[code] = (counts[code] ?? 0) + 1;
    parts.push(codes);
  }
  const [normals = 0, , unlabelled = 0, unknown = 0] = counts;
  if (unlabelled > 0) await refuseUnlabelled(table, { label, text, unlabelled });
  if (unknown > 0 || (normal !== undefined && normals === 0)) {
    const [values = ''] = await aggregate(table, [
      `array_to_string(list_slice(list_sort(list(DISTINCT ${text})), 1, 20), ', ')`,
    ]);
    throw datasetError(
      'DATASET_BAD_OPTION',
      normal === undefined
        ? `${name}: 0 (normal) and 1 (anomalous) were expected in the label "${label}", but it holds ${values}. Say which ` +
            'value is normal by the option "normal".'
        : `${name}: no row has "${normal}" as its label "${label}", which holds ${values}. Name one of these as normal.`,
    );
  }
  return concatenated(parts);
}

/** As text, or as the same number: 0 is 0.0. */
function isNormal(text: string, normal: string): string {
  const same = `${text} = ${quoteText(normal)}`;
  return normal.trim() === '' || !Number.isFinite(Number(normal))
    ? same
    : `(${same} OR TRY_CAST(${text} AS DOUBLE) = ${Number(normal)})`;
}

async function refuseUnlabelled(
  table: TableFile,
  {
    label,
    text,
    unlabelled,
  }: { readonly label: string; readonly text: string; readonly unlabelled: number },
): Promise<never> {
  const found = await firstWhere(table, { condition: `${text} IS NULL`, show: `'' AS shown` });
  const others = unlabelled === 1 ? '' : ` and ${unlabelled - 1} more`;
  throw datasetError(
    'DATASET_CORRUPT',
    `${table.name}: every row needs a label, but row ${found?.row ?? 0} (from 0)${others} has none in "${label}". ` +
      `Leave such rows out by the option "where", as ${quoteName(label)} IS NOT NULL.`,
  );
}

function concatenated(parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
