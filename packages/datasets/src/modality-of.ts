// Of which kind data are: a known name says so; of a folder, what lies in it does.

import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Modality } from './dataset.ts';
import { datasetError } from './error.ts';
import { imageName } from './images/read-images.ts';
import { knownData } from './known-data.ts';
import { type TableFormat, isPattern, tableFormatOf } from './table-files/table-path.ts';

/**
 * The kind of a known data set, of a file of a table, or of a folder: `video` where `training` and `testing` hold folders
 * of frames, and not of classes. A file whose ending tells no format is a table where `format` says which.
 * @throws `DATASET_NOT_FOUND` when it is none of these.
 */
export async function modalityOf(
  source: string,
  { format }: { readonly format?: TableFormat | undefined } = {},
): Promise<Modality> {
  const known = knownData.find(({ name }) => name === source);
  if (known !== undefined) return known.modality;
  const found = await stat(source).catch(() => undefined);
  const file = found?.isFile() ?? isPattern(source);
  if (file && (format ?? tableFormatOf(source)) !== undefined) return 'tabular';
  if (found?.isDirectory() !== true) {
    throw datasetError(
      'DATASET_NOT_FOUND',
      `A data set (${knownData.map(({ name }) => name).join(', ')}) or the path of a folder or of a table was ` +
        `expected, but "${source}" is ${found === undefined ? 'none of these' : 'a file of another kind'}. A folder holds IDX ` +
        "files named as MNIST's, pictures in sub-folders by class, or videos in training and testing; a table is a CSV, " +
        'TSV, JSON or Parquet file that ends so, or whose format is named.',
    );
  }
  const folders = await subFolders(source);
  const parts = [/^train(ing)?$/i, /^test(ing)?$/i].map((name) =>
    folders.find((f) => name.test(f)),
  );
  const held: Pictures[][] = [];
  for (const part of parts) {
    if (part === undefined) return 'image';
    const folder = join(source, part);
    const holdsPictures = (await readdir(folder)).some((name) => imageName.test(name));
    const inside = await subFolders(folder);
    if (holdsPictures || inside.length === 0) return 'image';
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

/**
 * Whether folders are classes rather than videos: the pictures are not numbered, or each folder to learn from has one of
 * its name to test on, and these are words (`cat`, `good`) or their pictures' numbers have gaps.
 */
function areClasses(training: readonly Pictures[], testing: readonly Pictures[]): boolean {
  const all = [...training, ...testing];
  if (all.some(({ names }) => names.some((name) => Number.isNaN(numberOf(name))))) return true;
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

async function subFolders(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
}
