// A method may learn however it likes; what it hands back is one graph from raw sample to score.

import type { Backend, Executable } from '@memae/backend';
import {
  type Dataset,
  type LabelledDataset,
  type Modality,
  type Samples,
  batchFor,
} from '@memae/datasets';
import { type ParameterValues, type Program, type Random, slice } from '@memae/graph';
import type { CheckpointStore } from './checkpoint-store.ts';
import type { EpochReport } from './epoch-meter.ts';
import type { StepReport } from './plan.ts';

/** Everything a method may use while it learns. Nothing is global. */
export interface FitContext {
  readonly backend: Backend;
  readonly random: Random;
  /** Normal samples held out, for the validation loss. */
  readonly validation?: Dataset;
  /** Parameters to go on from, of a model of the same method, options and kind of samples. */
  readonly start?: ParameterValues;
  /** Where training keeps its state, and from where it goes on. */
  readonly checkpoints?: CheckpointStore;
  /** As the plan's: seconds by the clock from one checkpoint within an epoch to the next. */
  readonly saveEvery?: number;
  readonly signal?: AbortSignal;
  /** Milliseconds, from any start: what progress is timed with. */
  readonly clock?: () => number;
  readonly onStep?: (report: StepReport) => void;
  readonly onEpoch?: (report: EpochReport) => void;
  readonly onWarning?: (message: string) => void;
}

/** A method with its options chosen. It holds no learned state, so it can be fitted many times. */
export interface Detector<M extends Modality = Modality> {
  fit(dataset: Dataset<M>, context: FitContext): Promise<FittedDetector>;
}

/** A program from `samples` to at least `score` [B]; others it may give: `reconstruction`, `errorMap`, `weights`. */
export type ScoreProgram = Program & {
  readonly outputs: Readonly<Record<'score', Program['outputs'][string]>>;
};

/** What any method comes to. Higher scores mean more anomalous. */
export interface FittedDetector extends AsyncDisposable {
  readonly program: ScoreProgram;
  /** Single memory items decoded into samples, as output `items` [N, …], where there is a memory. */
  readonly decodedItems?: Program<'items'>;
  /** What training reported, an entry an epoch. */
  readonly history: readonly EpochReport[];
  /** One score a sample. */
  score(samples: Samples): Promise<Float32Array>;
}

/** Makes a scoring program ready on an engine. */
export async function fitted(
  program: ScoreProgram,
  {
    backend,
    ...rest
  }: { readonly backend: Backend } & Pick<FittedDetector, 'history' | 'decodedItems'>,
): Promise<FittedDetector> {
  const executable = await backend.compile({
    ...program,
    outputs: { score: program.outputs.score },
  });
  return {
    program,
    ...rest,
    score: (samples) => scoreSamples(executable, samples),
    [Symbol.asyncDispose]: () => executable[Symbol.asyncDispose](),
  };
}

/** Runs a scoring program over samples in batches → one score a sample. */
export async function scoreSamples(
  executable: Executable<'score'>,
  samples: Samples,
): Promise<Float32Array> {
  const [count = 0, ...sampleShape] = samples.shape;
  const scores = new Float32Array(count);
  const size = batchFor(sampleShape);
  for (let start = 0; start < count; start += size) {
    const end = Math.min(start + size, count);
    const { score } = await executable.run({ samples: sliceSamples(samples, start, end) });
    scores.set(score.data, start);
  }
  return scores;
}

function sliceSamples(samples: Samples, start: number, end: number): Samples {
  return samples.dtype === 'uint8' ? slice(samples, start, end) : slice(samples, start, end);
}

/** Scores beside the truth and the samples' names. */
export interface ScoredDataset {
  readonly scores: Float32Array;
  /** 1 where anomalous. */
  readonly labels: Uint8Array;
  readonly keys: readonly string[];
}

/** Scores a whole labelled data set. */
export async function scoreDataset(
  detector: Pick<FittedDetector, 'score'>,
  dataset: LabelledDataset,
): Promise<ScoredDataset> {
  const scores = new Float32Array(dataset.length);
  const labels = new Uint8Array(dataset.length);
  const keys: string[] = [];
  for await (const batch of dataset.batches({ size: batchFor(dataset.sampleShape) })) {
    scores.set(await detector.score(batch.samples), keys.length);
    labels.set(batch.labels, keys.length);
    keys.push(...batch.keys);
  }
  return { scores, labels, keys };
}
