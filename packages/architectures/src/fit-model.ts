// From data to a fitted detector: the one way in which every autoencoder here learns.

import type { EmptyRows } from '@memae/core';
import { type Dataset, type Modality, fingerprint } from '@memae/datasets';
import { type LayerInit, bindParameters, defineProgram, input } from '@memae/graph';
import {
  type EpochReport,
  type FitContext,
  type FittedDetector,
  type SettledOf,
  adam,
  fitted,
  train,
} from '@memae/training';
import { type Autoencoder, objectiveOf } from './autoencoder.ts';
import type { Output } from './backbone.ts';
import { betweenEpochs } from './between-epochs.ts';
import { healthAdvice } from './health-advice.ts';
import type { trainingOptions } from './options.ts';
import { requireReachable, requireSamples, scaled } from './samples.ts';
import { type ScoreFrom, scoringProgram } from './scoring.ts';

/** What a model is to learn from, and how. */
export interface ModelPlan<M extends Modality> {
  readonly dataset: Dataset<M>;
  readonly context: FitContext;
  /** The method's id. */
  readonly method: string;
  /** All of the method's options, settled: a checkpoint must agree with each. */
  readonly options: SettledOf<typeof trainingOptions> & {
    readonly 'score.from'?: ScoreFrom;
    readonly 'memory.emptyRows'?: EmptyRows;
  };
  /** What the network ends with. */
  readonly output: Output;
  /** Makes the network; its parameters' names and first values come from `init`. */
  readonly model: (init: LayerInit) => Autoencoder;
}

/**
 * Trains a model, and binds what it learned into a scoring program.
 * @throws `ARCHITECTURE_TOO_FEW_SAMPLES`, `ARCHITECTURE_OUT_OF_RANGE`; else as `train`.
 */
export async function fitModel<M extends Modality>(plan: ModelPlan<M>): Promise<FittedDetector> {
  const { dataset, context, method, options, output } = plan;
  requireSamples(dataset);
  const range = options['input.range'];
  await requireReachable(dataset, { output, range });
  const { backend, random, validation, start, checkpoints, saveEvery, signal, clock } = context;
  const { onStep, onWarning } = context;
  const reduction = options['loss.reduction'];
  const samples = input('samples', ['batch', ...dataset.sampleShape], dataset.dtype);
  const x = scaled(samples, range);
  const model = plan.model({ name: '', random: random.fork('parameters') });
  const advise = healthAdvice(onWarning, options);
  const { loss, errors } = objectiveOf(model, { x, mode: 'score', reduction });

  const { parameters, history } = await train(backend, {
    objective: objectiveOf(model, { x, mode: 'train', reduction }),
    dataset,
    plan: {
      epochs: options['training.epochs'],
      batchSize: options['training.batch'],
      optimizer: adam({ learningRate: options['training.rate'] }),
      random: random.fork('batches'),
      ...(options['training.steps'] > 0 && { maxSteps: options['training.steps'] }),
      ...(options['training.patience'] > 0 && { patience: options['training.patience'] }),
      ...(options['training.untilQuantile'] > 0 && {
        untilQuantile: options['training.untilQuantile'],
      }),
      ...(validation && {
        validation: { dataset: validation, loss, errors },
      }),
      ...(start && { start }),
      ...(checkpoints && {
        checkpoints,
        fingerprint: {
          method,
          ...options,
          data: await fingerprint(dataset),
          ...(validation && { validation: await fingerprint(validation) }),
          randomness: random.fork('fingerprint').integer(2 ** 32),
        },
      }),
      ...(saveEvery !== undefined && { saveEvery }),
      ...(signal && { signal }),
      ...(clock && { clock }),
      ...(onStep && { onStep }),
      ...(model.care && {
        betweenEpochs: betweenEpochs(model.care, { model, x, dataset, backend }),
      }),
      onEpoch: (report: EpochReport) => {
        advise(report);
        context.onEpoch?.(report);
      },
    },
  });

  const { decodedItems } = model;
  const program = await scoringProgram(model, {
    x,
    reduction,
    error: options['score.error'],
    weights: options['score.weights'],
    from: options['score.from'] ?? 'error',
    learned: dataset,
    random: random.fork('errors'),
    parameters,
    backend,
    normal: validation ?? dataset,
  });
  return fitted(program, {
    backend,
    history,
    ...(decodedItems && {
      decodedItems: bindParameters(defineProgram({ items: decodedItems }), parameters),
    }),
  });
}
