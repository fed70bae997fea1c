// Options of the data, as `--data-option name=value` or `dataOptions` in a file gives them. Which of them fit which data
// is for @memae/datasets to say.

import { resolve } from 'node:path';
import {
  type OpenSplitOptions,
  fits,
  imageLayouts,
  scalings,
  tableFormats,
  tableProtocols,
  tileScores,
} from '@memae/datasets';
import type { RawOptions } from '@memae/training';
import * as v from 'valibot';
import { Option } from '@commander-js/extra-typings';
import { cliError } from './error.ts';
import { requireAgreed } from './parse.ts';
import { asPictures } from './picture-options.ts';

/** A number, or digits. */
const whole = v.pipe(
  v.union([v.number(), v.pipe(v.string(), v.digits('a whole number'), v.transform(Number))]),
  v.safeInteger('a whole number'),
  v.minValue(1, 'a whole number of 1 or more'),
);
const yesNo = v.union(
  [
    v.boolean(),
    v.pipe(
      v.picklist(['true', 'false']),
      v.transform((word) => word === 'true'),
    ),
  ],
  'true or false',
);
const oneOf = <const Words extends readonly string[]>(words: Words) =>
  v.picklist(words, words.join(' or '));
const word = v.pipe(v.string(), v.nonEmpty('a word'));
/** A list, or words with commas between them. */
const words = v.pipe(
  v.union(
    [
      v.array(v.string()),
      v.pipe(
        v.string(),
        v.transform((text) => text.split(',').map((each) => each.trim())),
      ),
    ],
    'names with commas between them',
  ),
  v.check((names) => names.every((each) => each !== ''), 'names with commas between them'),
);
const share = v.pipe(
  v.union([
    v.number(),
    v.pipe(
      v.string(),
      v.check((text) => text.trim() !== '', 'a share between 0 and 1'),
      v.transform(Number),
    ),
  ]),
  v.number('a share between 0 and 1'),
  v.gtValue(0, 'a share between 0 and 1'),
  v.ltValue(1, 'a share between 0 and 1'),
);

const entries = {
  kind: v.exactOptional(oneOf(['image', 'video', 'tabular'])),
  protocol: v.exactOptional(oneOf(tableProtocols)),
  scaling: v.exactOptional(oneOf(scalings)),
  dropConstant: v.exactOptional(yesNo),
  edition: v.exactOptional(oneOf(['binary', 'jpeg'])),
  colour: v.exactOptional(oneOf(['grey', 'rgb', 'auto'])),
  layout: v.exactOptional(oneOf(imageLayouts)),
  fit: v.exactOptional(oneOf(fits)),
  tile: v.exactOptional(whole),
  overlap: v.exactOptional(whole),
  tileScore: v.exactOptional(oneOf(tileScores)),
  strict: v.exactOptional(yesNo),
  frames: v.exactOptional(whole),
  dilation: v.exactOptional(whole),
  stride: v.exactOptional(whole),
  testStride: v.exactOptional(whole),
  ends: v.exactOptional(oneOf(['trim', 'repeat'])),
  labels: v.exactOptional(word),
  label: v.exactOptional(word),
  columns: v.exactOptional(words),
  drop: v.exactOptional(words),
  categories: v.exactOptional(words),
  where: v.exactOptional(word),
  testShare: v.exactOptional(share),
  format: v.exactOptional(oneOf(tableFormats)),
  memory: v.exactOptional(whole),
  window: v.exactOptional(whole),
  time: v.exactOptional(word),
  group: v.exactOptional(word),
};

/** What each is, for help and README. */
export const aboutDataOptions: Readonly<Record<keyof typeof entries, string>> = {
  kind: 'files and folders of yours: image, video or tabular, where they are another than they look like',
  protocol: 'known tables: A, the default, as in the paper, or B',
  scaling:
    'tables: standard, the default of your own, min-max, that of kddcup99 and flows, or none',
  dropConstant: 'kddcup99: 120 features, true by default, or 121',
  edition: 'cifar10: binary or jpeg, by default the best that is there',
  colour: 'folders of pictures: auto, the default (rgb where a picture has colour), grey or rgb',
  layout:
    'folders of pictures: flat (all are normal), classes (by sub-folder) or mvtec (train/good, test/<kind>), by default as they lie',
  fit: 'folders of pictures: how they come to --size, by resize (the default), crop or pad',
  tile: 'folders of pictures: cut them into tiles of so many pixels a side',
  overlap: 'tiles: pixels that neighbours share at least, by default 0',
  tileScore: 'tiles: the score of a picture is the max of its tiles, the default, or their mean',
  strict: 'folders of pictures: refuse files that cannot be read, false by default (also --strict)',
  frames: 'videos: frames of a clip, by default 16',
  dilation: 'videos: from one frame of a clip to the next, by default 1',
  stride:
    'videos: from one training clip to the next; series: from one window to the next; by default 1',
  testStride: 'videos: from one test clip to the next, by default 1 frame',
  ends: 'videos: first and last frames of test videos have no clip, trim, or one filled up, repeat',
  labels:
    "videos: Avenue's edition, official or npy, or a file of labels, as CSV with clip, start, end",
  label:
    'files of tables: the column that says which rows are normal, 0 or --normal; by default all are',
  columns: 'files of tables: the columns to learn from, as a,b; by default all',
  drop: 'files of tables: columns to leave out, as a,b',
  categories: 'files of tables: columns of numbers that stand for categories, as a,b',
  where: "files of tables: which rows, as DuckDB's SQL has it: amount > 0 AND city = 'Rome'",
  testShare:
    'files of tables: share of the normal rows that is tested where there is a label, by default 0.5',
  format: 'files of tables: csv, tsv, json or parquet, by default as the name ends',
  memory:
    'files of tables: MiB that rows may take, by default 1024; more are read from the file in each pass',
  window:
    'files of tables whose rows follow each other in time, series: rows of a window, 2 or more',
  time: 'series: the column that rows are in the order of; by default they are as the file has them',
  group: 'series: the column that tells several series of one table apart',
};

/** As `run.json` holds them. */
export const dataOptionsSchema = v.strictObject(entries);
export type DataOptions = v.InferOutput<typeof dataOptionsSchema>;

/**
 * Checks what was given by flags, where all are words.
 * @throws `CLI_USAGE` naming the option and what it takes
 */
export function parseDataOptions(given: Readonly<Record<string, unknown>>): DataOptions {
  const result = v.safeParse(dataOptionsSchema, given, { abortEarly: true });
  if (result.success) return result.output;
  const [issue] = result.issues;
  const name = v.getDotPath(issue) ?? '';
  throw cliError(
    'CLI_USAGE',
    Object.hasOwn(entries, name)
      ? `--data-option ${name} takes ${issue.message}, but "${String(given[name])}" came.`
      : `There is no data option ${name}. Known: ${Object.keys(entries).join(', ')}.`,
  );
}

/** Options of files of tables that have flags of their own. */
export interface ShortDataOptions {
  readonly dataOption?: RawOptions | undefined;
  readonly label?: string | undefined;
  readonly columns?: string | undefined;
  readonly where?: string | undefined;
  readonly strict?: true | undefined;
  readonly window?: string | undefined;
  readonly stride?: string | undefined;
  readonly time?: string | undefined;
  readonly group?: string | undefined;
}

export const labelOption = () =>
  new Option(
    '--label <column>',
    'of a file of a table, the column that says which rows are normal (short for --data-option label=…)',
  );
export const columnsOption = () =>
  new Option('--columns <a,b>', 'of a file of a table, the columns to learn from (likewise)');
export const whereOption = () =>
  new Option('--where <sql>', 'of a file of a table, which rows (likewise)');
export const strictOption = () =>
  new Option('--strict', 'of a folder of pictures, refuse one that cannot be read (likewise)');
export const windowOption = () =>
  new Option('--window <rows>', 'of a file of series, the rows of a window (likewise)');
export const strideOption = () =>
  new Option('--stride <rows>', 'from one window to the next, or one clip (likewise; default: 1)');
export const timeOption = () =>
  new Option('--time <column>', 'of series, the column to be in the order of (likewise)');
export const groupOption = () =>
  new Option('--group <column>', 'of series, the column that tells several apart (likewise)');

/**
 * The flags that were given, as options of the data.
 * @throws `CLI_USAGE` where `--data-option` says something else
 */
export function shortDataOptions(flags: ShortDataOptions): Readonly<Record<string, string>> {
  const { label, columns, where, strict, window, stride, time, group } = flags;
  const short = { label, columns, where, window, stride, time, group, strict: strict && 'true' };
  const given = Object.fromEntries(
    Object.entries(short).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
  return requireAgreed(given, { flag: '--data-option', long: flags.dataOption });
}

/** A file of labels from the root; the editions' own names stay. */
export function locateLabels(options: DataOptions, cwd: string): DataOptions {
  const { labels } = options;
  return labels === undefined || !/[./\\]/.test(labels)
    ? options
    : { ...options, labels: resolve(cwd, labels) };
}

/** The same as @memae/datasets takes them. */
export function asSplitOptions({
  kind,
  protocol,
  scaling,
  dropConstant,
  edition,
  colour,
  layout,
  fit,
  tile,
  overlap,
  tileScore,
  strict,
  label,
  columns,
  drop,
  categories,
  where,
  testShare,
  format,
  memory,
  window,
  stride,
  time,
  group,
  ...others
}: DataOptions): Omit<OpenSplitOptions, 'random'> {
  const pictures = {
    ...(layout !== undefined && { layout }),
    ...(fit !== undefined && { fit }),
    ...(strict !== undefined && { strict }),
    ...(tile !== undefined && { tile }),
    ...(overlap !== undefined && { overlap }),
    ...(tileScore !== undefined && { tileScore }),
  };
  const video = {
    ...others,
    ...(window === undefined && stride !== undefined && { stride }),
  };
  const series = {
    ...(window !== undefined && stride !== undefined && { stride }),
    ...(time !== undefined && { time }),
    ...(group !== undefined && { group }),
  };
  if (window === undefined && Object.keys(series).length > 0) {
    throw cliError(
      'CLI_USAGE',
      `The data option ${Object.keys(series).join(', ')} is for series, which are cut into windows: say how many rows ` +
        'a window has by --window.',
    );
  }
  const table = {
    ...(window !== undefined && { series: { window, ...series } }),
    ...(label !== undefined && { label }),
    ...(columns !== undefined && { columns }),
    ...(drop !== undefined && { drop }),
    ...(categories !== undefined && { categories }),
    ...(where !== undefined && { where }),
    ...(testShare !== undefined && { testShare }),
    ...(format !== undefined && { format }),
    ...(memory !== undefined && { memory: memory * 2 ** 20 }),
  };
  return {
    ...(kind !== undefined && { kind }),
    ...(protocol !== undefined && { protocol }),
    ...(scaling !== undefined && { scaling }),
    ...(dropConstant !== undefined && { dropConstant }),
    ...(edition !== undefined && { edition }),
    ...(colour !== undefined && { colour }),
    ...asPictures(pictures),
    ...(Object.keys(table).length > 0 && { table }),
    ...(Object.keys(video).length > 0 && { video }),
  };
}
