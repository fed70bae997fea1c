// What `--data` says, as a split, whatever kind of data it is.

import type { Random } from '@memae/graph';
import type { Cifar10Edition } from './cifar10/editions.ts';
import type { Modality } from './dataset.ts';
import type { PublishedOptions } from './download/published.ts';
import { datasetError } from './error.ts';
import { firstOfEachClass } from './first-of-each-class.ts';
import { flows } from './flows/flows.ts';
import { holdsIdx } from './idx/idx-pool.ts';
import type { ImageFolderOptions } from './images/image-folder.ts';
import { type ImageSplit, imageFolderSplit, splitImages } from './images/image-folder-split.ts';
import type { Colour } from './images/read-images.ts';
import { kddSplit, kddcup99 } from './kddcup99/kddcup99.ts';
import { knownData } from './known-data.ts';
import { modalityOf } from './modality-of.ts';
import { oneClassSplit } from './one-class.ts';
import { openPool } from './open-pool.ts';
import type { Split } from './split.ts';
import {
  type TableFileOptions,
  type TableFileSplit,
  tableFileSplit,
} from './table-files/table-file-split.ts';
import type { Scaling, TableEncoder } from './tables/table-encoder.ts';
import { type TableProtocol, type TableSplit, tableSplit } from './tables/table-split.ts';
import { textures } from './textures/textures.ts';
import { type OpenVideoOptions, openVideoSplit } from './video/open-video-split.ts';
import type { VideoSplit } from './video/video.ts';

/** What a data set is opened with; an option that does not fit the kind of data is refused. */
export interface OpenSplitOptions extends PublishedOptions {
  /** Draws the split. */
  readonly random: Random;
  /** The kind of a file or folder, where it is another than it looks like. */
  readonly kind?: Modality;
  /** Images: the class that is normal, without which there is no split. A file of a table: the label's value in normal rows. */
  readonly normal?: string | number;
  /** CIFAR-10: which edition. */
  readonly edition?: Cifar10Edition;
  /** A folder of pictures: grey, RGB, or by default `auto`, what the pictures are. */
  readonly colour?: Colour;
  /** A folder of pictures: its layout, tiles, and what else can be said of it. */
  readonly pictures?: Omit<ImageFolderOptions, 'size' | 'colour' | 'limit' | 'signal'>;
  /** A folder of pictures, and videos: height and width to resize to. */
  readonly size?: readonly [height: number, width: number];
  /** Images: at most so many samples of each class, the first. Tables: at most so many rows, drawn at random. */
  readonly limit?: number;
  /** Known tables: by default `A`, the paper's. */
  readonly protocol?: TableProtocol;
  /** Tables: by default `standard`, of the published and drawn ones `min-max`. */
  readonly scaling?: Scaling;
  /** Known tables: as rows were encoded before, in place of fitting. */
  readonly encoder?: TableEncoder;
  /** KDDCUP99: 120 features rather than 121; by default true. */
  readonly dropConstant?: boolean;
  /** A file of a table: its columns, its label, which rows. */
  readonly table?: Omit<TableFileOptions, 'signal'>;
  /** Videos: how clips are cut, which labels, and what is told while frames are decoded. */
  readonly video?: Omit<OpenVideoOptions, 'random' | 'root' | 'size' | 'signal'>;
}

/**
 * Opens any known data set (`knownData`), a file of a table (by `tableFileSplit`), or a folder: of IDX files named as MNIST's, of pictures (see
 * `imageFolderSplit`), or of videos in `training` and `testing`. Images are cut by `oneClassSplit` or `imageFolderSplit`, tables by `tableSplit`, videos by
 * `videoSplit`.
 * @throws `DATASET_BAD_OPTION` for an option that does not fit the data, or images without `normal`; else as these and
 *   `openPool`, `kddcup99`, `openVideoSplit`.
 */
export async function openSplit(
  source: string,
  options: OpenSplitOptions,
): Promise<Split<'image'> | ImageSplit | TableSplit | TableFileSplit | VideoSplit> {
  const modality = await modalityOf(source, {
    ...options.table,
    kind: options.kind,
    layout: options.pictures?.layout,
  });
  refuseUnfit(source, modality, options);
  if (modality === 'video') {
    const { random, root, size, signal, video } = options;
    return openVideoSplit(source, {
      ...(root !== undefined && { root }),
      ...(size !== undefined && { size }),
      ...(signal !== undefined && { signal }),
      ...video,
      random,
    });
  }
  if (source === 'kddcup99') return kddSplit(await kddcup99(options), options);
  if (source === 'flows') return tableSplit(flows(), options);

  const { normal, random, limit } = options;
  if (modality === 'tabular') {
    const { scaling, signal, table, cache, onProgress } = options;
    return tableFileSplit(source, {
      ...(cache !== undefined && { cache }),
      ...(onProgress !== undefined && { onProgress }),
      ...table,
      random,
      ...(normal !== undefined && { normal: String(normal) }),
      ...(limit !== undefined && { limit }),
      ...(scaling !== undefined && { scaling }),
      ...(signal !== undefined && { signal }),
    });
  }
  const { onWarning, ...pictures } = options.pictures ?? {};
  if (source === 'textures') {
    const { tiling, ...unfit } = pictures;
    refuseOthers(unfit, 'textures are drawn');
    return splitImages(textures(String(normal ?? ''), options), { random, tiling });
  }
  if (isFolder(source) && !holdsIdx(source)) {
    const told = onWarning ? { onWarning } : {};
    return imageFolderSplit(source, { ...options, ...pictures, ...told });
  }
  refuseOthers(pictures, `${source} is read as it is`);
  if (normal === undefined) {
    throw datasetError(
      'DATASET_BAD_OPTION',
      `${source} is images of several classes: name the one that is normal by the option "normal" (--normal).`,
    );
  }
  const whole = await openPool(source, options);
  const pool = limit === undefined ? whole : firstOfEachClass(whole, limit);
  return oneClassSplit({ ...pool, normal, random });
}

function refuseOthers(options: object, why: string): void {
  const [option] = Object.keys(options);
  if (option === undefined) return;
  throw datasetError(
    'DATASET_BAD_OPTION',
    `The option "${option}" is for folders of pictures, but ${why}. Leave it out.`,
  );
}

/** Whether it is the path of a folder, and no known name. */
function isFolder(source: string): boolean {
  return !knownData.some(({ name }) => name === source);
}

/** For which data each option is: a kind of data, a data set, or whether it is known by name or the user's own. */
const fits: Partial<Record<keyof OpenSplitOptions, readonly string[]>> = {
  normal: ['image', 'file'],
  edition: ['cifar10'],
  colour: ['folder'],
  pictures: ['folder', 'textures'],
  size: ['folder', 'textures', 'video'],
  limit: ['image', 'tabular'],
  protocol: ['known table'],
  encoder: ['known table'],
  scaling: ['tabular'],
  dropConstant: ['kddcup99'],
  table: ['file'],
  video: ['video'],
};

function refuseUnfit(source: string, modality: Modality, options: OpenSplitOptions): void {
  const known = knownData.some(({ name }) => name === source);
  const own = { image: 'folder', tabular: 'file', video: 'videos' }[modality];
  const kinds = [modality, source, known ? (modality === 'tabular' ? 'known table' : '') : own];
  for (const [option, wanted] of Object.entries(fits)) {
    if (options[option as keyof OpenSplitOptions] === undefined) continue;
    if (wanted.some((kind) => kinds.includes(kind))) continue;
    throw datasetError(
      'DATASET_BAD_OPTION',
      `The option "${option}" is for ${wanted.map(inWords).join(' and ')}, but ${source} is ${inWords(modality)}. ` +
        'Leave it out.',
    );
  }
}

function inWords(kind: string): string {
  const words: Readonly<Record<string, string>> = {
    image: 'images',
    tabular: 'a table',
    video: 'videos',
    folder: 'a folder of pictures',
    file: 'a table of your own',
    'known table': 'a table known by name',
  };
  return words[kind] ?? kind;
}
