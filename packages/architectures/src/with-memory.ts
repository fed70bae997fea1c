// What methods with a memory share: they differ in their options alone.

import type { Modality } from '@memae/datasets';
import type { Detector } from '@memae/training';
import { type FitPlan, fitAutoencoder } from './fit-autoencoder.ts';
import { type MemoryChoice, memoryFrom } from './memory-bottleneck.ts';

/** The `create` of a plug-in: the network for the data, with the memory in it that its options ask for. */
export function withMemory(
  method: string,
): (options: FitPlan<Modality>['options'] & MemoryChoice) => Detector {
  return (options) => ({
    fit: (dataset, context) =>
      fitAutoencoder({ dataset, context, method, options, bottleneck: memoryFrom(options) }),
  });
}
