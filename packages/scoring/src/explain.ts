// Why a sample has its score: where its reconstruction errs, how much of the error each original column has, and which
// memory items it was put together from.

import { type Batch, type Samples, batchFor } from '@memae/datasets';
import { type NdArray, ndarray, slice } from '@memae/graph';
import { type OriginalColumn, type Value, originalColumns } from './columns.ts';
import {
  encodePng,
  heatPixels,
  heatScale,
  overlayPixels,
  pixelsOf,
  placeErrors,
} from './pictures.ts';
import type { Answers, Scorer } from './scorer.ts';
import { frameAt, isPicture, rowOf, sampleOf, toUnit } from './views.ts';

/** PNG; of a clip the frame that it stands for. */
export interface ExplainedPictures {
  readonly sample: Uint8Array;
  readonly reconstruction: Uint8Array;
  /** The error of each place, dark to light, to the scale. */
  readonly errors: Uint8Array;
  /** The sample in grey, the errors over it. */
  readonly overlay: Uint8Array;
}

/** What an original column has of the error; one-hot numbers and the like are summed. */
export interface ColumnShare {
  readonly name: string;
  /** In the sample, as near as can be told from the model's numbers. */
  readonly value: Value;
  /** In its reconstruction. */
  readonly expected: Value;
  /** Its part of the reconstruction error: all of them come to the score, where that is the error. */
  readonly error: number;
  /** The same from 0 to 1. */
  readonly share: number;
}

export interface ItemUse {
  /** Its place in the memory, from 0. */
  readonly item: number;
  /** Its addressing weight; of queries for single positions their mean. */
  readonly weight: number;
}

export interface Explanation {
  readonly key: string;
  readonly score: number;
  /** Of pictures and frames. */
  readonly pictures?: ExplainedPictures;
  /** Of rows, the largest error first. */
  readonly columns?: readonly ColumnShare[];
  /** Of methods with a memory, the highest weight first. */
  readonly memory?: readonly ItemUse[];
}

export interface ExplainOptions {
  /** Memory items told, at most; 5 by default. */
  readonly items?: number;
  /** The error that is lightest; by default the largest in these samples. Twice what is typical of normal samples is a good one. */
  readonly scale?: number | undefined;
}

const outputs = ['score', 'reconstruction', 'errorMap', 'weights'];

/**
 * Explains the scores of a batch, in its order. What the model does not answer is left out.
 * @throws as `scoreBatch`
 */
export async function explain(
  scorer: Scorer,
  { samples, keys }: Batch,
  { items = 5, scale }: ExplainOptions = {},
): Promise<Explanation[]> {
  const columns = originalColumns(scorer.manifest.preparation);
  const seen: Seen[] = [];
  const size = batchFor(samples.shape.slice(1));
  for (let start = 0; start < keys.length; start += size) {
    const end = Math.min(start + size, keys.length);
    const part = { samples: between(samples, start, end), keys: keys.slice(start, end) };
    const answers = await scorer.answerBatch(part, outputs);
    for (let i = 0; i < part.keys.length; i += 1) {
      seen.push(look(scorer, { answers, sample: sampleOf(part.samples, i), index: i }));
    }
  }
  const max = scale ?? seen.reduce((most, { errors }) => Math.max(most, largest(errors)), 0);
  return seen.map(({ score, weights, ...view }, i) => ({
    key: keys[i] ?? '',
    score,
    ...(view.errors && drawn({ ...view, errors: view.errors }, max)),
    ...(view.rowErrors &&
      columns.length > 0 && {
        columns: sharesOf(columns, { ...view, rowErrors: view.rowErrors, scorer }),
      }),
    ...(weights && { memory: mostRead(weights).slice(0, items) }),
  }));
}

/** What is kept of a sample until the scale is known. */
interface Seen {
  readonly score: number;
  readonly sample: Samples;
  readonly reconstruction?: NdArray;
  /** Of a picture or frame. */
  readonly errors?: NdArray;
  /** Of a row. */
  readonly rowErrors?: NdArray;
  /** [N] */
  readonly weights?: NdArray;
}

function look(
  { manifest }: Scorer,
  {
    answers: { score, reconstruction, errorMap, weights },
    sample,
    index,
  }: { readonly answers: Answers; readonly sample: Samples; readonly index: number },
): Seen {
  const seen = {
    score: score?.data[index] ?? NaN,
    ...(weights && { weights: meanWeights(rowOf(weights, index)) }),
  };
  if (errorMap === undefined || reconstruction === undefined) return { ...seen, sample };
  const errors = rowOf(errorMap, index);
  const made = toUnit(rowOf(reconstruction, index), manifest);
  if (!isPicture(sample.shape)) return { ...seen, sample, reconstruction: made, rowErrors: errors };
  return {
    ...seen,
    sample: frameAt(sample),
    reconstruction: asNumbers(frameAt(made)),
    errors: asNumbers(frameAt(errors)),
  };
}

function drawn(
  {
    sample,
    reconstruction,
    errors,
  }: Pick<Seen, 'sample' | 'reconstruction'> & { readonly errors: NdArray },
  max: number,
): Pick<Explanation, 'pictures'> {
  const picture = pixelsOf(sample);
  return {
    pictures: {
      sample: encodePng(picture),
      reconstruction: encodePng(pixelsOf(reconstruction ?? errors)),
      errors: encodePng(heatPixels(errors, heatScale(max))),
      overlay: encodePng(overlayPixels(picture, { errors, max })),
    },
  };
}

function sharesOf(
  columns: readonly OriginalColumn[],
  {
    sample,
    reconstruction,
    rowErrors,
    scorer,
  }: Pick<Seen, 'sample' | 'reconstruction'> & {
    readonly rowErrors: NdArray;
    readonly scorer: Scorer;
  },
): ColumnShare[] {
  const mean = scorer.manifest.options['loss.reduction'] === 'mean';
  const part = mean ? 1 / rowErrors.data.length : 1;
  const all = rowErrors.data.reduce((sum, error) => sum + error, 0);
  return columns
    .map(({ name, from, to, valueOf }) => {
      const error = rowErrors.data.subarray(from, to).reduce((sum, each) => sum + each, 0);
      return {
        name,
        value: valueOf(sample.data.subarray(from, to)),
        expected: valueOf(reconstruction?.data.subarray(from, to) ?? []),
        error: error * part,
        share: all > 0 ? error / all : 0,
      };
    })
    .sort((a, b) => b.error - a.error);
}

/** Addressing weights [… N] of one sample → [N]. */
export function meanWeights({ data, shape }: NdArray): NdArray {
  const slots = shape.at(-1) ?? 0;
  const mean = new Float64Array(slots);
  for (let i = 0; i < data.length; i += 1) {
    mean[i % slots] = (mean[i % slots] ?? 0) + (data[i] ?? 0);
  }
  return ndarray(
    Float32Array.from(mean, (sum) => sum / (data.length / slots)),
    [slots],
  );
}

/** Items with a weight, the highest first. */
function mostRead({ data }: NdArray): ItemUse[] {
  return Array.from(data, (weight, item) => ({ item, weight }))
    .filter(({ weight }) => weight > 0)
    .sort((a, b) => b.weight - a.weight);
}

/** The largest error of a place. */
export function largest(errors: Samples | undefined): number {
  return errors === undefined ? 0 : placeErrors(errors).reduce((a, b) => Math.max(a, b), 0);
}

function between(samples: Samples, start: number, end: number): Samples {
  return samples.dtype === 'uint8' ? slice(samples, start, end) : slice(samples, start, end);
}

function asNumbers({ data, shape }: Samples): NdArray {
  return ndarray(Float32Array.from(data), shape);
}
