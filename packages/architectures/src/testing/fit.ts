// For tests: a method fitted on the engine, from options as they come.

import type { Backend } from '@memae/backend';
import type { Dataset } from '@memae/datasets';
import { createRandom } from '@memae/graph';
import type { AnyDetectorPlugin, FitContext, FittedDetector, RawOptions } from '@memae/training';
import { drawnDataset } from './strokes.ts';

const few = drawnDataset([1], { count: 40 });

export type FitOptions = Partial<FitContext> & {
  readonly dataset?: Dataset;
  readonly seed?: number;
};

/** Fits to forty ones, unless other data are given. */
export function fitter(backend: () => Backend) {
  return (
    plugin: AnyDetectorPlugin,
    options: RawOptions,
    { dataset = few, seed = 1, ...more }: FitOptions = {},
  ): Promise<FittedDetector> => {
    const context = { backend: backend(), random: createRandom(seed), ...more };
    return plugin.createFrom(options).fit(dataset, context);
  };
}
