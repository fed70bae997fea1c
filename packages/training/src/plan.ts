// What training is told: what to minimise, for how long, and whom to tell of it.

import type { Feeds } from '@memae/backend';
import type { Dataset } from '@memae/datasets';
import { MemaeError, type ParameterValues, type Random, type Tensor } from '@memae/graph';
import type { CheckpointStore } from './checkpoint-store.ts';
import type { EpochReport } from './epoch-meter.ts';
import type { Optimizer } from './optimizer.ts';
import type { Fingerprint } from './progress.ts';

/** Where training stands before a step. */
export interface StepPlace {
  /** Passes over the data so far, with the fraction of the present one. */
  readonly epochs: number;
  /** How many samples the step takes. */
  readonly samples: number;
}

/** What is minimised, over the input `samples`. */
export interface Objective {
  /** A scalar. */
  readonly loss: Tensor;
  /** What an epoch reports beside it: scalars are averaged; of vectors of zeros and ones, places that were one in any batch are counted. */
  readonly measures?: Readonly<Record<string, Tensor>>;
  /**
   * Values for the inputs that it takes beside `samples`. The stream is the step's own, so a resumed
   * run draws what one that was never stopped drew, and so does every engine.
   */
  readonly feeds?: (place: StepPlace, random: Random) => Feeds;
}

/** What training has come to between two epochs. */
export interface EpochState {
  /** Epochs finished. */
  readonly epoch: number;
  readonly parameters: ParameterValues;
  /** Of each measure that is a vector of zeros and ones: 1 for each place that was 1 in any batch of the epoch. */
  readonly seen: Readonly<Record<string, readonly number[]>>;
  /** A stream of this epoch's own. */
  readonly random: Random;
}

export interface TrainPlan {
  readonly epochs: number;
  readonly batchSize: number;
  readonly optimizer: Optimizer;
  /** Order of the samples; each epoch draws from a stream of its own. */
  readonly random: Random;
  /** Ends training after so many steps, if that comes first. */
  readonly maxSteps?: number;
  /** Loss on held-out samples after each epoch, from a graph in `score` mode. */
  readonly validation?: {
    readonly dataset: Dataset;
    readonly loss: Tensor;
    /** Each sample's own error [B], for `untilQuantile`. */
    readonly errors?: Tensor;
  };
  /** Ends training when the validation loss has not fallen for so many epochs; the best parameters are returned. */
  readonly patience?: number;
  /**
   * Ends training when this quantile of the validation errors lies below their mean: what error is left is then in
   * few samples, and further training would only teach the network to reconstruct what is rare.
   */
  readonly untilQuantile?: number;
  /** Called between epochs; training goes on from the parameters that it gives, if any, the others as they are. */
  readonly betweenEpochs?: (state: EpochState) => Promise<ParameterValues | null>;
  /** Values to start from in place of the parameters' own, of a model that was trained before; the optimiser starts anew. */
  readonly start?: ParameterValues;
  /** Where a checkpoint is saved after every epoch, and within one as `saveEvery` says. */
  readonly checkpoints?: CheckpointStore;
  /** Seconds by the clock from one checkpoint within an epoch to the next; 300 where it is not said. */
  readonly saveEvery?: number;
  /** What a checkpoint must agree with to be resumed, by name: options, data, seed. */
  readonly fingerprint?: Fingerprint;
  readonly signal?: AbortSignal;
  readonly clock?: () => number;
  readonly onStep?: (report: StepReport) => void;
  readonly onEpoch?: (report: EpochReport) => void;
}

/** Where training stands after a step. */
export interface StepReport {
  /** From 1. */
  readonly epoch: number;
  readonly epochs: number;
  /** From 1, over all epochs. */
  readonly step: number;
  readonly loss: number;
  readonly samplesPerSecond: number;
  readonly secondsLeft: number;
}

export interface Trained {
  readonly parameters: ParameterValues;
  readonly history: readonly EpochReport[];
}

/** @throws `TRAIN_BAD_PLAN` for a plan that cannot be followed. */
export function requirePlan(plan: TrainPlan, dataset: Dataset): void {
  const { epochs, patience, untilQuantile, validation, saveEvery } = plan;
  const refuse = (message: string): never => {
    throw new MemaeError('TRAIN_BAD_PLAN', message);
  };
  if (!Number.isInteger(epochs) || epochs < 1) {
    refuse(`Training takes a positive whole number of epochs, but ${epochs} came.`);
  }
  if (saveEvery !== undefined && !(saveEvery > 0)) {
    refuse(`saveEvery is a positive number of seconds, but ${saveEvery} came.`);
  }
  if (patience !== undefined && validation === undefined) {
    refuse('Early stopping (patience) looks at the loss on held-out samples, but none came.');
  }
  if (untilQuantile !== undefined && !(untilQuantile > 0 && untilQuantile <= 1)) {
    refuse(`untilQuantile is a share above 0 and up to 1, but ${untilQuantile} came.`);
  }
  if (untilQuantile !== undefined && validation?.errors === undefined) {
    refuse('untilQuantile looks at the errors of held-out samples, but none came.');
  }
  for (const { name, length } of [dataset, ...(validation ? [validation.dataset] : [])]) {
    if (length < 1) refuse(`Training needs samples, but ${name} has none.`);
  }
}
