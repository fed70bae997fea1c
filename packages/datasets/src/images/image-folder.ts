// A folder of pictures of one's own, looked at: how they lie in it, what each is, and which can be read.

import { basename, join, resolve } from 'node:path';
import { datasetError } from '../error.ts';
import { type ImageLayout, type LaidOut, type PlacedImage, layOut } from './image-layout.ts';
import { type ImageStore, type ImageStoreOptions, firstOf, openImageStore } from './image-store.ts';
import { noPictures } from './image-pool.ts';
import { listImages } from './list-images.ts';
import { type MaskOf, masksIn } from './mask-of.ts';
import { imageName } from './read-images.ts';
import { type Tiling, checkTiling } from './tiles.ts';

export interface ImageFolderOptions extends Omit<ImageStoreOptions, 'mixed'> {
  /** How pictures lie in the folder; by default as it looks. */
  readonly layout?: ImageLayout;
  /** Cuts images into tiles: they may differ in size then. */
  readonly tiling?: Tiling;
  /** At most so many pictures of each class, or kind, the first. */
  readonly limit?: number;
}

export interface ImageFolder {
  readonly name: string;
  readonly layout: ImageLayout;
  readonly store: ImageStore;
  /** What each of the store's images is. */
  readonly places: readonly PlacedImage[];
  /** Names of classes or kinds, sorted. */
  readonly classes: readonly string[];
  /** Of MVTec's layout, the normal kind. */
  readonly normal?: string;
  /** Which pixels of an image to test on are anomalous, where masks are at hand. */
  readonly maskOf?: MaskOf;
  /** In a line: `pictures: 120 images, grey, 64×64, no classes: all are normal`. */
  readonly description: string;
}

/**
 * Reads every picture of a folder once.
 * @param options.normal the class that is normal, which tells that sub-folders are classes
 * @throws `DATASET_EMPTY` for a folder without pictures; `DATASET_CORRUPT`, `DATASET_BAD_OPTION` as `openImageStore` and
 *   `layOut`
 */
export async function openImageFolder(
  folder: string,
  { normal, ...options }: ImageFolderOptions & { readonly normal?: string | undefined } = {},
): Promise<ImageFolder> {
  const { tiling, limit } = options;
  if (tiling !== undefined) checkTiling(tiling);
  const paths = await listImages(folder, imageName);
  if (paths.length === 0) throw noPictures(folder);
  const laid = layOut(paths, { folder, asked: options.layout, normal });
  warnOfOthers(paths, laid, options.onWarning);
  const listed = limit === undefined ? laid.images : firstOfEach(laid.images, limit);
  const placed = new Map(listed.map((image) => [image.key, image]));
  const store = await openImageStore(
    listed.map(({ key }) => ({ file: join(folder, key), key })),
    { ...options, mixed: tiling !== undefined },
  );
  const places = store.images.flatMap(({ key }) => placed.get(key) ?? []);
  const maskOf = masksIn(folder, { ...options, places, store, normal: laid.normal });
  const found = {
    name: basename(resolve(folder)),
    ...laid,
    store,
    places,
    classes: [...new Set(places.map(({ of }) => of))].sort(),
    ...(maskOf && { maskOf }),
  };
  return { ...found, description: describe(found) };
}

/** MVTec's layout may have more beside it: a part to validate on, masks of no picture. */
function warnOfOthers(
  paths: readonly string[],
  { images }: LaidOut,
  warn: ImageFolderOptions['onWarning'],
): void {
  const used = new Set(images.flatMap(({ key, mask }) => [key, mask]));
  const others = paths.filter((path) => !used.has(path));
  if (others.length === 0) return;
  warn?.(
    `${others.length} of ${paths.length} pictures are left out, for they are neither in train/good nor in test/<kind>, nor masks ` +
      `of those: ${firstOf(others)}.`,
  );
}

function firstOfEach(images: readonly PlacedImage[], limit: number): PlacedImage[] {
  if (!(Number.isInteger(limit) && limit > 0)) {
    throw datasetError(
      'DATASET_BAD_OPTION',
      `limit is a whole number of samples, at least 1, but ${limit} came.`,
    );
  }
  const counts = new Map<string, number>();
  return images.filter(({ of, part = '' }) => {
    const name = `${part}/${of}`;
    const count = (counts.get(name) ?? 0) + 1;
    counts.set(name, count);
    return count <= limit;
  });
}

function describe({
  name,
  layout,
  store: { images, channels },
  places,
  classes,
  normal,
}: Omit<ImageFolder, 'description'>): string {
  const sizes = new Set(images.map(({ height, width }) => `${height}×${width}`));
  const size = sizes.size === 1 ? [...sizes].join('') : 'of several sizes';
  const colour = channels === 3 ? 'colour' : 'grey';
  const head = `${name}: ${images.length.toLocaleString('en')} images, ${colour}, ${size}`;
  const counted = (all: readonly PlacedImage[]): string =>
    classes
      .map((each) => [each, all.filter(({ of }) => of === each).length] as const)
      .filter(([, count]) => count > 0)
      .map(([each, count]) => `${each} ${count}`)
      .join(', ');
  switch (layout) {
    case 'flat':
      return `${head}, no classes: all are normal`;
    case 'classes':
      return `${head}, ${classes.length === 1 ? 'one class' : `${classes.length} classes`} by sub-folder: ${counted(places)}`;
    case 'mvtec': {
      const tested = places.filter(({ part }) => part === 'test');
      const masks = tested.filter(({ mask }) => mask !== undefined).length;
      return (
        `${head}, laid out as MVTec AD: ${places.length - tested.length} ${normal ?? ''} to learn from, ${tested.length} to ` +
        `test (${counted(tested)}), ${masks} of them with masks`
      );
    }
  }
}
