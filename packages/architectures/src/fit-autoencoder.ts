// From data to a fitted detector: the one way in which every autoencoder here learns.

import { errorMap, reconstructionError } from '@memae/core';
import { type Dataset, type Modality, fingerprint } from '@memae/datasets';
import {
  type LayerInit,
  MemaeError,
  type Random,
  type Tensor,
  bindParameters,
  cast,
  defineProgram,
  div,
  input,
} from '@memae/graph';
import {
  type EpochReport,
  type FitContext,
  type FittedDetector,
  type OptionsOf,
  adam,
  fitted,
  train,
} from '@memae/training';
import { type Autoencoder, autoencoder, objectiveOf } from './autoencoder.ts';
import { mnistBackbone } from './backbone.ts';
import type { Bottleneck } from './bottleneck.ts';
import { healthAdvice } from './health-advice.ts';
import type { commonOptions } from './options.ts';

export interface FitPlan<M extends Modality> {
  readonly dataset: Dataset<M>;
  readonly context: FitContext;
  /** The method's id. */
  readonly method: string;
  /** All of the method's options: a checkpoint must agree with each. */
  readonly options: OptionsOf<typeof commonOptions>;
  /** Makes what sits between encoder and decoder. */
  readonly bottleneck: (init: LayerInit, codeShape: readonly number[]) => Bottleneck;
}

/** Builds the network for the data, trains it, and binds what it learned into a scoring program. */
export async function fitAutoencoder<M extends Modality>({
  dataset,
  context,
  method,
  options,
  bottleneck,
}: FitPlan<M>): Promise<FittedDetector> {
  requireSamples(dataset);
  if (options['network.output'] === 'sigmoid') await requireUnitRange(dataset);
  const { backend, random, validation, checkpoints, signal, clock, onStep, onWarning } = context;
  const reduction = options['loss.reduction'];
  const samples = input('samples', ['batch', ...dataset.sampleShape], dataset.dtype);
  const x = scaled(samples);
  const model = build(dataset, { options, bottleneck, random: random.fork('parameters') });
  const advise = healthAdvice(onWarning);

  const { parameters, history } = await train(backend, {
    objective: objectiveOf(model, { x, mode: 'train', reduction }),
    dataset,
    plan: {
      epochs: options['training.epochs'],
      batchSize: options['training.batch'],
      optimizer: adam({ learningRate: options['training.rate'] }),
      random: random.fork('batches'),
      ...(options['training.steps'] > 0 ? { maxSteps: options['training.steps'] } : {}),
      ...(options['training.patience'] > 0 ? { patience: options['training.patience'] } : {}),
      ...(validation === undefined
        ? {}
        : {
            validation: {
              dataset: validation,
              loss: objectiveOf(model, { x, mode: 'score', reduction }).loss,
            },
          }),
      ...(checkpoints === undefined
        ? {}
        : {
            checkpoints,
            fingerprint: {
              method,
              ...options,
              data: await fingerprint(dataset),
              randomness: random.fork('fingerprint').integer(2 ** 32),
            },
          }),
      ...(signal === undefined ? {} : { signal }),
      ...(clock === undefined ? {} : { clock }),
      ...(onStep === undefined ? {} : { onStep }),
      onEpoch: (report: EpochReport) => {
        advise(report);
        context.onEpoch?.(report);
      },
    },
  });

  const { reconstruction, weights } = model.forward(x, 'score');
  const program = defineProgram({
    score: reconstructionError(x, reconstruction, { reduction }),
    reconstruction,
    errorMap: errorMap(x, reconstruction),
    ...(weights === undefined ? {} : { weights }),
  });
  const { decodedItems } = model;
  return fitted(bindParameters(program, parameters), {
    backend,
    history,
    ...(decodedItems === undefined
      ? {}
      : { decodedItems: bindParameters(defineProgram({ items: decodedItems }), parameters) }),
  });
}

/** Bytes 0 … 255 as numbers 0 … 1; numbers stay as they are. */
function scaled(samples: Tensor): Tensor {
  return samples.dtype === 'uint8' ? div(cast(samples, 'float32'), 255) : samples;
}

function build(
  { sampleShape }: Dataset,
  {
    options,
    bottleneck,
    random,
  }: Pick<FitPlan<Modality>, 'options' | 'bottleneck'> & { readonly random: Random },
): Autoencoder {
  const backbone = mnistBackbone(
    { name: '', random },
    {
      sampleShape,
      padding: options['network.padding'],
      activation: options['network.activation'],
      output: options['network.output'],
    },
  );
  return autoencoder(backbone, bottleneck({ name: 'memory', random }, backbone.codeShape));
}

function requireSamples({ name, length }: Dataset): void {
  if (length >= 2) return;
  throw new MemaeError(
    'ARCHITECTURE_TOO_FEW_SAMPLES',
    `Training needs two samples or more, but ${name} has ${length}.`,
  );
}

/** A sigmoid cannot reach numbers outside [0, 1]; bytes are scaled there, numbers must come so. */
async function requireUnitRange(dataset: Dataset): Promise<void> {
  if (dataset.dtype === 'uint8') return;
  for await (const { samples, keys } of dataset.batches({ size: 256 })) {
    const outside = samples.data.findIndex((value) => !(value >= 0 && value <= 1));
    if (outside < 0) continue;
    const key = keys[Math.floor((outside * keys.length) / samples.data.length)] ?? dataset.name;
    throw new MemaeError(
      'ARCHITECTURE_OUT_OF_RANGE',
      `With network.output=sigmoid samples must lie in [0, 1], but ${key} holds ` +
        `${samples.data[outside] ?? NaN}. Scale the samples, or set network.output=linear.`,
    );
  }
}
