// What came over a wire, as the model at hand takes it: encoded pictures, frames in order, rows. The same preparation as that
// of files, so that a sample has one score however it came.

import {
  type Batch,
  type Dataset,
  type ReadImagesOptions,
  type Samples,
  type TableFormat,
  type WindowBatch,
  arrayDataset,
  clipsAround,
  featuresOf,
  openPictures,
  readImages,
  readTable,
  seriesRows,
  tableDataset,
  tableFileRows,
} from '@memae/datasets';
import { ndarray } from '@memae/graph';
import type { Manifest } from '@memae/onnx';
import { scoringError } from './error.ts';
import { picturesAs } from './samples-for.ts';
import { withFile } from './with-file.ts';

/** What a model's samples are made of; `numbers` where they are arrays of no kind that is known. */
export type Intake = 'pictures' | 'frames' | 'rows' | 'series' | 'numbers';

export function intakeOf({ preparation, input: { dims } }: Manifest): Intake {
  if (preparation?.kind === 'clips') return 'frames';
  if (preparation?.kind === 'series') return 'series';
  if (preparation !== undefined && preparation.kind !== 'pictures') return 'rows';
  return dims.length === 4 && (dims[1] === 1 || dims[1] === 3) ? 'pictures' : 'numbers';
}

/** An encoded picture: PNG, JPEG and the like. */
export interface NamedBytes {
  /** Its key among the scores. */
  readonly name: string;
  readonly bytes: Uint8Array;
}

export interface InMemoryOptions {
  readonly manifest: Manifest;
  readonly signal?: AbortSignal;
}

/**
 * Pictures, resized to what the model takes.
 * @throws `SCORING_WRONG_KIND`; `DATASET_CORRUPT` naming the first that cannot be read; `DATASET_EMPTY`
 */
export async function pictureSamples(
  pictures: readonly NamedBytes[],
  { manifest, signal }: InMemoryOptions,
): Promise<Dataset<'image'>> {
  requireIntake(manifest, 'pictures');
  return openPictures(
    pictures.map((file) => ({ file, key: file.name })),
    {
      ...sizeOf(manifest),
      ...picturesAs(manifest),
      name: 'pictures',
      strict: true,
      ...(signal && { signal }),
    },
  );
}

/** What the model takes, where pictures are not cut. */
function sizeOf({ preparation, input }: Manifest): Pick<ReadImagesOptions, 'size'> {
  if (preparation?.kind === 'pictures' && preparation.tiling !== undefined) return {};
  const [height = 0, width = 0] = input.dims.slice(-2).map(Number);
  return { size: [height, width] };
}

/**
 * The frames of one video in order, resized to what the model takes: a clip around each, with the frame's name as its key.
 * @throws as `pictureSamples`
 */
export async function frameSamples(
  frames: readonly NamedBytes[],
  { manifest, signal }: InMemoryOptions,
): Promise<Dataset<'video'>> {
  const { preparation, input } = manifest;
  requireIntake(manifest, 'frames');
  const { data, shape } = await decodePictures(frames, { manifest, signal });
  const clips = clipsAround(ndarray(Uint8Array.from(data), [shape[0] ?? 0, ...shape.slice(2)]), {
    name: 'frames',
    frames: Number(input.dims[2]),
    dilation: preparation?.kind === 'clips' ? preparation.dilation : 1,
  });
  return {
    ...clips,
    batches: async function* (options) {
      for await (const { samples, keys } of clips.batches(options)) {
        yield { samples, keys: keys.map((key) => frames[indexOf(key)]?.name ?? key) };
      }
    },
  };
}

/** Rows as text, or as objects by column. */
export type Rows =
  | readonly Readonly<Record<string, unknown>>[]
  | { readonly format: Exclude<TableFormat, 'parquet'>; readonly text: string | Uint8Array };

export interface RowOptions extends InMemoryOptions {
  /** Begins the keys, `rows/0`; `rows` by default. */
  readonly name?: string;
  readonly onWarning?: (message: string) => void;
}

/**
 * Raw rows, their columns found by name, encoded as in training.
 * @throws `SCORING_WRONG_KIND`; `DATASET_CORRUPT` naming missing columns, or the first row that cannot be read; `DATASET_EMPTY`
 */
export async function rowSamples(rows: Rows, options: RowOptions): Promise<Dataset<'tabular'>> {
  const { manifest, name = 'rows', signal, onWarning } = options;
  requireIntake(manifest, 'rows');
  return withTable(rows, name, async (path, format) => {
    const { preparation } = manifest;
    const given = { format, mostColumns: mostColumns(manifest), ...(signal && { signal }) };
    if (preparation?.kind === 'rows') {
      const { columns } = preparation;
      const table = await readTable(path, { ...given, columns });
      const encoder = { columns, features: featuresOf(columns) };
      return tableDataset({ name, table: { ...table, name }, encoder });
    }
    const schema = preparation?.kind === 'table' ? preparation.columns : [];
    const told = onWarning ? { onWarning } : {};
    const { samples, keys } = await whole(
      await tableFileRows(path, { ...given, ...told, schema, keyed: name }),
    );
    return arrayDataset({ name, modality: 'tabular', samples, keys });
  });
}

/**
 * Works with the windows over rows that follow each other in time, as long as `work` goes on: they overlap, and so they are read
 * as they are needed, and never held together.
 * @throws as `rowSamples`; `DATASET_EMPTY` where there are fewer rows than a window has; whatever `work` throws
 */
export async function withSeries<T>(
  rows: Rows,
  options: RowOptions,
  work: (windows: Dataset<'tabular', WindowBatch>) => Promise<T>,
): Promise<T> {
  const { manifest, name = 'rows', signal, onWarning } = options;
  const { preparation } = manifest;
  if (preparation?.kind !== 'series') throw wrongKind(manifest, 'series');
  return withTable(rows, name, async (path, format) =>
    work(
      await seriesRows(path, {
        ...{ format, series: preparation, schema: preparation.columns, keyed: name },
        mostColumns: mostColumns(manifest),
        ...(signal && { signal }),
        ...(onWarning && { onWarning }),
      }),
    ),
  );
}

/** So many columns may come beside those that a model takes. */
const columnsBeside = 4096;

function mostColumns({ preparation }: Manifest): number {
  return columnsBeside + (preparation && 'columns' in preparation ? preparation.columns.length : 0);
}

/** DuckDB reads files; types, missing values and dates come out of it as they did in training. */
function withTable<T>(
  rows: Rows,
  name: string,
  work: (path: string, format: TableFormat) => Promise<T>,
): Promise<T> {
  const { format, text } = 'text' in rows ? rows : { format: 'json' as const, text: lines(rows) };
  // No longer than a file's name may be.
  const file = `${name.replaceAll(/\W/g, '_').slice(0, 100)}.${format}`;
  return withFile(text, { file }, (path) => work(path, format));
}

function requireIntake(manifest: Manifest, given: Intake): void {
  if (intakeOf(manifest) !== given) throw wrongKind(manifest, given);
}

function wrongKind(manifest: Manifest, given: Intake) {
  return scoringError(
    'SCORING_WRONG_KIND',
    `The model takes ${intakeOf(manifest)}, but ${given} came.`,
  );
}

/**
 * Encoded pictures as bytes `[n, channels, height, width]`, of the size and colours that the model takes; where it takes tiles, of
 * their own size, which must be one.
 * @throws `DATASET_CORRUPT` naming the first that cannot be read, or that is of another size; `DATASET_EMPTY`
 */
export function decodePictures(
  pictures: readonly NamedBytes[],
  {
    manifest,
    signal,
  }: Pick<InMemoryOptions, 'manifest'> & { readonly signal?: AbortSignal | undefined },
): Promise<Samples> {
  const options: ReadImagesOptions = {
    ...sizeOf(manifest),
    ...picturesAs(manifest),
    ...(signal && { signal }),
  };
  return readImages(pictures, options);
}

function indexOf(key: string): number {
  return Number(key.slice(key.lastIndexOf('/') + 1));
}

function lines(rows: readonly Readonly<Record<string, unknown>>[]): string {
  return rows.map((row) => `${JSON.stringify(row)}\n`).join('');
}

async function whole(dataset: Dataset): Promise<Batch> {
  for await (const batch of dataset.batches({ size: dataset.length })) return batch;
  return { samples: ndarray([], [0, ...dataset.sampleShape]), keys: [] };
}
