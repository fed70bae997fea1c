// The user's own table as a split. Without a label all rows are normal: a tenth is held out for the threshold, and there is
// no test. With one, a part of the normal rows is learned from, and the others and all anomalies are the test set, as in
// protocol B of the published tables.

import type { Random, RowSchema } from '@memae/graph';
import { datasetError } from '../error.ts';
import { cutInTime, protocolInTime, withoutTimes } from '../series/cut-in-time.ts';
import { type SeriesOptions, requireSeries } from '../series/series-options.ts';
import { type Timeline, readTimeline } from '../series/timeline.ts';
import { windows } from '../series/windows.ts';
import type { Split } from '../split.ts';
import { labelledTableDataset, tableDataset } from '../tables/table-dataset.ts';
import type { Scaling } from '../tables/table-encoder.ts';
import { chosenColumns, warnAbout } from './choose-columns.ts';
import { describeTable } from './describe-table.ts';
import { fitRows } from './fit-rows.ts';
import { readLabels } from './labels.ts';
import { cut, isTest, isTrain, isValidation, part, validationShare } from './parts.ts';
import { expressionsFor, rowStore, storedTable } from './row-store.ts';
import { changed, labelledStreamedRows, streamedRows } from './streamed-rows.ts';
import { ignored, refuseUnread } from './table-file-rows.ts';
import {
  type OpenTableOptions,
  type TableFile,
  countRows,
  noRows,
  openTableFile,
  scan,
} from './table-file.ts';
import type { RawColumn } from './relation.ts';

/** What can be said of a table of one's own. */
export interface TableFileOptions extends OpenTableOptions {
  /** The columns to learn from; all by default, but for the label. */
  readonly columns?: readonly string[];
  /** Columns to leave out. */
  readonly drop?: readonly string[];
  /** Columns of numbers that stand for categories. */
  readonly categories?: readonly string[];
  /** The column that says which rows are normal; without it, all are. */
  readonly label?: string;
  /** Share of the normal rows that are kept for the test, in (0, 1), where there is a label; by default 0.5. */
  readonly testShare?: number;
  /** In place of fitting: its columns are taken, whatever was said of columns. */
  readonly schema?: RowSchema;
  /** Prepared rows are kept in memory up to so many bytes, and read from the files in each pass above; by default 1 GiB. */
  readonly memory?: number;
  /** Rows follow each other in time: windows of them are learned from. */
  readonly series?: SeriesOptions;
  /** Told what is worth knowing of the data: columns left out, a label that is learned from. */
  readonly onWarning?: (message: string) => void;
}

export interface TableFileSplitOptions extends TableFileOptions {
  /** Draws the split. */
  readonly random: Random;
  /** The value of the label in normal rows; by default 0 or false. */
  readonly normal?: string;
  /** By default `standard`. */
  readonly scaling?: Scaling;
  /** At most so many rows in all, drawn at random; of series the first. */
  readonly limit?: number;
}

export interface TableFileSplit extends Split<'tabular'> {
  /** What becomes of a row: plain data, for manifests. */
  readonly schema: RowSchema;
  /** How windows are cut, where rows follow each other in time. */
  readonly series?: SeriesOptions;
  /** What the table is, in a line: `rows.csv, 12,000 rows of 14 columns: 9 numbers, 4 categories, 1 date`. */
  readonly description: string;
}

/**
 * Opens files as a split.
 * @throws as `openTableFile`, `readLabels` and `fitRows`; `DATASET_EMPTY` when training, validation or test would have no
 *   rows; `DATASET_BAD_OPTION` for a column that is not there, or a share or a limit out of range.
 */
export async function tableFileSplit(
  path: string,
  options: TableFileSplitOptions,
): Promise<TableFileSplit> {
  const { random, label, normal, limit, testShare = 0.5, series } = options;
  refuseOptions({ limit, testShare, label, normal });
  if (series !== undefined) requireSeries(series);
  const texts = [
    ...(options.categories ?? []),
    ...(series?.group === undefined ? [] : [series.group]),
  ];
  const opened = await openTableFile(path, { ...options, texts });
  const timeline = series && (await readTimeline(opened, series));
  const table = timeline?.table ?? opened;
  const { name } = table;
  const labels =
    label === undefined
      ? new Uint8Array(timeline?.begins.length ?? (await countRows(table)))
      : await readLabels(table, { label, ...(normal !== undefined && { normal }) });
  if (labels.length === 0) throw noRows(table);

  const drawn = random.fork('rows').permutation(labels.length).subarray(0, limit);
  const cutting = { name, labels, testShare: label === undefined ? 0 : testShare };
  const parts =
    series && timeline
      ? cutInTime(timeline.begins.subarray(0, limit), { ...cutting, series })
      : cut(drawn, cutting);
  for (const oddity of timeline?.oddities ?? []) options.onWarning?.(oddity);
  const { columns, schema } =
    options.schema === undefined
      ? await fitted(table, {
          ...(series ? withoutTimes(options, series) : options),
          parts,
        })
      : await known(table, { ...options, schema: options.schema });
  const { memory = 2 ** 30 } = options;
  const split = { table, schema, parts, labels };
  const described = {
    name,
    protocol: (series ? protocolInTime : protocolOf)(label, testShare),
    schema,
    description: describeTable(columns, { name, labels, label }),
  };
  if (series && timeline) {
    return { ...described, series, ...inWindows({ ...split, timeline }, { ...series, memory }) };
  }
  const bytes = rowStore(schema, 0).rowBytes * drawn.length;
  return { ...described, ...(bytes <= memory ? await inMemory(split) : streamed(split)) };
}

interface Columns {
  readonly columns: readonly RawColumn[];
  readonly schema: RowSchema;
}

/** Columns as they are chosen, and what the training rows make of them. */
async function fitted(
  table: TableFile,
  { parts, ...options }: TableFileSplitOptions & { readonly parts: Uint8Array },
): Promise<Columns> {
  const { random, label, scaling = 'standard', onWarning } = options;
  const { columns, unfit } = chosenColumns(table, options);
  const rows = await fitRows(table, columns, {
    useOf: (row) =>
      parts[row] === part.sample ? 'sample' : parts[row] === part.train ? 'fit' : 'none',
    scaling,
    wanted: new Set(options.columns),
    categories: new Set(options.categories),
    seed: random.fork('hash').integer(2 ** 31),
  });
  for (const warning of warnAbout({ name: table.name, columns, unfit, fitted: rows, label })) {
    onWarning?.(warning);
  }
  return { columns, schema: rows.schema };
}

/** @throws `DATASET_CORRUPT` naming columns that are missing, or a row whose text is none of what was fitted. */
async function known(
  table: TableFile,
  {
    schema,
    label,
    series: { time, group } = { window: 0 },
    onWarning,
  }: TableFileOptions & { readonly schema: RowSchema },
): Promise<Columns> {
  expressionsFor(schema, table);
  await refuseUnread(schema, table);
  const beside = [label, time, group].filter((name) => name !== undefined);
  for (const warning of ignored(table, { schema, beside })) onWarning?.(warning);
  const names = new Set(schema.map(({ name }) => name));
  return { columns: table.columns.filter(({ name }) => names.has(name)), schema };
}

interface Opened {
  readonly table: TableFile;
  readonly schema: RowSchema;
  readonly parts: Uint8Array;
  readonly labels: Uint8Array;
}

type Parts = Pick<Split<'tabular'>, 'train' | 'validation' | 'test'>;

/** Rows that are read once and kept. */
async function inMemory({ table, schema, parts, labels }: Opened): Promise<Parts> {
  const kept = parts.reduce((sum, each) => sum + (each === part.none ? 0 : 1), 0);
  const store = rowStore(schema, kept);
  const [rows, numbers] = [new Uint32Array(kept), new Float64Array(kept)];
  const expressions = expressionsFor(schema, table);
  const numbered = table.where !== undefined;
  let [first, at] = [0, 0];
  for await (const chunk of scan(table, { expressions, numbered })) {
    const chunkNumbers = numbered ? chunk.numbers(expressions.length) : undefined;
    const picked: number[] = [];
    for (let i = 0; i < chunk.length; i += 1) {
      if ((parts[first + i] ?? part.none) === part.none) continue;
      rows[at + picked.length] = first + i;
      numbers[at + picked.length] = chunkNumbers?.[i] ?? first + i;
      picked.push(i);
    }
    store.put(chunk, picked, at);
    at += picked.length;
    first += chunk.length;
  }
  const { name } = table;
  if (first !== labels.length) throw changed({ name, length: labels.length });
  const source = {
    table: storedTable(store, { name, length: kept }),
    encoder: store.encoder,
    numbers,
  };
  const places = (is: (each: number | undefined) => boolean): Uint32Array =>
    Uint32Array.from({ length: kept }, (_, i) => i).filter((i) => is(parts[rows[i] ?? 0]));
  return {
    train: tableDataset({ ...source, name: `${name} train`, rows: places(isTrain) }),
    validation: tableDataset({ ...source, name: `${name} validation`, rows: places(isValidation) }),
    test: labelledTableDataset({
      ...source,
      name: `${name} test`,
      rows: places(isTest),
      labels: Uint8Array.from(rows, (row) => labels[row] ?? 0),
    }),
  };
}

/** Windows over rows in the order of time. */
function inWindows(
  { table, schema, parts, labels, timeline }: Opened & { readonly timeline: Timeline },
  options: SeriesOptions & { readonly memory: number },
): Parts {
  const of = (suffix: string, is: (each: number | undefined) => boolean) => {
    const found = windows({
      ...{ ...options, schema, timeline, name: `${table.name} ${suffix}` },
      takes: (row) => is(parts[row]),
      labelOf: (row) => labels[row] ?? 0,
    });
    if (found.length > 0 || is === isTest) return found;
    throw datasetError(
      'DATASET_EMPTY',
      `${table.name}: no ${options.window} rows follow each other that could be a window ${suffix === 'train' ? 'to learn from' : 'to hold out'}: ` +
        `there are ${labels.length} rows in ${timeline.begins.reduce((sum, each) => sum + each, 0)} series, of which a part is held out. ` +
        'Give more rows, or a smaller window.',
    );
  };
  return {
    train: of('train', isTrain),
    validation: of('validation', isValidation),
    test: of('test', isTest),
  };
}

/** Rows that are read in each pass. */
function streamed({ table, schema, parts, labels }: Opened): Parts {
  const source = (suffix: string, is: (each: number | undefined) => boolean) => ({
    name: `${table.name} ${suffix}`,
    table,
    schema,
    length: parts.reduce((sum, each) => sum + (is(each) ? 1 : 0), 0),
    takes: (row: number) => is(parts[row]),
  });
  return {
    train: streamedRows(source('train', isTrain)),
    validation: streamedRows(source('validation', isValidation)),
    test: labelledStreamedRows({ ...source('test', isTest), labelOf: (row) => labels[row] ?? 0 }),
  };
}

function protocolOf(label: string | undefined, testShare: number): string {
  const share = (value: number): string => `${Math.round(100 * value)} %`;
  const heldOut = `${share(validationShare)} of the rows to learn from held out`;
  return label === undefined
    ? `all rows are normal, without a test set; ${heldOut}`
    : `a random ${share(1 - testShare)} of the rows that ${label} calls normal to learn from; the others and all ` +
        `anomalies are the test set; ${heldOut}`;
}

function refuseOptions({
  limit = 1,
  testShare,
  label,
  normal,
}: {
  readonly limit: number | undefined;
  readonly testShare: number;
  readonly label: string | undefined;
  readonly normal: string | undefined;
}): void {
  const wrong = !(Number.isInteger(limit) && limit > 0)
    ? `limit is a whole number of rows, at least 1, but ${limit} came`
    : !(testShare > 0 && testShare < 1)
      ? `testShare is a share between 0 and 1, but ${testShare} came; 0.5 means a half`
      : normal !== undefined && label === undefined
        ? `normal is a value of the label, but no label was named: say which column it is by the option "label"`
        : undefined;
  if (wrong !== undefined) throw datasetError('DATASET_BAD_OPTION', `${wrong}.`);
}
