// What all methods here share: they differ in their options, and in what sits between encoder and decoder.

import type { Dataset, Modality } from '@memae/datasets';
import type { Detector } from '@memae/training';
import { type FitPlan, fitAutoencoder } from './fit-autoencoder.ts';

type Plan = FitPlan<Modality>;

/** The `create` of a plug-in: the network for the data, with the bottleneck in it that its options ask for. */
export function withBottleneck<O>(
  method: string,
  bottleneckOf: (options: O, dataset: Dataset) => Plan['bottleneck'],
): (options: O & Plan['options']) => Detector {
  return (options) => ({
    fit: (dataset, context) =>
      fitAutoencoder({
        ...{ dataset, context, method, options },
        bottleneck: bottleneckOf(options, dataset),
      }),
  });
}
