// A look into a trained model: a few test samples with what it makes of them, and its memory.

import type { Backend } from '@memae/backend';
import { type LabelledDataset, type Samples, batchFor } from '@memae/datasets';
import { type NdArray, type Program, type Random, ndarray, stack, take } from '@memae/graph';
import type { FittedDetector, ScoredDataset } from '@memae/training';
import { chooseExamples, row } from '../compare/examples.ts';
import { memoryPictures } from '../compare/memory-pictures.ts';
import { type ModelOutputs, runInBatches } from '../compare/run-in-batches.ts';
import { sampleAt } from '../compare/samples.ts';
import type { TrialPictures } from './pictures.ts';
import { masksOf } from './videos.ts';

/** Normal samples, and as many anomalies, that are kept as pictures. */
const drawn = 3;

/** How many normal test samples the use of the memory is measured on, at most. */
const readers = 256;

/** No more memory items than this are kept. */
const keptItems = 100;

export interface LookOptions {
  readonly test: LabelledDataset;
  readonly scored: ScoredDataset;
  readonly classOf: (key: string) => string;
  readonly backend: Backend;
  /** Draws the samples, the same for each method. */
  readonly random: Random;
  /** What the network's numbers stand for: pictures from 0 to 1, or from −1 to 1. */
  readonly range: 'unit' | 'symmetric';
}

/** Puts samples drawn at random through the trained program, and decodes the memory items read most. */
export async function lookInto(
  detector: FittedDetector,
  { test, scored: { keys, labels, scores }, classOf, backend, random, range }: LookOptions,
): Promise<TrialPictures> {
  const chosen = chooseExamples(
    { labels, classes: keys.map(classOf) },
    { methods: [], random, counts: { drawn, hardest: 0 } },
  ).map(({ index }) => index);
  const samples = await samplesAt(test, chosen);
  const found = await outputsOf(detector.program, { samples, backend });
  const { reconstruction, errorMap, weights } = found;
  const masks = await masksFor(
    test,
    chosen.map((index) => keys[index] ?? ''),
  );
  const pictures = chosen.map((index, i) => ({
    key: keys[index] ?? '',
    label: labels[index] ?? 0,
    class: classOf(keys[index] ?? ''),
    score: scores[index] ?? NaN,
    sample: asNumbers(sampleAt(samples, i)),
    ...(reconstruction && { reconstruction: toUnit(row(reconstruction, i), range) }),
    ...(errorMap && { errorMap: row(errorMap, i) }),
    ...(masks[i] && { mask: masks[i] }),
    ...(weights && { weights: meanOverPositions(row(weights, i)) }),
  }));
  const { decodedItems } = detector;
  if (decodedItems === undefined) return { pictures };
  const normals = Array.from(labels.keys()).filter((index) => labels[index] === 0);
  const read = await samplesAt(test, normals.slice(0, readers));
  return { pictures, ...(await memoryOf(detector, { decodedItems, samples: read, backend })) };
}

async function masksFor(
  test: LabelledDataset,
  keys: readonly string[],
): Promise<(NdArray | undefined)[]> {
  const maskOf = masksOf(test);
  const found: (NdArray | undefined)[] = [];
  for (const key of keys) {
    const mask = await maskOf?.(key);
    found.push(mask && ndarray(Float32Array.from(mask.data), mask.shape));
  }
  return found;
}

/** The items that normal samples read most, decoded. */
async function memoryOf(
  { program }: Pick<FittedDetector, 'program'>,
  {
    decodedItems,
    samples,
    backend,
  }: {
    readonly decodedItems: NonNullable<FittedDetector['decodedItems']>;
    readonly samples: Samples;
    readonly backend: Backend;
  },
): Promise<Pick<TrialPictures, 'items' | 'use'>> {
  const { weights } = await outputsOf(program, { samples, backend });
  if (weights === undefined) return {};
  const labels = new Uint8Array(weights.shape[0] ?? 0);
  const { items, use } = await memoryPictures(decodedItems, { backend, weights, labels });
  const order = Array.from(use.keys()).sort((a, b) => (use[b] ?? 0) - (use[a] ?? 0));
  const shares = order.map((item) => use[item] ?? 0);
  return { items: take(items, order.slice(0, keptItems)), use: ndarray(shares, [order.length]) };
}

/** What a scoring program gives for samples. */
async function outputsOf(
  program: Program,
  { samples, backend }: { readonly samples: Samples; readonly backend: Backend },
): Promise<ModelOutputs> {
  const executable = await backend.compile(program);
  try {
    return await runInBatches(samples, (batch) => executable.run({ samples: batch }));
  } finally {
    await executable[Symbol.asyncDispose]();
  }
}

/** Samples of a test set by index, in the order asked for. */
async function samplesAt(test: LabelledDataset, indices: readonly number[]): Promise<Samples> {
  const found = new Map<number, Samples>();
  let start = 0;
  for await (const { samples, keys } of test.batches({ size: batchFor(test.sampleShape) })) {
    for (const index of indices) {
      const place = index - start;
      if (place >= 0 && place < keys.length) found.set(index, sampleAt(samples, place));
    }
    start += keys.length;
    if (found.size === indices.length) break;
  }
  const all = indices.flatMap((index) => found.get(index) ?? []);
  return all.every((sample) => sample.dtype === 'uint8') ? stack(all) : stack(all.map(asNumbers));
}

/** Bytes 0 … 255 as numbers 0 … 1; numbers stay as they are. */
function asNumbers({ dtype, data, shape }: Samples): NdArray {
  return ndarray(
    dtype === 'uint8' ? Float32Array.from(data, (byte) => byte / 255) : Float32Array.from(data),
    shape,
  );
}

function toUnit({ data, shape }: NdArray, range: LookOptions['range']): NdArray {
  return ndarray(range === 'unit' ? data : data.map((value) => (value + 1) / 2), shape);
}

/** Addressing weights [… N] of one sample → [N]. */
function meanOverPositions({ data, shape }: NdArray): NdArray {
  const slots = shape.at(-1) ?? 0;
  const positions = data.length / slots;
  const mean = new Float32Array(slots);
  data.forEach((weight, i) => {
    mean[i % slots] = (mean[i % slots] ?? 0) + weight / positions;
  });
  return ndarray(mean, [slots]);
}
