// A step's program with the values of a model that was trained before. The optimiser's own state starts anew: it was not kept.

import {
  MemaeError,
  type ParameterValues,
  type Program,
  bindParameters,
  defineProgram,
  formatShape,
} from '@memae/graph';
import type { Objective } from './plan.ts';

/**
 * The program, its network's parameters as they were left.
 * @throws `TRAIN_BAD_START` naming the parameters that are missing or of another shape
 */
export function startFrom(
  program: Program,
  { objective, start }: { readonly objective: Objective; readonly start: ParameterValues },
): Program {
  const { parameters } = defineProgram({ ...objective.measures, loss: objective.loss });
  const unfit = parameters.flatMap(({ op, dims }) => {
    const there = start.get(op.name)?.shape;
    if (there !== undefined && formatShape(there) === formatShape(dims)) return [];
    return [`${op.name} ${formatShape(dims)}${there ? `, which is ${formatShape(there)}` : ''}`];
  });
  if (unfit.length === 0) return bindParameters(program, start);
  throw new MemaeError(
    'TRAIN_BAD_START',
    `The model that training is to go on from does not have all that the network learns: ${unfit.join('; ')}. Go on with ` +
      'the same method, options and kind of samples; a variational autoencoder keeps no variances and cannot go on.',
  );
}
