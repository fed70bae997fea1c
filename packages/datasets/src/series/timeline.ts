// The order of a table's rows in time: where each series begins, whether the rows have to be sorted, and what is odd about
// their times. One pass over two columns.

import { datasetError } from '../error.ts';
import { quoteName } from '../table-files/duckdb.ts';
import { type TableFile, asText, firstWhere, noRows, scan } from '../table-files/table-file.ts';
import { type SeriesOptions, columnOf, timeExpression } from './series-options.ts';

export interface Timeline {
  /** Sorted where its rows are not in order. */
  readonly table: TableFile;
  /** Of each row, in order, 1 where a series begins. */
  readonly begins: Uint8Array;
  /** Worth knowing of the times, a sentence each. */
  readonly oddities: readonly string[];
}

/**
 * Looks at the times of all rows.
 * @throws `DATASET_CORRUPT` naming the first row without a time, or a group; `DATASET_EMPTY` for no rows; as `timeExpression`
 */
export async function readTimeline(table: TableFile, options: SeriesOptions): Promise<Timeline> {
  const { time, group } = options;
  if (group !== undefined) {
    columnOf(table, { option: 'group', name: group });
    const condition = `${asText({ name: group })} IS NULL`;
    await requireIn(table, { column: group, what: 'group', condition });
  }
  const expressions = {
    time: time === undefined ? `0::DOUBLE` : timeExpression(table, time),
    dated: time !== undefined && columnOf(table, { option: 'time', name: time }).kind === 'date',
    group: group === undefined ? `''` : asText({ name: group }),
  };
  if (time !== undefined) {
    const condition = `isnan(${expressions.time})`;
    await requireIn(table, { column: time, what: 'time', condition });
  }
  const found = await pass(table, expressions);
  if (found !== undefined) return { table, ...found };
  const order = [
    ...(group === undefined ? [] : [expressions.group]),
    ...(time === undefined ? [] : [expressions.time]),
  ];
  const sorted = { ...table, order };
  const again = await pass(sorted, expressions);
  if (again === undefined) throw changed(table);
  const by = [group, time].filter((each) => each !== undefined).join(', then ');
  const told = `${table.name}: the rows are not in the order of their series: they are sorted by ${by}.`;
  return { table: sorted, ...again, oddities: [told, ...again.oddities] };
}

/** Nothing where the rows are not in order. */
async function pass(
  table: TableFile,
  {
    time,
    group,
    dated,
  }: { readonly time: string; readonly group: string; readonly dated: boolean },
): Promise<Omit<Timeline, 'table'> | undefined> {
  const parts: Uint8Array[] = [];
  const seen = new Set<string>();
  const steps = stepCounts();
  let before: { readonly time: number; readonly group: string } | undefined;
  for await (const chunk of scan(table, { expressions: [time, group] })) {
    const [times, groups] = [chunk.numbers(0), chunk.texts(1)];
    const begins = new Uint8Array(chunk.length);
    for (let i = 0; i < chunk.length; i += 1) {
      const now = { time: times[i] ?? NaN, group: groups[i] ?? '' };
      if (before?.group === now.group) {
        if (now.time < before.time) return undefined;
        steps.take(before.time, now.time);
      } else {
        if (seen.has(now.group)) return undefined;
        seen.add(now.group);
        begins[i] = 1;
      }
      before = now;
    }
    parts.push(begins);
  }
  if (parts.length === 0) throw noRows(table);
  return { begins: Buffer.concat(parts), oddities: steps.oddities(table.name, { dated }) };
}

/** Different steps that are counted; what comes later counts as another. */
const mostSteps = 10_000;

/** How far rows lie apart. */
function stepCounts() {
  const counts = new Map<number, number>();
  const all = { count: 0, repeated: 0, longest: 0, after: 0 };
  return {
    take: (before: number, now: number): void => {
      const step = Math.round((now - before) * 1e6) / 1e6;
      all.count += 1;
      if (step === 0) all.repeated += 1;
      if (step > all.longest) Object.assign(all, { longest: step, after: before });
      const count = counts.get(step);
      if (count !== undefined || counts.size < mostSteps) counts.set(step, (count ?? 0) + 1);
    },
    oddities: (name: string, { dated }: { readonly dated: boolean }): string[] => {
      // Without a time all steps are 0.
      if (all.longest === 0) return [];
      const [usual, times] = [...counts].reduce((a, b) => (b[1] > a[1] ? b : a));
      const others = all.count - times;
      const step = (seconds: number): string => `${seconds}${dated ? ' s' : ''}`;
      const after = dated ? new Date(all.after * 1000).toISOString() : String(all.after);
      return [
        ...(others === 0
          ? []
          : [
              `${name}: of ${all.count} steps of time ${times} are ${step(usual)}, but ${others} are others, the longest ` +
                `${step(all.longest)}, after ${after}. A window takes its rows as they follow, whatever lies between.`,
            ]),
        ...(all.repeated === 0
          ? []
          : [
              `${name}: ${all.repeated} rows have the same time as the row before them. Should they belong to several series, ` +
                'name the column that tells these apart by the option "group".',
            ]),
      ];
    },
  };
}

/** Refuses the first row for which it is true that it lacks a value. */
async function requireIn(
  table: TableFile,
  { column, what, condition }: Readonly<Record<'column' | 'what' | 'condition', string>>,
): Promise<void> {
  const name = quoteName(column);
  const odd = await firstWhere(table, { condition, show: `CAST(${name} AS VARCHAR)` });
  if (odd === undefined) return;
  throw datasetError(
    'DATASET_CORRUPT',
    `${table.name}: every row needs a ${what}, but row ${odd.row} (from 0) has none in "${column}". Leave such rows out by ` +
      `the option "where", as ${name} IS NOT NULL.`,
  );
}

function changed({ name }: TableFile) {
  return datasetError(
    'DATASET_CORRUPT',
    `${name} changed while it was read. Leave files alone while they are read.`,
  );
}
