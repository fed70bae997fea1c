// A trained model against its whole test set: a score a sample, what the memory itself would score, and, of videos
// with masks, what the error maps say of the pixels.

import type { Backend } from '@memae/backend';
import {
  type Batch,
  type Dataset,
  type LabelledDataset,
  type Modality,
  batchFor,
} from '@memae/datasets';
import { defineProgram } from '@memae/graph';
import type { FittedDetector } from '@memae/training';
import { type AllAnswered, type Measured, columnsOf, measureAnswers } from './measure-answers.ts';
import { measureMemoryScores } from './measures.ts';
import { masksOf } from './videos.ts';

export interface MeasureOptions {
  readonly test: LabelledDataset;
  /** Normal samples that are not of the test, by which what a memory gives is standardised. */
  readonly normal?: Dataset;
  readonly backend: Backend;
  readonly signal?: AbortSignal;
  /** Told why pixel figures are left out, where they are. */
  readonly onWarning?: (message: string) => void;
}

/** Outputs of a scoring program beside the score that are a number a sample. */
const perSample = ['reconstructionError', 'memoryDistance', 'addressingEntropy'];

/**
 * Scores a whole test set, and measures the scores; `figures` by the ids of `measuresOf`.
 * @throws as the metrics for labels of one kind only; the signal's reason when it fires
 */
export async function measureTest(
  { program: { outputs } }: Pick<FittedDetector, 'program'>,
  { test, normal: held, backend, signal, onWarning = () => undefined }: MeasureOptions,
): Promise<Measured> {
  const has = (name: string): boolean => Object.hasOwn(outputs, name);
  const others = perSample.filter(has);
  const masks = has('errorMap') ? masksOf(test) : undefined;
  const wanted = ['score', ...others, ...(masks ? ['errorMap'] : [])];
  const executable = await backend.compile(
    defineProgram(
      Object.fromEntries(Object.entries(outputs).filter(([name]) => wanted.includes(name))),
    ),
  );
  async function* answer<B extends Batch>(dataset: Dataset<Modality, B>): AllAnswered<B> {
    for await (const batch of dataset.batches({ size: batchFor(dataset.sampleShape) })) {
      signal?.throwIfAborted();
      yield { batch, answers: await executable.run({ samples: batch.samples }) };
    }
  }
  try {
    const answered = answer(test);
    const measured = await measureAnswers(test, { answered, others, masks, onWarning });
    const { scored, figures, columns } = measured;
    const normal =
      has('memoryDistance') && held
        ? await columnsOf(answer(held), { names: columns.keys(), length: held.length })
        : undefined;
    const memory = { ...scored, columns, ...(normal && { normal }) };
    return {
      scored,
      figures: { ...figures, ...measureMemoryScores(test.modality, memory) },
    };
  } finally {
    await executable[Symbol.asyncDispose]();
  }
}
