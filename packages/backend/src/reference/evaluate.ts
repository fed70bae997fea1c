// Computes tensors one after another, in the order of the graph.

import {
  type Dims,
  type Input,
  type OpOf,
  type Parameter,
  type Shape,
  type Tensor,
  inOrder,
  isInput,
  isParameter,
} from '@memae/graph';
import { type ComputedType, type Kernel, kernels } from './kernels.ts';
import type { Value } from './value.ts';

/** The values that a graph does not compute, and the length of its axis `batch`. */
export interface Given {
  readonly leaves: ReadonlyMap<Input | Parameter, Value>;
  readonly batch: number;
}

/** The values of the tensors wanted, and of all that they need, in float64. */
export function evaluate(
  wanted: Iterable<Tensor>,
  { leaves, batch }: Given,
): ReadonlyMap<Tensor, Value> {
  const values = new Map<Tensor, Value>();
  for (const tensor of inOrder(wanted)) {
    if (isInput(tensor) || isParameter(tensor)) {
      const leaf = leaves.get(tensor);
      if (leaf === undefined) throw new Error(`no value was given for ${tensor.op.name}`);
      values.set(tensor, leaf);
    } else {
      const op = tensor.op as OpOf<ComputedType>;
      const shape = resolve(tensor.dims, batch);
      const inputs = op.inputs.flatMap((x) => values.get(x) ?? []);
      const kernel = kernels[op.type] as Kernel<ComputedType>;
      values.set(tensor, { shape, data: kernel(op, inputs, shape) });
    }
  }
  return values;
}

function resolve(dims: Dims, batch: number): Shape {
  return dims.map((dim) => (dim === 'batch' ? batch : dim));
}
