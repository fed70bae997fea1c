// What an artifact keeps to be explained by: looked for once, after training, in a bounded part of the data. For each memory
// item the training samples that read it most; where queries are single positions an item is no whole picture, so the part
// of the sample around the position that reads it most stands for it, and no item is decoded.

import { type Batch, type Dataset, batchFor } from '@memae/datasets';
import { type NdArray, type Random, sizeOf } from '@memae/graph';
import type { Example, Examples, ItemExample, ManifestFields } from '@memae/onnx';
import { largest, meanWeights } from './explain.ts';
import { preview, readerPreview, weightOf, wholeExample } from './previews.ts';
import { type Reading, noteReadings } from './readings.ts';
import type { Answers } from './scorer.ts';
import { frameAt, isPicture, rowOf, sampleOf, toUnit } from './views.ts';

/** Samples that are looked at, at most, and the numbers that they may hold together. */
const mostSamples = 1024;
const mostNumbers = 2 ** 24;
const itemsKept = 500;
const samplesKept = 6;
/** Bytes of base64 of items and their samples, and of the held-out ones, at most. */
const previewBytes = 3 * 2 ** 20;
const sampleBytes = 2 * 2 ** 20;

/** A model that answers batches: a scorer, or an engine that still holds what it trained. */
export interface Answering {
  readonly manifest: ManifestFields;
  readonly answerBatch: (batch: Batch, outputs: readonly string[]) => Promise<Answers>;
}

export interface CollectOptions {
  readonly train: Dataset;
  /** Normal samples that were held out. */
  readonly validation: Dataset;
  /** Draws the samples. */
  readonly random: Random;
  /** Memory items decoded one by one, `[N, …sampleShape]`, where whole samples ask. */
  readonly decodedItems?: NdArray | undefined;
}

/** Looks for examples with the model that was trained; its outputs `weights` and `errorMap` are asked for. */
export async function collectExamples(
  model: Answering,
  { train, validation, random, decodedItems }: CollectOptions,
): Promise<Examples> {
  const { manifest } = model;
  const readers = new Map<number, Reading[]>();
  const use: number[] = [];
  let seen = 0;
  if (Object.hasOwn(manifest.outputs, 'weights')) {
    for await (const { samples, keys } of some(train, random.fork('training'))) {
      const { weights } = await model.answerBatch({ samples, keys }, ['weights']);
      if (weights === undefined) break;
      keys.forEach((key, i) => {
        const row = rowOf(weights, i);
        meanWeights(row).data.forEach((weight, item) => (use[item] = (use[item] ?? 0) + weight));
        noteReadings(readers, { row, key, samples, place: i });
      });
      seen += keys.length;
    }
  }
  const { typicalError, samples } = await heldOut(model, validation, random.fork('held out'));
  return {
    typicalError,
    ...itemsOf(manifest, { readers, use: use.map((sum) => sum / seen), decodedItems }),
    samples,
  };
}

/** As many items as there is room for, the most used first, and the samples that they name. */
function itemsOf(
  manifest: ManifestFields,
  {
    readers,
    use,
    decodedItems,
  }: {
    readonly readers: ReadonlyMap<number, readonly Reading[]>;
    readonly use: readonly number[];
    readonly decodedItems: NdArray | undefined;
  },
): Pick<Examples, 'items' | 'training'> {
  const training: Example[] = [];
  const places = new Map<string, number>();
  const items: ItemExample[] = [];
  let bytes = 0;
  const order = [...readers.keys()].sort((a, b) => (use[b] ?? 0) - (use[a] ?? 0));
  for (const item of order.slice(0, itemsKept)) {
    const nearest = (readers.get(item) ?? []).map((reading) => {
      const id = JSON.stringify([reading.key, reading.space.length > 0 ? reading.position : 0]);
      const place = places.get(id) ?? training.length;
      if (place === training.length) {
        places.set(id, place);
        const example = readerPreview(reading, manifest);
        bytes += weightOf(example);
        training.push(example);
      }
      return place;
    });
    const decoded =
      decodedItems && preview(toUnit(rowOf(decodedItems, item), manifest), { manifest, key: '' });
    bytes += decoded ? weightOf(decoded) : 0;
    if (bytes > previewBytes) break;
    items.push({ item, use: use[item] ?? 0, ...(decoded && { decoded }), nearest });
  }
  return { items, training };
}

/** How large errors are in normal samples, and a few of these whole: all frames, every pixel. */
async function heldOut(
  model: Answering,
  validation: Dataset,
  random: Random,
): Promise<Pick<Examples, 'typicalError' | 'samples'>> {
  const { manifest } = model;
  const errors: number[] = [];
  const examples: Example[] = [];
  let bytes = 0;
  for await (const { samples, keys } of some(validation, random)) {
    const picture = isPicture(samples.shape.slice(1));
    const { errorMap } = picture
      ? await model.answerBatch({ samples, keys }, ['errorMap'])
      : { errorMap: undefined };
    keys.forEach((key, i) => {
      if (errorMap) errors.push(largest(frameAt(rowOf(errorMap, i))));
      if (examples.length === samplesKept) return;
      const example = wholeExample(sampleOf(samples, i), { manifest, key });
      bytes += weightOf(example);
      if (bytes <= sampleBytes) examples.push(example);
    });
  }
  const ascending = errors.sort((a, b) => a - b);
  return { typicalError: ascending[ascending.length >> 1] ?? 0, samples: examples };
}

/** Samples drawn from a data set, as many as are looked at. */
async function* some(dataset: Dataset, random: Random): AsyncGenerator<Batch> {
  const { sampleShape } = dataset;
  const most = Math.min(mostSamples, Math.max(1, Math.floor(mostNumbers / sizeOf(sampleShape))));
  let seen = 0;
  for await (const batch of dataset.batches({ size: batchFor(sampleShape), shuffle: random })) {
    yield batch;
    seen += batch.keys.length;
    if (seen >= most) return;
  }
}
