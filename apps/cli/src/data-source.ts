// What a run's data are, opened: where known data sets are kept, and how they are cut.

import { homedir } from 'node:os';
import { join } from 'node:path';
import {
  type ImageFolderOptions,
  type ImageSplit,
  type Pool,
  type Split,
  type TableEncoder,
  type TableFileSplit,
  type TableSplit,
  type VideoSplit,
  fingerprint,
  holdsIdx,
  knownData,
  modalityOf,
  openPool,
  openSplit,
} from '@memae/datasets';
import { createRandom, featuresOf } from '@memae/graph';
import type { Preparation } from '@memae/onnx';
import type { CliContext } from './context.ts';
import { asSplitOptions } from './data-options.ts';
import { cliError } from './error.ts';
import type { Progress } from './progress.ts';
import type { RunConfig } from './run-config.ts';

/** Folders for known data sets: the user's own, if MEMAE_DATA names one, and the cache. */
export interface DataFolders {
  readonly root?: string;
  readonly cache: string;
}

/** The folders as the environment has them: `MEMAE_DATA`, and `XDG_CACHE_HOME` or `~/.cache`. */
export function dataFolders({ env }: CliContext): DataFolders {
  const root = env['MEMAE_DATA'];
  const caches = env['XDG_CACHE_HOME'] || join(homedir(), '.cache');
  return { ...(root ? { root } : {}), cache: join(caches, 'memae') };
}

/** The program that reads video files, where the environment names it: `MEMAE_FFMPEG`. */
export function ffmpegOf({ env }: Pick<CliContext, 'env'>): { readonly ffmpeg?: string } {
  const ffmpeg = env['MEMAE_FFMPEG'];
  return ffmpeg ? { ffmpeg } : {};
}

/** What decides which samples there are, and how they are cut. */
export type DataRequest = Pick<
  RunConfig,
  'data' | 'normal' | 'limit' | 'size' | 'dataOptions' | 'seed'
>;

/** A split of any kind of data. */
export type AnySplit = Split<'image'> | ImageSplit | TableSplit | TableFileSplit | VideoSplit;

/**
 * Opens a known data set, downloading it where need be, or the user's own folder.
 * @param preparation of rows, as a model has them prepared; by default the training rows say it
 * @throws `CLI_USAGE` for images without a normal class; else as `openSplit`
 */
export async function openData(
  request: DataRequest,
  context: CliContext,
  progress: Pick<Progress, 'onDownload' | 'onDecoding' | 'onWarning'>,
  preparation?: Preparation,
): Promise<AnySplit> {
  const { data, normal, limit, size, dataOptions, seed } = request;
  const modality = await modalityOf(data, dataOptions);
  const known = knownData.some(({ name }) => name === data);
  if (modality === 'image' && normal === null && !isPictureFolder(data)) {
    throw cliError(
      'CLI_USAGE',
      `--normal is missing: ${data} is images of several classes; name the one that is normal, as --normal 5 ` +
        '(of textures, as --normal weave).',
    );
  }
  const { video, table, pictures, ...options } = asSplitOptions(dataOptions);
  const file = modality === 'tabular' && !known;
  if (table !== undefined && !file) {
    throw cliError(
      'CLI_USAGE',
      `The data option ${Object.keys(table)
        .map((name) => (name === 'series' ? 'window' : name))
        .join(', ')} is for files of tables, but ${data} is ` +
        `${modality === 'tabular' ? 'a table known by name' : inWords[modality]}. Leave it out.`,
    );
  }
  if (video !== undefined && modality !== 'video') {
    throw cliError(
      'CLI_USAGE',
      `The data option ${Object.keys(video).join(', ')} is for videos, but ${data} is ${inWords[modality]}. Leave it out.`,
    );
  }
  return openSplit(data, {
    ...dataFolders(context),
    signal: context.signal,
    onProgress: progress.onDownload,
    random: createRandom(seed).fork('split'),
    ...(normal !== null && { normal }),
    ...(limit !== null && { limit }),
    ...(size !== null && { size }),
    ...options,
    ...(!file && preparation?.kind === 'rows' && { encoder: encoderOf(preparation.columns) }),
    ...(file && {
      table: {
        ...table,
        ...(preparation?.kind === 'table' || preparation?.kind === 'series'
          ? { schema: preparation.columns }
          : {}),
        onWarning: progress.onWarning,
      },
    }),
    ...(modality === 'image' && !known
      ? { pictures: { ...pictures, onWarning: progress.onWarning } }
      : pictures && { pictures }),
    ...(modality === 'video' && {
      video: { ...video, ...ffmpegOf(context), onProgress: progress.onDecoding },
    }),
  });
}

function encoderOf(columns: TableEncoder['columns']): TableEncoder {
  return { columns, features: featuresOf(columns) };
}

/** Whether data are a folder of one's own pictures. */
export function isPictureFolder(data: string): boolean {
  return !knownData.some(({ name }) => name === data) && !holdsIdx(data);
}

/** How a folder of pictures is read. */
export function pictureFolderOptions(
  { limit, size, dataOptions }: Pick<DataRequest, 'limit' | 'size' | 'dataOptions'>,
  { signal }: CliContext,
  { onWarning }: Pick<Progress, 'onWarning'>,
): ImageFolderOptions {
  const { colour, pictures } = asSplitOptions(dataOptions);
  return {
    ...{ signal, onWarning },
    ...(limit !== null && { limit }),
    ...(size !== null && { size }),
    ...(colour !== undefined && { colour }),
    ...pictures,
  };
}

/**
 * Opens images whole, cut into no parts.
 * @throws as `openPool`
 */
export function openImages(
  { data, size, dataOptions }: Pick<DataRequest, 'data' | 'size' | 'dataOptions'>,
  context: CliContext,
  { onDownload }: Pick<Progress, 'onDownload'>,
): Promise<Pool> {
  const { edition, colour } = asSplitOptions(dataOptions);
  return openPool(data, {
    ...dataFolders(context),
    signal: context.signal,
    onProgress: onDownload,
    ...(size !== null && { size }),
    ...(edition !== undefined && { edition }),
    ...(colour !== undefined && { colour }),
  });
}

/** Kinds of data, as messages call them. */
export const inWords = { image: 'images', tabular: 'a table', video: 'videos' } as const;

/** Whether the samples to learn from are those of a fingerprint. */
export async function isTrainedOn({ train }: AnySplit, expected: string): Promise<boolean> {
  return (await fingerprint(train)) === expected;
}
