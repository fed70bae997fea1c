// From data to a fitted detector: the one way in which every autoencoder here learns.

import { type Dataset, type Modality, fingerprint } from '@memae/datasets';
import {
  type LayerInit,
  MemaeError,
  type Random,
  type Shape,
  bindParameters,
  defineProgram,
  input,
  sizeOf,
} from '@memae/graph';
import {
  type EpochReport,
  type FitContext,
  type FittedDetector,
  type SettledOf,
  adam,
  fitted,
  train,
} from '@memae/training';
import { type Autoencoder, autoencoder, objectiveOf } from './autoencoder.ts';
import type { Backbone } from './backbone.ts';
import type { Bottleneck } from './bottleneck.ts';
import { betweenEpochs } from './between-epochs.ts';
import { healthAdvice } from './health-advice.ts';
import { createNetwork } from './networks.ts';
import type { commonOptions } from './options.ts';
import { requireReachable, requireSamples, scaled } from './samples.ts';
import { type ScoreFrom, scoringProgram } from './scoring.ts';

/** The options of every method here, once the data are known. */
export type CommonOptions = SettledOf<typeof commonOptions>;

export interface FitPlan<M extends Modality> {
  readonly dataset: Dataset<M>;
  readonly context: FitContext;
  /** The method's id. */
  readonly method: string;
  /** All of the method's options: a checkpoint must agree with each. */
  readonly options: CommonOptions & { readonly 'score.from'?: ScoreFrom };
  /** Makes what sits between encoder and decoder, for encodings of a shape. */
  readonly bottleneck: (init: LayerInit, codeShape: Shape) => Bottleneck;
}

/** Builds the network for the data, trains it, and binds what it learned into a scoring program. */
export async function fitAutoencoder<M extends Modality>(
  plan: FitPlan<M>,
): Promise<FittedDetector> {
  const { dataset, context, method, options } = plan;
  requireSamples(dataset);
  const range = options['input.range'];
  await requireReachable(dataset, { output: options['network.output'], range });
  const { backend, random, validation, checkpoints, signal, clock, onStep, onWarning } = context;
  const reduction = options['loss.reduction'];
  const samples = input('samples', ['batch', ...dataset.sampleShape], dataset.dtype);
  const x = scaled(samples, range);
  const model = build(plan, random.fork('parameters'));
  const advise = healthAdvice(onWarning);

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
      ...(validation && {
        validation: {
          dataset: validation,
          loss: objectiveOf(model, { x, mode: 'score', reduction }).loss,
        },
      }),
      ...(checkpoints && {
        checkpoints,
        fingerprint: {
          method,
          ...options,
          data: await fingerprint(dataset),
          randomness: random.fork('fingerprint').integer(2 ** 32),
        },
      }),
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
    from: options['score.from'] ?? 'error',
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

function build<M extends Modality>(
  { dataset, options, bottleneck }: FitPlan<M>,
  random: Random,
): Autoencoder {
  const backbone = createNetwork(
    { name: '', random },
    {
      network: options['network.backbone'],
      data: dataset,
      width: options['network.width'],
      widths: options['network.widths'].split('-').map(Number),
      strides: options['network.strides'],
      decoder: options['network.decoder'],
      padding: options['network.padding'],
      activation: options['network.activation'],
      output: options['network.output'],
      start: options['network.start'],
    },
  );
  requireBatch(backbone, options);
  return autoencoder(backbone, bottleneck({ name: '', random }, backbone.codeShape));
}

/** Batch norm of one number a channel is no norm. */
function requireBatch({ codeShape }: Backbone, options: CommonOptions): void {
  if (options['training.batch'] > 1 || options['network.backbone'] === 'tabular') return;
  if (sizeOf(codeShape.slice(1)) > 1) return;
  throw new MemaeError(
    'ARCHITECTURE_BATCH_TOO_SMALL',
    'With training.batch=1 the encoding of a step has one number a channel, which batch norm ' +
      'cannot take. Set training.batch=2 or more.',
  );
}
