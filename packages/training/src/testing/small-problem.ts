// For tests: a small network with batch norm to train in milliseconds, and where its runs are kept.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Dataset, arrayDataset } from '@memae/datasets';
import {
  activation,
  batchNorm,
  createRandom,
  dense,
  greater,
  input,
  max,
  mean,
  ndarray,
  parameter,
  reshape,
  sequential,
  square,
  sub,
  tanh,
} from '@memae/graph';
import { onTestFinished } from 'vitest';
import { adam } from '../adam.ts';
import type { Checkpoint } from '../checkpoint.ts';
import type { CheckpointStore } from '../checkpoint-store.ts';
import type { Objective, TrainPlan } from '../plan.ts';

const width = 4;
const samples = input('samples', ['batch', width]);

/** 33 samples: batches of 8, 8, 8 and 9, for a lone sample joins the batch before it. */
export function tinyDataset(length = 33, seed = 1): Dataset {
  const random = createRandom(seed);
  const data = Float32Array.from({ length: length * width }, () => random.normal());
  return arrayDataset({
    name: 'tiny',
    modality: 'tabular',
    samples: ndarray(data, [length, width]),
  });
}

/** An autoencoder 4-3-4 with batch norm; `score` is its loss on held-out samples. */
export function tinyObjective(): Objective & { readonly score: Objective['loss'] } {
  const random = createRandom(5);
  const model = sequential(
    dense({ name: 'encoder', random }, { from: width, to: 3 }),
    batchNorm({ name: 'norm', random }, { channels: 3 }),
    activation(tanh),
    dense({ name: 'decoder', random }, { from: 3, to: width }),
  );
  const error = (mode: 'train' | 'score') => square(sub(model(samples, mode), samples));
  const trained = error('train');
  return {
    loss: mean(trained),
    measures: { badColumns: max(greater(trained, 2), { axes: [0] }) },
    score: mean(error('score')),
  };
}

/** Three epochs of Adam in batches of 8: twelve steps. */
export function tinyPlan(changes: Partial<TrainPlan> = {}): TrainPlan {
  return {
    epochs: 3,
    batchSize: 8,
    optimizer: adam({ learningRate: 0.01 }),
    random: createRandom(2),
    ...changes,
  };
}

/** Single numbers as samples. */
export function numbers(...values: number[]): Dataset {
  const samples = ndarray(values, [values.length, 1]);
  return arrayDataset({ name: 'numbers', modality: 'tabular', samples });
}

/** What single numbers are fed to. */
export const number = input('samples', ['batch', 1]);

/** How far one number, which starts at 0, is from each sample [B], and from all. */
export const distances = reshape(square(sub(parameter('place', ndarray([0], [])), number)), [
  'batch',
]);
export const distance = mean(distances);

/** One step an epoch, by 0.1 towards `numbers(10, 10)`; the validation loss is lowest at 1, after ten epochs. */
export function turningPlan(): TrainPlan {
  return {
    epochs: 30,
    batchSize: 2,
    optimizer: adam({ learningRate: 0.1 }),
    random: createRandom(1),
    validation: { dataset: numbers(1, 1), loss: distance },
  };
}

/** Keeps every checkpoint as it was handed over. */
export function memoryCheckpoints(): CheckpointStore & { readonly saved: Checkpoint[] } {
  const saved: Checkpoint[] = [];
  return {
    saved,
    load: () => Promise.resolve(saved.at(-1) ?? null),
    save: (checkpoint) => {
      saved.push(checkpoint);
      return Promise.resolve();
    },
  };
}

/** A folder of the test's own, removed afterwards. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'memae-training-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  return folder;
}

/** What a promise is refused with. */
export async function refusal(promise: Promise<unknown>): Promise<Error & { code?: string }> {
  return promise.then(
    () => Promise.reject(new Error('it was not refused')),
    (error: unknown) => error as Error,
  );
}
