// `textures` as a data set: always the same pictures of a surface, drawn by the package, laid out as MVTec AD: good ones to
// learn from; good ones and ones with planted defects, marked by masks, to test on.

import { type Random, createRandom, ndarray } from '@memae/graph';
import { datasetError } from '../error.ts';
import { type ImageFolder } from '../images/image-folder.ts';
import type { PlacedImage } from '../images/image-layout.ts';
import { type Defect, defectNames, drawFlaw } from './defects.ts';
import { type Texture, drawSurface, textureNames } from './surface.ts';

export interface TexturesOptions {
  /** By default 64 × 64. */
  readonly size?: readonly [height: number, width: number];
  /** At most so many pictures of each kind; there are 160 to learn from, and to test on 40 good ones and 15 of each defect. */
  readonly limit?: number;
}

const counts = { learned: 160, good: 40, defective: 15 };

/** A drawn picture. */
export interface DrawnImage extends PlacedImage {
  /** `[height · width]`, grey. */
  readonly pixels: Uint8Array;
  /** `[height · width]`: 1 where there is a defect. */
  readonly marked: Uint8Array;
}

/**
 * Draws the pictures of a texture, one after another.
 * @throws `DATASET_BAD_OPTION` for another texture, or pictures under 32 pixels
 */
export function* drawTexture(
  texture: string,
  { size = [64, 64], limit = Infinity }: TexturesOptions = {},
): Generator<DrawnImage> {
  const known = textureNames.find((name) => name === texture);
  if (known === undefined) {
    throw datasetError(
      'DATASET_BAD_OPTION',
      `One of the textures ${textureNames.join(', ')} is named by the option "normal" (--normal weave), but ` +
        `${texture === '' ? 'none' : `"${texture}"`} was.`,
    );
  }
  const odd = size.find((length) => !(Number.isInteger(length) && length >= 32));
  if (odd !== undefined || !(limit >= 1)) {
    throw datasetError(
      'DATASET_BAD_OPTION',
      `Textures are drawn in whole sizes from 32, and at least one of each kind, but size ${size.join('×')} and limit ` +
        `${limit} came.`,
    );
  }
  const random = createRandom(1).fork(texture);
  const parts: [PlacedImage['part'] & string, 'good' | Defect, number][] = [
    ['train', 'good', counts.learned],
    ...defectNames.map((name): ['test', Defect, number] => ['test', name, counts.defective]),
    ['test', 'good', counts.good],
  ];
  for (const [part, of, count] of parts) {
    for (let i = 0; i < Math.min(count, limit); i += 1) {
      const name = String(i).padStart(3, '0');
      const key = `${part}/${of}/${name}.png`;
      yield {
        key,
        of,
        part,
        ...(of !== 'good' && { mask: `ground_truth/${of}/${name}_mask.png` }),
        ...draw(known, { size, of, random: random.fork(key) }),
      };
    }
  }
}

/**
 * The same, as a folder would be opened.
 * @throws as `drawTexture`
 */
export function textures(texture: string, options: TexturesOptions = {}): ImageFolder {
  const [height, width] = options.size ?? [64, 64];
  // In the order in which files are listed.
  const drawn = [...drawTexture(texture, options)].sort((a, b) => (a.key < b.key ? -1 : 1));
  const masks = new Map(drawn.map(({ key, marked }) => [key, marked]));
  const places = drawn.map(({ key, of, part, mask }): PlacedImage => ({
    ...{ key, of },
    ...(part && { part }),
    ...(mask !== undefined && { mask }),
  }));
  const tested = places.filter(({ part }) => part === 'test').length;
  return {
    name: `textures ${texture}`,
    layout: 'mvtec',
    store: {
      images: places.map(({ key }) => ({ file: key, key, height, width })),
      channels: 1,
      fits: true,
      memory: Infinity,
      pixels: (index) => Promise.resolve(drawn[index]?.pixels ?? new Uint8Array()),
    },
    places,
    classes: [...new Set(places.map(({ of }) => of))].sort(),
    normal: 'good',
    maskOf: (key) => {
      const marked = masks.get(key);
      return Promise.resolve(marked && ndarray(marked, [height, width]));
    },
    description: `textures: ${texture}, ${places.length - tested} drawn images to learn from, ${tested} to test, grey, ${height}×${width}`,
  };
}

function draw(
  texture: Texture,
  {
    size: [height, width],
    of,
    random,
  }: {
    readonly size: readonly [height: number, width: number];
    readonly of: 'good' | Defect;
    readonly random: Random;
  },
): Pick<DrawnImage, 'pixels' | 'marked'> {
  const surface = drawSurface(texture, random.fork('surface'));
  const flaw =
    of === 'good'
      ? undefined
      : drawFlaw(of, { random: random.fork('defect'), size: [height, width], surface });
  const noise = random.fork('noise');
  const [pixels, marked] = [new Uint8Array(height * width), new Uint8Array(height * width)];
  for (let y = 0, i = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1, i += 1) {
      const depth = flaw?.depth(y, x) ?? 0;
      const below = surface(y, x);
      const value = depth === 0 ? below : below + depth * ((flaw?.surface(y, x) ?? below) - below);
      pixels[i] = Math.min(255, Math.max(0, Math.round(255 * (value + 0.02 * noise.normal()))));
      marked[i] = depth > 0.3 ? 1 : 0;
    }
  }
  return { pixels, marked };
}
