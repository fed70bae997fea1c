// A trained model against its whole test set, in one pass: a score a sample, what the memory itself would
// score, and, of videos with masks, what the error maps say of the pixels.

import type { Backend } from '@memae/backend';
import type { Dataset, LabelledDataset, Modality } from '@memae/datasets';
import { type NdArray, defineProgram, hasCode } from '@memae/graph';
import { type PixelMap, measurePixels } from '@memae/metrics';
import { type FittedDetector, type ScoredDataset, batchFor } from '@memae/training';
import { row } from '../compare/examples.ts';
import { runInBatches } from '../compare/run-in-batches.ts';
import { type Columns, measureMemoryScores, measureScores } from './measures.ts';
import { type MaskOf, masksOf, middleFrame } from './videos.ts';

export interface MeasureOptions {
  readonly modality: Modality;
  readonly test: LabelledDataset;
  /** Normal samples that are not of the test, by which what a memory gives is standardised. */
  readonly normal?: Dataset;
  readonly backend: Backend;
  readonly signal?: AbortSignal;
  /** Told why pixel figures are left out, where they are. */
  readonly onWarning?: (message: string) => void;
}

export interface Measured {
  readonly scored: ScoredDataset;
  readonly figures: Readonly<Record<string, number>>;
}

/** Outputs of a scoring program that are a number a sample. */
const perSample = ['score', 'reconstructionError', 'memoryDistance', 'addressingEntropy'];

/**
 * Scores a whole test set, and measures the scores; `figures` by the ids of `measuresOf`.
 * @throws as the metrics for labels of one kind only; the signal's reason when it fires
 */
export async function measureTest(
  { program }: Pick<FittedDetector, 'program'>,
  { modality, test, normal: held, backend, signal, onWarning: warn }: MeasureOptions,
): Promise<Measured> {
  const masks = masksOf(test);
  const outputs = Object.entries(program.outputs).filter(
    ([name]) => perSample.includes(name) || (masks !== undefined && name === 'errorMap'),
  );
  const executable = await backend.compile(defineProgram(Object.fromEntries(outputs)));
  const keys: string[] = [];
  const labels = new Uint8Array(test.length);
  const columns = new Map(
    outputs.flatMap(([name]) =>
      name === 'errorMap' ? [] : [[name, new Float32Array(test.length)] as const],
    ),
  );
  /** Scores all samples; yields the maps of those that have masks. */
  async function* pass(): AsyncGenerator<PixelMap> {
    for await (const batch of test.batches({ size: batchFor(test.sampleShape) })) {
      signal?.throwIfAborted();
      const found = await runInBatches(batch.samples, (samples) => executable.run({ samples }));
      for (const [name, column] of columns) {
        const values = found[name];
        if (values) column.set(values.data, keys.length);
      }
      labels.set(batch.labels, keys.length);
      keys.push(...batch.keys);
      if (masks && found['errorMap']) yield* pixelMaps(found['errorMap'], batch.keys, masks);
    }
  }
  async function columnsOf(samples: Dataset): Promise<Columns> {
    const found = new Map(
      [...columns.keys()].map((name) => [name, new Float32Array(samples.length)]),
    );
    let start = 0;
    for await (const batch of samples.batches({ size: batchFor(samples.sampleShape) })) {
      signal?.throwIfAborted();
      const outputs = await runInBatches(batch.samples, (part) =>
        executable.run({ samples: part }),
      );
      for (const [name, column] of found) column.set(outputs[name]?.data ?? [], start);
      start += batch.keys.length;
    }
    return found;
  }
  try {
    const pixels = masks && (await pixelFigures(pass(), warn));
    if (!masks) await pass().next();
    const normal = columns.has('memoryDistance') && held && (await columnsOf(held));
    const scores = columns.get('score') ?? new Float32Array();
    const scored = { scores, labels, keys };
    return {
      scored,
      figures: {
        ...measureScores(modality, scored),
        ...pixels,
        ...measureMemoryScores(modality, { labels, keys, columns, ...(normal && { normal }) }),
      },
    };
  } finally {
    await executable[Symbol.asyncDispose]();
  }
}

/** None where masks do not mark both anomalous and normal pixels: all else can be measured still. */
async function pixelFigures(
  maps: AsyncIterable<PixelMap>,
  warn: MeasureOptions['onWarning'],
): Promise<Readonly<Record<string, number>>> {
  try {
    const { auroc, pro } = await measurePixels(maps);
    return { pixelAuroc: auroc, pro };
  } catch (error) {
    if (!hasCode(error, 'METRIC_SINGLE_CLASS')) throw error;
    warn?.(`Pixel figures are left out: ${(error as Error).message}`);
    return {};
  }
}

/** The error map of each frame that has a mask, its channels added up. */
export async function* pixelMaps(
  errors: NdArray,
  keys: readonly string[],
  masks: MaskOf,
): AsyncGenerator<PixelMap> {
  for (const [i, key] of keys.entries()) {
    const mask = await masks(key);
    if (mask === undefined) continue;
    const { data } = middleFrame(row(errors, i));
    const scores = new Float32Array(mask.data.length);
    data.forEach((error, place) => {
      const pixel = place % scores.length;
      scores[pixel] = (scores[pixel] ?? 0) + error;
    });
    yield { scores, mask: mask.data, width: mask.shape[1] ?? 1 };
  }
}
