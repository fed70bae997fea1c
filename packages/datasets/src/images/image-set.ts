// Pictures, or their tiles, as samples: taken from a store when a batch wants them. Where not all pixels can be kept, order is
// drawn among as many images as can be, so that none is decoded for each of its tiles.

import { type Random, type Shape, ndarray, sizeOf } from '@memae/graph';
import type { Batch, Dataset, LabelledBatch, LabelledDataset } from '../dataset.ts';
import { datasetError } from '../error.ts';
import { indexedDataset } from '../indexed-dataset.ts';
import { oneAhead } from '../one-ahead.ts';
import type { ImageStore, StoredImage } from './image-store.ts';
import type { MaskOf } from './mask-of.ts';
import { nameOf } from './read-images.ts';
import { type Tiling, checkTiling, scoreOfTiles, tileCorners } from './tiles.ts';

/** Images that are cut; their tiles are samples that follow one another. */
export interface Tiled {
  readonly tiling: Tiling;
  readonly images: readonly (StoredImage & {
    readonly corners: readonly { readonly y: number; readonly x: number }[];
  })[];
}

/** A sample is an image, or a tile of one: then `tiled` tells the images, and keys end in `#y,x`. */
export interface ImageSet<B extends Batch = Batch> extends Dataset<'image', B> {
  readonly tiled?: Tiled;
}

/** Labelled images. A tile has the label of its image. */
export interface ImageTestSet extends ImageSet<LabelledBatch> {
  /** The class or kind of a sample. */
  readonly kindOf: (key: string) => string;
  /** Which pixels of an image are anomalous, where masks are at hand. */
  readonly maskOf?: MaskOf;
}

export interface ImageSetSource {
  readonly name: string;
  readonly store: ImageStore;
  /** Which of the store's images, in order. */
  readonly picked: readonly number[];
  readonly tiling?: Tiling | undefined;
}

/** @throws `DATASET_BAD_OPTION` naming an image that is smaller than a tile */
export function imageSet(source: ImageSetSource): ImageSet {
  return cut(source, (batch) => batch);
}

/** The same with a label for each of the images that are picked. */
export function labelledImageSet(
  source: ImageSetSource & { readonly labels: Uint8Array },
): ImageSet<LabelledBatch> & LabelledDataset<'image'> {
  return cut(source, (batch, places) => ({
    ...batch,
    labels: Uint8Array.from(places, (place) => source.labels[place] ?? 0),
  }));
}

function cut<B extends Batch>(
  { name, store, picked, tiling }: ImageSetSource,
  complete: (batch: Batch, places: readonly number[]) => B,
): ImageSet<B> {
  const images = picked.flatMap((index) => store.images[index] ?? []);
  if (tiling !== undefined) {
    checkTiling(tiling);
    requireTileable(images, tiling);
  }
  const whole = [{ y: 0, x: 0 }];
  const cuts = images.map((image) => ({
    ...image,
    corners: tiling === undefined ? whole : tileCorners(image, tiling),
  }));
  // Which image each sample is of, and where its image's samples start.
  const places = Uint32Array.from(cuts.flatMap(({ corners }, place) => corners.map(() => place)));
  const firsts: number[] = [];
  for (let i = 0; i < places.length; i += 1) if (places[i] !== places[i - 1]) firsts.push(i);

  const { height = 1, width = 1 } = images[0] ?? store.images[0] ?? {};
  const space = tiling === undefined ? [height, width] : [tiling.tile, tiling.tile];
  const sampleShape: Shape = [store.channels, ...space];
  const size = sizeOf(sampleShape);
  const dataset = indexedDataset<'image', B>({
    name,
    modality: 'image',
    sampleShape,
    dtype: 'uint8',
    length: places.length,
    ...(!store.fits && {
      order: (random) => groupedOrder(cuts, { places, firsts, store, random }),
    }),
    read: async (samples) => {
      const data = new Uint8Array(samples.length * size);
      const keys: string[] = [];
      const of = Array.from(samples, (sample) => places[sample] ?? 0);
      const decoded = new Map(
        await Promise.all(
          [...new Set(of)].map(
            async (place) => [place, await store.pixels(picked[place] ?? 0)] as const,
          ),
        ),
      );
      for (const [i, sample] of samples.entries()) {
        const place = of[i] ?? 0;
        const [image, pixels] = [cuts[place], decoded.get(place)];
        if (image === undefined || pixels === undefined) continue;
        const corner = image.corners[sample - (firsts[place] ?? 0)] ?? { y: 0, x: 0 };
        copyWindow(pixels, image, {
          corner,
          shape: sampleShape,
          to: data.subarray(i * size, (i + 1) * size),
        });
        keys.push(tiling === undefined ? image.key : `${image.key}#${corner.y},${corner.x}`);
      }
      return complete({ samples: ndarray(data, [samples.length, ...sampleShape]), keys }, of);
    },
  });
  return {
    ...dataset,
    batches: (options) => oneAhead(dataset.batches(options)),
    ...(tiling !== undefined && { tiled: { tiling, images: cuts } }),
  };
}

/** Images in memory as the tiles that they are cut into, in their order. */
export function tilesOf({ samples, keys }: Batch, tiling: Tiling): ImageSet {
  const [, channels = 1, height = 1, width = 1] = samples.shape;
  const size = channels * height * width;
  const images = keys.map((key) => ({ file: key, key, height, width }));
  return imageSet({
    name: keys[0] ?? '',
    store: {
      images,
      channels: channels === 3 ? 3 : 1,
      fits: true,
      memory: Infinity,
      pixels: (index) =>
        Promise.resolve(Uint8Array.from(samples.data.subarray(index * size, (index + 1) * size))),
    },
    picked: images.map((_, i) => i),
    tiling,
  });
}

/** How many are scored: images where a set is of their tiles, else samples. */
export function scoredLength(dataset: Dataset): number {
  return tiledOf(dataset)?.images.length ?? dataset.length;
}

/** How a data set's images are cut, where it is one of tiles. */
export function tiledOf(dataset: Dataset): Tiled | undefined {
  return 'tiled' in dataset ? (dataset as ImageSet).tiled : undefined;
}

/** Scores of all of a set's tiles as scores of its images; those of whole images as they are. */
export function scoresOfImages(scores: ArrayLike<number>, dataset: Dataset): Float64Array {
  const all = Float64Array.from(scores);
  const tiled = tiledOf(dataset);
  if (tiled === undefined) return all;
  let start = 0;
  return Float64Array.from(tiled.images, ({ corners }) =>
    scoreOfTiles(all.subarray(start, (start += corners.length)), tiled.tiling),
  );
}

/** The image that a tile's key names. */
export function imageOf(key: string): string {
  return key.replace(/#\d+,\d+$/, '');
}

function copyWindow(
  pixels: Uint8Array,
  image: StoredImage,
  {
    corner: { y, x },
    shape: [channels = 1, rows = 1, columns = 1],
    to,
  }: {
    readonly corner: { readonly y: number; readonly x: number };
    readonly shape: Shape;
    readonly to: Uint8Array;
  },
): void {
  for (let channel = 0; channel < channels; channel += 1) {
    for (let row = 0; row < rows; row += 1) {
      const from = (channel * image.height + y + row) * image.width + x;
      to.set(pixels.subarray(from, from + columns), (channel * rows + row) * columns);
    }
  }
}

/** Images in random order, and then, for as many at a time as half of the memory holds, their samples. */
function groupedOrder(
  cuts: NonNullable<ImageSet['tiled']>['images'],
  {
    places,
    firsts,
    store,
    random,
  }: {
    readonly places: Uint32Array;
    readonly firsts: readonly number[];
    readonly store: ImageStore;
    readonly random: Random;
  },
): Uint32Array {
  const order = new Uint32Array(places.length);
  let [at, bytes] = [0, 0];
  let group: number[] = [];
  const flush = (): void => {
    for (const i of random.permutation(group.length)) order[at++] = group[i] ?? 0;
    [group, bytes] = [[], 0];
  };
  for (const place of random.permutation(cuts.length)) {
    const { height = 0, width = 0, corners = [] } = cuts[place] ?? {};
    const more = store.channels * height * width;
    if (group.length > 0 && bytes + more > store.memory / 2) flush();
    bytes += more;
    group.push(...corners.map((_, i) => (firsts[place] ?? 0) + i));
  }
  flush();
  return order;
}

function requireTileable(images: readonly StoredImage[], { tile }: Tiling): void {
  const small = images.find(({ height, width }) => height < tile || width < tile);
  if (small === undefined) return;
  throw datasetError(
    'DATASET_BAD_OPTION',
    `${nameOf(small.file)}: an image of ${tile}×${tile} or more is cut into such tiles, but it is ${small.height}×${small.width}. ` +
      'Take smaller tiles, or give a size for all images to come to.',
  );
}
