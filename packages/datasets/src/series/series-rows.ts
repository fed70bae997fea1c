// Files of series to be scored, as the schema of a trained model prepares them: every row of a series of a window's length
// or more is covered.

import type { Dataset } from '../dataset.ts';
import { datasetError } from '../error.ts';
import { type LabelOptions, readLabels } from '../table-files/labels.ts';
import { type TableRowsOptions, openRows } from '../table-files/table-file-rows.ts';
import type { SeriesOptions } from './series-options.ts';
import { readTimeline } from './timeline.ts';
import { type WindowBatch, windows } from './windows.ts';

/**
 * Windows over all rows, streamed.
 * @throws as `tableFileRows` and `readTimeline`; `DATASET_EMPTY` where no series has a window's rows
 */
export async function seriesRows(
  path: string,
  options: TableRowsOptions & { readonly series: SeriesOptions } & Partial<LabelOptions>,
): Promise<Dataset<'tabular', WindowBatch>> {
  const { series, schema, keyed, onWarning, label, normal } = options;
  const { window, time, group } = series;
  const beside = [time, group, label].filter((name) => name !== undefined);
  const { table } = await openRows(path, {
    ...options,
    beside: [...(options.beside ?? []), ...beside],
    texts: group === undefined ? [] : [group],
  });
  const timeline = await readTimeline(table, series);
  for (const oddity of timeline.oddities) onWarning?.(oddity);
  const labels =
    label === undefined
      ? undefined
      : await readLabels(timeline.table, { label, ...(normal !== undefined && { normal }) });
  const found = windows({
    ...series,
    ...{ name: table.name, timeline, schema },
    ...(keyed !== undefined && { keyed }),
    ...(labels && { labelOf: (row: number) => labels[row] ?? 0 }),
  });
  const { series: all, short, rows } = shortSeries(timeline.begins, window);
  if (found.length === 0) {
    throw datasetError(
      'DATASET_EMPTY',
      `${table.name}: the model takes windows of ${window} rows, but ` +
        (all === 1 ? `there are ${rows}.` : `none of the ${all} series has so many.`) +
        ' Give more rows.',
    );
  }
  if (short > 0) {
    onWarning?.(
      `${table.name}: ${short} of ${all} series have fewer than the ${window} rows of a window; their ${rows} rows get no score.`,
    );
  }
  return found;
}

/** How many series are shorter than a window, and their rows together. */
function shortSeries(begins: Uint8Array, window: number) {
  const starts = Array.from(begins.keys()).filter((row) => begins[row] === 1);
  const lengths = starts.map((start, i) => (starts[i + 1] ?? begins.length) - start);
  const short = lengths.filter((length) => length < window);
  return {
    series: starts.length,
    short: short.length,
    rows: short.reduce((sum, length) => sum + length, 0),
  };
}
