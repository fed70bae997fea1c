// What a table is, in a line, for people.

import type { RawColumn, RawKind } from './relation.ts';

const words: Readonly<Record<RawKind, readonly [one: string, several: string]>> = {
  number: ['number', 'numbers'],
  truth: ['yes or no', 'yes or no'],
  category: ['category', 'categories'],
  date: ['date', 'dates'],
  time: ['time of day', 'times of day'],
  other: ['other', 'others'],
};

/** `rows.csv, 12,000 rows of 14 columns: 9 numbers, 4 categories, 1 date; label y: 200 anomalies` */
export function describeTable(
  columns: readonly Pick<RawColumn, 'kind'>[],
  {
    name,
    labels,
    label,
  }: {
    readonly name: string;
    readonly labels: Uint8Array;
    readonly label?: string | undefined;
  },
): string {
  const kinds = (Object.keys(words) as RawKind[]).flatMap((kind) => {
    const count = columns.filter((column) => column.kind === kind).length;
    return count === 0 ? [] : [counted(count, words[kind])];
  });
  const anomalies = labels.reduce((sum, each) => sum + each, 0);
  const labelled =
    label === undefined ? '' : `; label ${label}: ${counted(anomalies, ['anomaly', 'anomalies'])}`;
  return (
    `${name}, ${counted(labels.length, ['row', 'rows'])} of ` +
    `${counted(columns.length, ['column', 'columns'])}: ${kinds.join(', ')}${labelled}`
  );
}

function counted(count: number, [one, several]: readonly [one: string, several: string]): string {
  return `${count.toLocaleString('en-US')} ${count === 1 ? one : several}`;
}
