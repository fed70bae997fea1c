// The paper's network for the data, with a method's bottleneck in it, fitted.

import type { Modality } from '@memae/datasets';
import { type LayerInit, MemaeError, type Shape, sizeOf } from '@memae/graph';
import type { FittedDetector, SettledOf } from '@memae/training';
import { autoencoder } from './autoencoder.ts';
import type { Backbone } from './backbone.ts';
import type { Bottleneck } from './bottleneck.ts';
import { type ModelPlan, fitModel } from './fit-model.ts';
import { createNetwork } from './networks.ts';
import type { commonOptions, networkOptions } from './options.ts';

export interface FitPlan<M extends Modality> extends Omit<ModelPlan<M>, 'model' | 'output'> {
  readonly options: ModelPlan<M>['options'] & SettledOf<typeof networkOptions>;
  /** Makes what sits between encoder and decoder, for encodings of a shape. */
  readonly bottleneck: (init: LayerInit, codeShape: Shape) => Bottleneck;
}

/** @throws `ARCHITECTURE_UNFIT`, `ARCHITECTURE_SAMPLE_TOO_SMALL`, `ARCHITECTURE_TOO_LARGE`, `ARCHITECTURE_BATCH_TOO_SMALL`; else as `fitModel`. */
export function fitAutoencoder<M extends Modality>({
  bottleneck,
  ...plan
}: FitPlan<M>): Promise<FittedDetector> {
  const { dataset, options } = plan;
  return fitModel({
    ...plan,
    output: options['network.output'],
    model: (init) => {
      const backbone = createNetwork(init, {
        network: options['network.backbone'],
        data: dataset,
        width: options['network.width'],
        depth: options['network.depth'],
        widths: options['network.widths'].split('-').map(Number),
        strides: options['network.strides'],
        decoder: options['network.decoder'],
        padding: options['network.padding'],
        activation: options['network.activation'],
        output: options['network.output'],
        start: options['network.start'],
      });
      requireBatch(backbone, options);
      return autoencoder(backbone, bottleneck(init, backbone.codeShape));
    },
  });
}

/** Batch norm of one number a channel is no norm. */
function requireBatch({ codeShape }: Backbone, options: SettledOf<typeof commonOptions>): void {
  if (options['training.batch'] > 1 || codeShape.length === 1) return;
  if (sizeOf(codeShape.slice(1)) > 1) return;
  throw new MemaeError(
    'ARCHITECTURE_BATCH_TOO_SMALL',
    'With training.batch=1 the encoding of a step has one number a channel, which batch norm ' +
      'cannot take. Set training.batch=2 or more.',
  );
}
