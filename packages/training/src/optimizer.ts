// An optimiser is a function from graph to graph: from the loss to the values after one step.

import {
  MemaeError,
  type Parameter,
  type Tensor,
  differentiate,
  inOrder,
  isParameter,
} from '@memae/graph';

/** Builds, from the loss, the value that each parameter takes after one step. */
export type Optimizer = (loss: Tensor) => ReadonlyMap<Parameter, Tensor>;

/**
 * The parameters that a loss depends on, each with its gradient.
 * @throws `TRAIN_NOTHING_TO_LEARN` when there are none.
 */
export function trainable(loss: Tensor): readonly (readonly [Parameter, Tensor])[] {
  const parameters = inOrder([loss]).filter(isParameter);
  const found = differentiate(loss, parameters);
  const pairs = parameters.flatMap((p) => {
    const gradient = found.get(p);
    return gradient === undefined ? [] : [[p, gradient] as const];
  });
  if (pairs.length === 0) {
    throw new MemaeError(
      'TRAIN_NOTHING_TO_LEARN',
      'The loss depends on no parameter, so there is nothing to train.',
    );
  }
  return pairs;
}
