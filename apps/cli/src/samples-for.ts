// Files to be scored, as the model at hand takes them.

import { resolve } from 'node:path';
import {
  type Dataset,
  type Table,
  type TableEncoder,
  arrayDataset,
  featuresOf,
  flows,
  kddcup99,
  openClips,
  readKdd,
  readSamples,
  tableDataset,
  tableFileRows,
} from '@memae/datasets';
import type { ColumnPreparation, Manifest } from '@memae/onnx';
import type { CliContext } from './context.ts';
import type { DataOptions } from './data-options.ts';
import { dataFolders } from './data-source.ts';
import type { Progress } from './progress.ts';

export interface SamplesOptions {
  readonly manifest: Manifest;
  /** Height and width that pictures and frames are resized to. */
  readonly size: readonly [number, number] | undefined;
  /** Of files of tables: their format, and which rows. */
  readonly table: Pick<DataOptions, 'format' | 'where'>;
  readonly context: CliContext;
  readonly progress: Progress;
}

/**
 * Opens files and folders as one data set or several. Each is opened when the one before has been scored and let go.
 * @throws `DATASET_NOT_FOUND`, `DATASET_CORRUPT`, `DATASET_EMPTY` naming the file
 */
export async function* samplesFor(
  files: readonly string[],
  options: SamplesOptions,
): AsyncGenerator<Dataset> {
  const { preparation } = options.manifest;
  const paths = files.map((file) => resolve(options.context.cwd, file));
  switch (preparation?.kind) {
    case 'clips':
      yield* clips(paths, options, preparation);
      break;
    case 'rows':
      yield* rows(files, options, preparation.columns);
      break;
    case 'table':
      for (const file of files) {
        yield await tableFileRows(resolve(options.context.cwd, file), {
          ...options.table,
          schema: preparation.columns,
          keyed: file,
          signal: options.context.signal,
          onWarning: options.progress.onWarning,
        });
      }
      break;
    default:
      yield pictures(paths, options, files.join(', '));
  }
}

/** In colour where the model takes it. */
async function pictures(
  paths: readonly string[],
  { manifest, size, context: { signal } }: SamplesOptions,
  name: string,
): Promise<Dataset> {
  const colour = manifest.input.dims[1] === 3 ? 'rgb' : 'grey';
  const { samples, keys } = await readSamples(paths, { ...(size && { size }), colour, signal });
  return arrayDataset({ name, modality: 'image', samples, keys });
}

/** Every frame has a clip around it, its missing frames filled by the video's first or last. */
async function* clips(
  folders: readonly string[],
  { manifest: { input }, size, context: { signal }, progress }: SamplesOptions,
  { dilation }: { readonly dilation: number },
): AsyncGenerator<Dataset> {
  let decoded = 0;
  for (const folder of folders) {
    const videos = await openClips(folder, {
      frames: Number(input.dims[2]),
      dilation,
      ...(size && { size }),
      signal,
      onRead: (count) => {
        decoded += count;
        progress.status(`decoded ${decoded} frames`);
      },
    });
    // A video keeps its frames once they are decoded, so none stays in the list when its turn has come.
    for (let video = videos.shift(); video !== undefined; video = videos.shift()) yield video;
  }
}

async function* rows(
  sources: readonly string[],
  { context, progress }: SamplesOptions,
  columns: readonly ColumnPreparation[],
): AsyncGenerator<Dataset> {
  const encoder: TableEncoder = { columns, features: featuresOf(columns) };
  const { signal, cwd } = context;
  const open = async (source: string): Promise<Table> => {
    if (source === 'flows') return flows().table;
    const pool =
      source === 'kddcup99'
        ? await kddcup99({
            ...dataFolders(context),
            signal,
            onProgress: progress.onDownload,
          })
        : await readKdd(resolve(cwd, source), { signal });
    return pool.table;
  };
  for (const source of sources) {
    const table = await open(source);
    // Rows of several files of one layout are told apart by their files.
    const named = { ...table, name: source };
    yield tableDataset({ name: source, table: named, encoder });
  }
}
