// A model's answers over a whole test set, measured in one pass, whoever gives them: an engine that has just been
// trained on, or an exported model. What is a number a sample is kept; error maps are measured on the way and let go.

import type { Batch, LabelledBatch, LabelledDataset, MaskOf } from '@memae/datasets';
import { type AnyNdArray, type NdArray, hasCode } from '@memae/graph';
import { type PixelMap, measurePixels } from '@memae/metrics';
import type { ScoredDataset } from '@memae/training';
import { row } from '../compare/examples.ts';
import { type Columns, measureScores } from './measures.ts';
import { middleFrame } from './videos.ts';

/** What a model says of a batch. */
export interface Answered<B extends Batch = Batch> {
  readonly batch: B;
  /** Outputs by name, those that it has. */
  readonly answers: Readonly<Partial<Record<string, AnyNdArray>>>;
}

/** Batches in the order of their data set. */
export type AllAnswered<B extends Batch = Batch> = AsyncGenerator<Answered<B>>;

export interface Measured {
  readonly scored: ScoredDataset;
  /** By the ids of `measuresOf`. */
  readonly figures: Readonly<Record<string, number>>;
}

export interface MeasureAnswersOptions {
  /** All batches of the test set, with `score` among the answers. */
  readonly answered: AllAnswered<LabelledBatch>;
  /** Other outputs to keep that are a number a sample. */
  readonly others?: readonly string[];
  /** With them, and `errorMap` among the answers, pixels are measured. */
  readonly masks?: MaskOf | undefined;
  /** Told why pixel figures are left out, where they are; without it, that is an error. */
  readonly onWarning?: ((message: string) => void) | undefined;
}

/**
 * Measures the scores, and the error maps of samples that have a mask; `columns` holds the scores and the `others`.
 * @throws as the metrics for labels of one kind only
 */
export async function measureAnswers(
  { length, modality }: Pick<LabelledDataset, 'length' | 'modality'>,
  { answered, others = [], masks, onWarning: warn }: MeasureAnswersOptions,
): Promise<Measured & { readonly columns: Columns }> {
  const scores = new Float32Array(length);
  const columns = new Map([['score', scores], ...emptyColumns(others, length)]);
  const keys: string[] = [];
  const labels = new Uint8Array(length);
  async function* labelled(): AllAnswered<LabelledBatch> {
    for await (const each of keeping(answered, columns)) {
      labels.set(each.batch.labels, keys.length);
      keys.push(...each.batch.keys);
      yield each;
    }
  }
  const pixels = masks && (await pixelFigures(pixelMaps(labelled(), masks), warn));
  if (!masks) await exhaust(labelled());
  const scored = { keys, scores, labels };
  return { scored, columns, figures: { ...measureScores(modality, scored), ...pixels } };
}

/** The outputs of these names for each of `length` samples. */
export async function columnsOf(
  answered: AllAnswered,
  { names, length }: { readonly names: Iterable<string>; readonly length: number },
): Promise<Columns> {
  const columns = emptyColumns(names, length);
  await exhaust(keeping(answered, columns));
  return columns;
}

function emptyColumns(names: Iterable<string>, length: number): Map<string, Float32Array> {
  return new Map(Array.from(names, (name) => [name, new Float32Array(length)]));
}

/** Hands on what comes, and fills the columns on the way. */
async function* keeping<B extends Batch>(
  answered: AllAnswered<B>,
  columns: Columns,
): AllAnswered<B> {
  let start = 0;
  for await (const each of answered) {
    for (const [name, column] of columns) column.set(each.answers[name]?.data ?? [], start);
    start += each.batch.keys.length;
    yield each;
  }
}

async function exhaust(items: AsyncGenerator): Promise<void> {
  while ((await items.next()).done !== true);
}

/** None where masks do not mark both anomalous and normal pixels: all else can be measured still. */
async function pixelFigures(
  maps: AsyncIterable<PixelMap>,
  warn: MeasureAnswersOptions['onWarning'],
): Promise<Readonly<Record<string, number>>> {
  try {
    const { auroc, pro } = await measurePixels(maps);
    return { pixelAuroc: auroc, pro };
  } catch (error) {
    if (!hasCode(error, 'METRIC_SINGLE_CLASS') || warn === undefined) throw error;
    warn(`Pixel figures are left out: ${(error as Error).message}`);
    return {};
  }
}

/** The error map of each frame that has a mask, its channels added up. */
async function* pixelMaps(answered: AllAnswered, masks: MaskOf): AsyncGenerator<PixelMap> {
  for await (const { batch, answers } of answered) {
    for (const [i, key] of batch.keys.entries()) {
      const mask = await masks(key);
      if (mask === undefined) continue;
      const { data } = middleFrame(row(answers['errorMap'] as NdArray, i));
      const scores = new Float32Array(mask.data.length);
      data.forEach((error, place) => {
        const pixel = place % scores.length;
        scores[pixel] = (scores[pixel] ?? 0) + error;
      });
      yield { scores, mask: mask.data, width: mask.shape[1] ?? 1 };
    }
  }
}
