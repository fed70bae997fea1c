// A model's answers to tiles as answers to the images that they were cut from: maps laid side by side, their mean where tiles
// overlap, and a score for each image.

import {
  type Batch,
  type ImageSet,
  type LabelledBatch,
  type Samples,
  type Tiled,
  scoreOfTiles,
} from '@memae/datasets';
import { type AnyNdArray, type NdArray, ndarray } from '@memae/graph';
import type { Answers } from './scorer.ts';

export interface Answered<B extends Batch = Batch> {
  readonly batch: B;
  readonly answers: Answers;
}

/**
 * Answers to all tiles of a set, in its order → one image after another, as batches of one: its pixels, its label, `score`, and
 * those outputs that have the samples' shape. Other outputs are of tiles, and are left out.
 */
export async function* stitched<B extends Batch>(
  answered: AsyncIterable<Answered<B>>,
  { tiling, images }: NonNullable<ImageSet['tiled']>,
): AsyncGenerator<Answered<B>> {
  let [at, place] = [0, 0];
  let laid: Laid | undefined;
  for await (const { batch, answers } of answered) {
    for (const i of batch.keys.keys()) {
      const image = images[place];
      if (image === undefined) return;
      laid ??= { scores: [], maps: new Map() };
      const corner = image.corners[at] ?? { y: 0, x: 0 };
      laid.scores.push(answers['score']?.data[i] ?? NaN);
      for (const [name, values] of [
        ['samples', batch.samples] as const,
        ...Object.entries(answers),
      ]) {
        if (values.shape.join() === batch.samples.shape.join()) {
          const map = laid.maps.get(name) ?? emptyMap(image, values);
          laid.maps.set(name, map);
          lay(values, { i, corner, map });
        }
      }
      at += 1;
      if (at < image.corners.length) continue;
      const { samples, ...maps } = finished(laid.maps);
      yield {
        batch: asBatch(batch, { samples, key: image.key, i }),
        answers: { ...maps, score: ndarray([scoreOfTiles(laid.scores, tiling)], [1]) },
      };
      [at, place, laid] = [0, place + 1, undefined];
    }
  }
}

/** What has come of an image. */
interface Laid {
  readonly scores: number[];
  readonly maps: Map<string, ImageMap>;
}

interface ImageMap {
  /** `[1, channels, height, width]`: added up. */
  readonly sum: NdArray;
  /** `[height · width]`: how many tiles lie over a pixel. */
  readonly tiles: Uint16Array;
}

function emptyMap({ height, width }: Tiled['images'][number], { shape }: AnyNdArray): ImageMap {
  const channels = shape[1] ?? 1;
  return {
    sum: ndarray(new Float32Array(channels * height * width), [1, channels, height, width]),
    tiles: new Uint16Array(height * width),
  };
}

function lay(
  { data, shape: [, channels = 1, rows = 1, columns = 1] }: AnyNdArray,
  {
    i,
    corner: { y, x },
    map: { sum, tiles },
  }: {
    readonly i: number;
    readonly corner: { readonly y: number; readonly x: number };
    readonly map: ImageMap;
  },
): void {
  const [, , height = 1, width = 1] = sum.shape;
  for (let channel = 0; channel < channels; channel += 1) {
    for (let row = 0; row < rows; row += 1) {
      const from = ((i * channels + channel) * rows + row) * columns;
      const to = (y + row) * width + x;
      for (let column = 0; column < columns; column += 1) {
        const pixel = channel * height * width + to + column;
        sum.data[pixel] = (sum.data[pixel] ?? 0) + (data[from + column] ?? 0);
        if (channel === 0) tiles[to + column] = (tiles[to + column] ?? 0) + 1;
      }
    }
  }
}

/** Means of what was added up; the samples as bytes. */
function finished(maps: Laid['maps']): { samples: Samples } & Record<string, NdArray> {
  const means = Object.fromEntries(
    Array.from(maps, ([name, { sum, tiles }]) => {
      sum.data.forEach((value, pixel) => {
        sum.data[pixel] = value / (tiles[pixel % tiles.length] ?? 1);
      });
      return [name, sum] as const;
    }),
  );
  const { samples = ndarray([], [0]), ...rest } = means;
  return Object.assign(rest, { samples: ndarray(Uint8Array.from(samples.data), samples.shape) });
}

/** The batch of one image, with the label of its last tile, where tiles have labels. */
function asBatch<B extends Batch>(
  batch: B,
  { samples, key, i }: { readonly samples: Samples; readonly key: string; readonly i: number },
): B {
  const { labels } = batch as Partial<LabelledBatch>;
  return { ...batch, samples, keys: [key], ...(labels && { labels: labels.slice(i, i + 1) }) };
}
