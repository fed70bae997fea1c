// Reverse-mode differentiation: a graph for the gradients, built from the graph of the loss.

import { MemaeError } from './error.ts';
import { gradientRules, type GradientRule } from './gradient-rules.ts';
import { formatShape, zeros } from './ndarray.ts';
import type { OpType, Parameter, Tensor } from './op.ts';
import { add, constant } from './ops.ts';
import { inOrder } from './walk.ts';

/**
 * The gradient of a scalar loss for each parameter, as tensors of the parameters' shapes;
 * zeros where the loss does not depend on one.
 * @throws `GRAPH_NOT_DIFFERENTIABLE` when the loss is not a scalar.
 */
export function gradients(
  loss: Tensor,
  parameters: readonly Parameter[],
): ReadonlyMap<Parameter, Tensor> {
  const found = differentiate(loss, parameters);
  return new Map(
    parameters.map((parameter) => [
      parameter,
      found.get(parameter) ?? constant(zeros(parameter.op.initial.shape)),
    ]),
  );
}

/** As `gradients`, for any tensors of the graph; those that the loss does not reach are left out. */
export function differentiate(
  loss: Tensor,
  wanted: readonly Tensor[],
): ReadonlyMap<Tensor, Tensor> {
  if (loss.dims.length > 0 || loss.dtype !== 'float32') {
    throw new MemaeError(
      'GRAPH_NOT_DIFFERENTIABLE',
      `A loss must be a float32 scalar, but it is ${loss.dtype} ${formatShape(loss.dims)}; ` +
        'reduce it with mean() or sum() first.',
    );
  }
  const order = inOrder([loss]);
  const active = new Set<Tensor>(wanted);
  for (const tensor of order) {
    if (tensor.op.inputs.some((x) => active.has(x))) active.add(tensor);
  }

  const found = new Map<Tensor, Tensor>([[loss, constant(1)]]);
  for (const tensor of order.reverse()) {
    const gradient = found.get(tensor);
    const rule = gradientRules[tensor.op.type] as GradientRule<OpType> | null;
    if (gradient === undefined || rule === null || !active.has(tensor)) continue;
    const flows = rule(gradient, tensor.op, tensor);
    tensor.op.inputs.forEach((x, i) => {
      const flow = flows[i];
      if (flow === null || flow === undefined || !active.has(x)) return;
      const before = found.get(x);
      found.set(x, before === undefined ? flow : add(before, flow));
    });
  }
  return found;
}
