// Files to be scored, as the model at hand takes them.

import { resolve } from 'node:path';
import {
  type Dataset,
  type ImageStoreOptions,
  type PublishedOptions,
  type Table,
  type TableEncoder,
  type TableRowsOptions,
  type Tiling,
  featuresOf,
  flows,
  isAddress,
  kddcup99,
  openClips,
  openSamples,
  readKdd,
  seriesRows,
  tableDataset,
  tableFileRows,
} from '@memae/datasets';
import type { ColumnEncoding } from '@memae/graph';
import type { Manifest } from '@memae/onnx';

export interface SamplesOptions {
  readonly manifest: Manifest;
  /** Height and width that pictures and frames are resized to; frames by default to what the model takes. */
  readonly size?: readonly [height: number, width: number] | undefined;
  /** Refuses pictures that cannot be read, and does not leave them out. */
  readonly strict?: boolean | undefined;
  /** The program that reads video files; by default the `ffmpeg` of the PATH. */
  readonly ffmpeg?: string;
  /** Of files of tables: their format, and which rows. */
  readonly table?: Pick<TableRowsOptions, 'format' | 'where'>;
  /** Where relative paths start. */
  readonly cwd: string;
  /** Where data sets that are known by name may be, and how they come. */
  readonly known?: Pick<PublishedOptions, 'root' | 'cache' | 'onProgress'>;
  readonly signal?: AbortSignal;
  readonly onWarning?: (message: string) => void;
  /** Told how many more frames were decoded. */
  readonly onFrames?: (count: number) => void;
}

/**
 * Opens files and folders as one data set or several. Each is opened when the one before has been scored and let go.
 * @throws `DATASET_NOT_FOUND`, `DATASET_CORRUPT`, `DATASET_EMPTY` naming the file
 */
export async function* samplesFor(
  files: readonly string[],
  options: SamplesOptions,
): AsyncGenerator<Dataset> {
  const { manifest, cwd, table, known, signal, onWarning } = options;
  const { preparation } = manifest;
  const located = (file: string): string => (isAddress(file) ? file : resolve(cwd, file));
  const paths = files.map(located);
  switch (preparation?.kind) {
    case 'clips':
      yield* clips(paths, options, preparation);
      break;
    case 'rows':
      yield* rows(files, options, preparation.columns);
      break;
    case 'table':
    case 'series':
      for (const file of files) {
        const opening = {
          ...known,
          ...table,
          schema: preparation.columns,
          keyed: file.replace(/(?<=.)[\\/]+$/, ''),
          ...(signal && { signal }),
          ...(onWarning && { onWarning }),
        };
        const path = located(file);
        yield preparation.kind === 'table'
          ? await tableFileRows(path, opening)
          : await seriesRows(path, { ...opening, series: preparation });
      }
      break;
    default:
      yield await pictures(paths, options);
  }
}

function pictures(
  paths: readonly string[],
  { manifest, size, strict, signal, onWarning }: SamplesOptions,
): Promise<Dataset> {
  return openSamples(paths, {
    ...picturesAs(manifest),
    // Each is wanted once more after it was looked at.
    memory: 2 ** 28,
    ...(size && { size }),
    ...(strict && { strict }),
    ...(signal && { signal }),
    ...(onWarning && { onWarning }),
  });
}

/** How pictures come to what the model takes. */
export function picturesAs(
  manifest: Manifest,
): Omit<ImageStoreOptions, 'mixed'> & { readonly tiling?: Tiling } {
  const { preparation } = manifest;
  const { size, fit, tiling } = preparation?.kind === 'pictures' ? preparation : {};
  return {
    colour: colourOf(manifest),
    ...(size && { size }),
    ...(fit && { fit }),
    ...(tiling && { tiling }),
  };
}

/**
 * Every frame has a clip around it, its missing frames filled by the video's first or last. Frames are resized to what the
 * model takes, as those of a live source are.
 */
async function* clips(
  paths: readonly string[],
  { manifest: { input }, size, ffmpeg, signal, onFrames }: SamplesOptions,
  { dilation }: { readonly dilation: number },
): AsyncGenerator<Dataset> {
  const [, , frames = 0, height = 0, width = 0] = input.dims.map(Number);
  for (const path of paths) {
    const videos = await openClips(path, {
      frames,
      dilation,
      size: size ?? [height, width],
      ...(ffmpeg !== undefined && { ffmpeg }),
      ...(signal && { signal }),
      ...(onFrames && { onRead: onFrames }),
    });
    // A video keeps its frames once they are decoded, so none stays in the list when its turn has come.
    for (let video = videos.shift(); video !== undefined; video = videos.shift()) yield video;
  }
}

async function* rows(
  sources: readonly string[],
  { cwd, known, signal }: SamplesOptions,
  columns: readonly ColumnEncoding[],
): AsyncGenerator<Dataset> {
  const encoder: TableEncoder = { columns, features: featuresOf(columns) };
  const stoppable = signal ? { signal } : {};
  const open = async (source: string): Promise<Table> => {
    if (source === 'flows') return flows().table;
    const pool =
      source === 'kddcup99'
        ? await kddcup99({ ...known, ...stoppable })
        : await readKdd(resolve(cwd, source), stoppable);
    return pool.table;
  };
  for (const source of sources) {
    const table = await open(source);
    // Rows of several files of one layout are told apart by their files.
    const named = { ...table, name: source };
    yield tableDataset({ name: source, table: named, encoder });
  }
}

/** In colour where the model takes it. */
function colourOf({ input }: Manifest): 'grey' | 'rgb' {
  return input.dims[1] === 3 ? 'rgb' : 'grey';
}
