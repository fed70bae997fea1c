// What the pictures of a folder are, by how they lie in it: all normal, in sub-folders by class, or as MVTec AD lays them out
// (P. Bergmann et al., CVPR 2019): `train/good`, `test/<kind>`, `ground_truth/<kind>/<name>_mask.png`.

import { posix } from 'node:path';
import { datasetError } from '../error.ts';

export const imageLayouts = ['flat', 'classes', 'mvtec'] as const;
export type ImageLayout = (typeof imageLayouts)[number];

/** A picture and its place. */
export interface PlacedImage {
  /** Its path within the folder. */
  readonly key: string;
  /** Its class or kind; of a flat folder, `''`. */
  readonly of: string;
  /** As MVTec has them. */
  readonly part?: 'train' | 'test';
  /** The path of its mask within the folder. */
  readonly mask?: string;
}

export interface LaidOut {
  readonly layout: ImageLayout;
  readonly images: readonly PlacedImage[];
  /** Of MVTec's layout, the normal kind. */
  readonly normal?: string;
}

/** Sub-folders that divide the classes, as some data sets come. */
const partName = /^(train(ing)?|test(ing)?|val(idation)?)$/i;
const mvtecNormal = /^(good|ok)$/i;
const mvtecTrain = /^train(ing)?\/(good|ok)\//i;
const mvtecTest = /^test(ing)?\/([^/]+)\//i;
const mvtecMask = /^(ground_truth|masks?)\/([^/]+)\/(.+?)(_mask)?\.\w+$/i;

/**
 * Tells the layout, unless one is `asked` for.
 * @param paths of all pictures within the folder
 * @throws `DATASET_CORRUPT` where pictures do not lie as the layout has them, and where they lie nearly as MVTec's do and no
 *   layout is asked for: masks and anomalies would be learned from
 */
export function layOut(
  paths: readonly string[],
  {
    folder,
    asked,
    normal,
  }: {
    readonly folder: string;
    readonly asked?: ImageLayout | undefined;
    readonly normal?: string | undefined;
  },
): LaidOut {
  const trained = paths.find((path) => mvtecTrain.test(path));
  const named = trained === undefined ? '' : trained.split('/')[1];
  const others = paths.some((path) => /^train(ing)?\//i.test(path) && !mvtecTrain.test(path));
  const mvtec = trained !== undefined && !others && (normal ?? named) === named;
  const layout =
    asked ?? (mvtec ? 'mvtec' : normal !== undefined || areClasses(paths) ? 'classes' : 'flat');
  if (asked === undefined && layout !== 'mvtec') refuseNearlyMvtec(paths, { folder, layout });
  switch (layout) {
    case 'flat':
      return { layout, images: paths.map((key) => ({ key, of: '' })) };
    case 'classes':
      return { layout, images: byClass(paths, folder) };
    case 'mvtec':
      if (mvtec) return { layout, images: asMvtec(paths, named ?? ''), normal: named ?? '' };
      throw datasetError(
        'DATASET_CORRUPT',
        `${folder}: normal pictures were expected in train/good, and nothing else in train, as MVTec AD has them` +
          `${normal === undefined ? '' : ` (and "${normal}" is named normal)`}, but they lie otherwise. Leave the layout out, or ` +
          'name another: flat or classes.',
      );
  }
}

function refuseNearlyMvtec(
  paths: readonly string[],
  { folder, layout }: { readonly folder: string; readonly layout: ImageLayout },
): void {
  const folders = [...new Set(paths.map((path) => posix.dirname(path)))];
  const names = folders.flatMap((each) => each.split('/'));
  const has = (name: RegExp): boolean => names.some((each) => name.test(each));
  const parted = layout === 'flat' && has(/^train(ing)?$/i) && has(/^test(ing)?$/i);
  const named = layout === 'flat' && folders.length > 1 && has(mvtecNormal);
  if (!parted && !named && !has(/^ground_truth$/i)) return;
  throw datasetError(
    'DATASET_CORRUPT',
    `${folder}: pictures lie in ${folders.slice(0, 8).join(', ')}${folders.length > 8 ? ', …' : ''}, but MVTec AD, which this ` +
      'resembles, has nothing but train/good to learn from, test/<kind>, and masks in ground_truth/<kind>. Move them so, name ' +
      'the one folder that holds these, or say what they are by the option "layout": classes, or flat, by which all are normal ' +
      '(--data-option layout=flat).',
  );
}

/** Two sub-folders or more that hold pictures themselves, or `train` and `test` of such, and none beside them. */
function areClasses(paths: readonly string[]): boolean {
  const split = paths.map((path) => path.split('/'));
  if (split.some((parts) => parts.length === 1)) return false;
  const inParts = split.every((parts) => parts.length > 2 && partName.test(parts[0] ?? ''));
  const depth = inParts ? 2 : 1;
  const classes = new Set(split.map((parts) => parts[depth - 1]));
  return classes.size > 1 && split.some((parts) => parts.length === depth + 1);
}

/** @throws `DATASET_CORRUPT` when pictures lie both in the folder and in sub-folders, or some in `train` and others not. */
function byClass(paths: readonly string[], folder: string): PlacedImage[] {
  const flat = paths.find((path) => !path.includes('/'));
  const nested = paths.find((path) => path.includes('/'));
  if (flat !== undefined && nested !== undefined) {
    throw datasetError(
      'DATASET_CORRUPT',
      `${folder} holds pictures itself (${flat}) and in sub-folders (${posix.dirname(nested)}). ` +
        'Sub-folders are classes: move every picture into one, or all out of them.',
    );
  }
  const isInPart = (path: string): boolean => {
    const [part = '', , ...rest] = path.split('/');
    return partName.test(part) && rest.length > 0;
  };
  const deeper = paths.find(isInPart);
  const higher = paths.find((path) => !isInPart(path));
  if (deeper !== undefined && higher !== undefined) {
    throw datasetError(
      'DATASET_CORRUPT',
      `${folder} holds pictures in ${posix.dirname(higher)} and deeper, in ${posix.dirname(deeper)}. ` +
        'Either its sub-folders are classes, or those of train and test are: move the pictures accordingly.',
    );
  }
  const at = deeper === undefined ? 0 : 1;
  return paths.map((key) => ({
    key,
    of: flat === undefined ? (key.split('/')[at] ?? '') : posix.basename(folder),
  }));
}

/** @param normal what the normal kind is called, for it may be `good` in one part and `Good` or `ok` in another */
function asMvtec(paths: readonly string[], normal: string): PlacedImage[] {
  const masks = new Map<string, string>(
    paths.flatMap((path) => {
      const [, , kind, name] = mvtecMask.exec(path) ?? [];
      return kind === undefined ? [] : [[`${kind}/${name ?? ''}`, path] as const];
    }),
  );
  return paths.flatMap((key): PlacedImage[] => {
    if (mvtecTrain.test(key)) return [{ key, of: normal, part: 'train' }];
    const [, , kind] = mvtecTest.exec(key) ?? [];
    if (kind === undefined) return [];
    const of = mvtecNormal.test(kind) ? normal : kind;
    const mask = masks.get(key.replace(mvtecTest, () => `${kind}/`).replace(/\.\w+$/, ''));
    return [{ key, of, part: 'test', ...(mask !== undefined && { mask }) }];
  });
}
