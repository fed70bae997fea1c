// A folder of pictures as a split. Without classes all are normal, a tenth held out, and there is no test; classes are cut as
// the paper has it; MVTec's layout is its own split, with masks.

import type { Random } from '@memae/graph';
import { datasetError } from '../error.ts';
import { drawOneClass } from '../one-class.ts';
import type { Split } from '../split.ts';
import { type ImageFolder, type ImageFolderOptions, openImageFolder } from './image-folder.ts';
import type { ImageLayout } from './image-layout.ts';
import type { Tiling } from './tiles.ts';
import {
  type ImageSet,
  type ImageSetSource,
  type ImageTestSet,
  imageOf,
  imageSet,
  labelledImageSet,
} from './image-set.ts';

export interface ImageFolderSplitOptions extends ImageFolderOptions {
  /** Draws the split. */
  readonly random: Random;
  /** The class that is normal, where sub-folders are classes. */
  readonly normal?: string | number;
}

export interface ImageSplit extends Split<'image'> {
  readonly train: ImageSet;
  readonly validation: ImageSet;
  readonly test: ImageTestSet;
  readonly layout: ImageLayout;
  /** What the folder is, in a line. */
  readonly description: string;
}

const validationShare = 0.1;

/**
 * Opens a folder of pictures by its layout.
 * @throws `DATASET_BAD_OPTION` for classes without `normal`, naming them; `DATASET_EMPTY` for too few normal pictures; else
 *   as `openImageFolder`
 */
export async function imageFolderSplit(
  path: string,
  options: ImageFolderSplitOptions,
): Promise<ImageSplit> {
  const normal = options.normal === undefined ? undefined : String(options.normal);
  return splitImages(await openImageFolder(path, { ...options, normal }), { ...options, normal });
}

/**
 * Cuts a folder that has been opened.
 * @throws as `imageFolderSplit`
 */
export function splitImages(
  folder: ImageFolder,
  {
    random,
    normal,
    tiling,
  }: {
    readonly random: Random;
    readonly normal?: string | undefined;
    readonly tiling?: Tiling | undefined;
  },
): ImageSplit {
  const { name, store, layout, description } = folder;
  const { train, validation, test, testLabels, protocol } = draw(folder, { normal, random });
  const part = (suffix: string, picked: readonly number[]) => ({
    ...{ name: `${name} ${suffix}`, store, picked, tiling },
  });
  return {
    name,
    layout,
    description,
    protocol: tiling === undefined ? protocol : `${protocol}; ${tilesInWords(tiling)}`,
    train: imageSet(part('train', train)),
    validation: imageSet(part('validation', validation)),
    test: testSet(folder, { ...part('test', test), labels: testLabels }),
  };
}

/**
 * All pictures of a folder with labels, to evaluate on; of MVTec's layout those to test on.
 * @throws as `imageFolderSplit`; `DATASET_BAD_OPTION` for a folder without classes
 */
export async function labelledImageFolder(
  path: string,
  options: Omit<ImageFolderSplitOptions, 'random'>,
): Promise<ImageTestSet> {
  const normal = options.normal === undefined ? undefined : String(options.normal);
  const folder = await openImageFolder(path, { ...options, normal });
  const { layout, places, classes, name } = folder;
  const good = layout === 'mvtec' ? folder.normal : normal;
  if (layout === 'flat' || good === undefined || !classes.includes(good)) {
    throw layout === 'flat' ? unlabelled(path) : unnamed(folder);
  }
  const picked = places.flatMap(({ part }, i) => (part === 'train' ? [] : [i]));
  const labels = Uint8Array.from(picked, (i) => (places[i]?.of === good ? 0 : 1));
  return testSet(folder, { name, store: folder.store, picked, labels, tiling: options.tiling });
}

function draw(
  folder: ImageFolder,
  { normal, random }: { readonly normal: string | undefined; readonly random: Random },
) {
  const { name, layout, places, classes } = folder;
  if (layout === 'classes') {
    if (normal === undefined) throw unnamed(folder);
    // There may be more classes than a byte tells apart.
    const labels = places.map(({ of }) => classes.indexOf(of));
    return drawOneClass({ name, labels, classes, normal, random });
  }
  if (layout === 'flat' && normal !== undefined) {
    throw datasetError(
      'DATASET_BAD_OPTION',
      `${name} has no classes by the layout "flat": all of its pictures would be learned as normal, and "${normal}" would choose ` +
        'none. Leave out the option "normal" (--normal), or the layout.',
    );
  }
  const indices = places.map((_, i) => i);
  const normals = indices.filter((i) => places[i]?.part !== 'test');
  const test = indices.filter((i) => places[i]?.part === 'test');
  const order = Array.from(random.fork('normal').permutation(normals.length));
  const heldOut = Math.max(1, Math.round(validationShare * normals.length));
  if (normals.length - heldOut < 1) {
    throw datasetError(
      'DATASET_EMPTY',
      `${name} has ${normals.length} normal picture${normals.length === 1 ? '' : 's'}, but training needs two at least, and one is held out. ` +
        'Give more.',
    );
  }
  const share = `${Math.round(100 * validationShare)} % of the pictures to learn from held out`;
  const drawn = order.map((i) => normals[i] ?? 0);
  return {
    train: drawn.slice(heldOut),
    validation: drawn.slice(0, heldOut),
    test,
    testLabels: Uint8Array.from(test, (i) => (places[i]?.of === folder.normal ? 0 : 1)),
    protocol:
      layout === 'mvtec'
        ? `${folder.normal ?? ''} is normal, its test as the folder has it; ${share}`
        : `all pictures are normal, without a test set; ${share}`,
  };
}

function testSet(
  { places, maskOf }: ImageFolder,
  source: ImageSetSource & { readonly labels: Uint8Array },
): ImageTestSet {
  const kinds = new Map(places.map(({ key, of }) => [key, of]));
  return {
    ...labelledImageSet(source),
    kindOf: (key) => kinds.get(imageOf(key)) ?? '',
    ...(maskOf && { maskOf }),
  };
}

function tilesInWords({
  tile,
  overlap = 0,
  score = 'max',
}: NonNullable<ImageFolderOptions['tiling']>) {
  const shared = overlap === 0 ? '' : ` that share ${overlap} pixels`;
  return `tiles of ${tile}×${tile}${shared}, an image scored by their ${score === 'max' ? 'highest' : 'mean'}`;
}

function unnamed({ name, places, classes }: ImageFolder) {
  const counted = classes.map(
    (each) => `${each} (${places.filter(({ of }) => of === each).length})`,
  );
  return datasetError(
    'DATASET_BAD_OPTION',
    `${name} is images of several classes, by its sub-folders: name the one that is normal by the option "normal" (--normal); ` +
      `there are ${counted.slice(0, 20).join(', ')}${counted.length > 20 ? ', …' : ''}. If all are normal, give the layout "flat" ` +
      '(--data-option layout=flat).',
  );
}

function unlabelled(path: string) {
  return datasetError(
    'DATASET_BAD_OPTION',
    `${path} has no classes, so nothing says which of its pictures are anomalous. Put them into sub-folders by class and name ` +
      'the normal one (--normal), or lay them out as test/good and test/<kind>, with train/good.',
  );
}
