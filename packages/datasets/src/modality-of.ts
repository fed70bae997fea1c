// Of which kind data are: a known name says so; of a folder, what lies in it does.

import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Modality } from './dataset.ts';
import { isAddress } from './download/fetch-table.ts';
import { datasetError } from './error.ts';
import { filmName } from './ffmpeg/inputs.ts';
import type { ImageLayout } from './images/image-layout.ts';
import { imageName } from './images/read-images.ts';
import { knownData } from './known-data.ts';
import {
  type TableFormat,
  isPattern,
  tableFormatOf,
  tableParts,
} from './table-files/table-path.ts';
import { holdsClips, partsOf, subFolders } from './video/own-clips.ts';

/** What says how data are to be taken that could be taken otherwise. */
export interface KindOptions {
  /** A file whose ending tells no format is a table of this one. */
  readonly format?: TableFormat | undefined;
  /** The kind of what is not known by name, whatever it looks like. */
  readonly kind?: Modality | undefined;
  /** A folder is of pictures that lie so. */
  readonly layout?: ImageLayout | undefined;
}

/**
 * The kind of a known data set, of a file of a table or of a film, or of a folder: `video` where `training` and `testing` hold
 * films or folders of frames, and not of classes; or without these, where it holds clips or frames by their names.
 * @throws `DATASET_NOT_FOUND` when it is none of these; `DATASET_BAD_OPTION` for another kind of what is known by name.
 */
export async function modalityOf(
  source: string,
  { format, kind, layout }: KindOptions = {},
): Promise<Modality> {
  const known = knownData.find(({ name }) => name === source);
  if (known !== undefined) {
    if ((kind ?? known.modality) === known.modality) return known.modality;
    throw datasetError(
      'DATASET_BAD_OPTION',
      `${source} is known, and of the kind ${known.modality}, but the kind ${kind} was asked for. Leave it out, or give the path ` +
        'of a folder.',
    );
  }
  if (isAddress(source)) return kind ?? 'tabular';
  const found = await stat(source).catch(() => undefined);
  if (kind !== undefined && (found !== undefined || isPattern(source))) return kind;
  const file = found?.isFile() ?? isPattern(source);
  if (file && (format ?? tableFormatOf(source)) !== undefined) return 'tabular';
  if (file && filmName.test(source)) return 'video';
  if (found?.isDirectory() !== true) {
    throw datasetError(
      'DATASET_NOT_FOUND',
      `A data set (${knownData.map(({ name }) => name).join(', ')}) or the path of a folder, a table or a video file was ` +
        `expected, but "${source}" is ${found === undefined ? 'none of these' : 'a file of another kind'}. A folder holds IDX ` +
        "files named as MNIST's, pictures, or videos (files, folders of frames), there or in training and testing; a table is a CSV, " +
        'TSV, JSON or Parquet file that ends so, or whose format is named.',
    );
  }
  if (layout !== undefined) return 'image';
  if ((await tableParts(source)).length > 0) return 'tabular';
  const parts = await partsOf(source);
  if (parts.length === 0) return (await holdsClips(source)) ? 'video' : 'image';
  if (parts.length === 1) return 'image';
  const held: Pictures[][] = [];
  for (const folder of parts) {
    const names = await readdir(folder);
    if (names.some((name) => filmName.test(name))) return 'video';
    const inside = await subFolders(folder);
    if (names.some((name) => imageName.test(name)) || inside.length === 0) return 'image';
    if (inside.includes('videos')) return 'video';
    held.push(await Promise.all(inside.map((name) => picturesOf(folder, name))));
  }
  const [training = [], testing = []] = held.map((all) => all.filter(({ names }) => names.length));
  return areClasses(training, testing) ? 'image' : 'video';
}

/** A sub-folder and the names of its pictures. */
interface Pictures {
  readonly name: string;
  readonly names: readonly string[];
}

async function picturesOf(folder: string, name: string): Promise<Pictures> {
  const names = await readdir(join(folder, name));
  return { name, names: names.filter((each) => imageName.test(each)) };
}

/** The one folder to learn from, as MVTec AD has it. */
const normalName = /^(good|ok)$/i;

/**
 * Whether folders are classes rather than videos: the pictures are not numbered, the only folder to learn from is `good`, or
 * each to learn from has one of its name to test on, and these are words (`cat`, `good`) or their pictures' numbers have gaps.
 */
function areClasses(training: readonly Pictures[], testing: readonly Pictures[]): boolean {
  const all = [...training, ...testing];
  if (all.some(({ names }) => names.some((name) => Number.isNaN(numberOf(name))))) return true;
  if (training.every(({ name }) => normalName.test(name)) && training.length > 0) return true;
  const tested = new Set(testing.map(({ name }) => name));
  if (training.length === 0 || !training.every(({ name }) => tested.has(name))) return false;
  return all.some(({ name, names }) => !/\d/.test(name) || hasGaps(names.map(numberOf)));
}

/** The last number in a name, as frames are numbered. */
function numberOf(name: string): number {
  return Number(/(\d+)\D*\.\w+$/.exec(name)?.[1] ?? NaN);
}

function hasGaps(numbers: readonly number[]): boolean {
  const sorted = Float64Array.from(numbers).sort();
  return sorted.some((number, i) => i > 0 && number !== (sorted[i - 1] ?? 0) + 1);
}
