// Graph to graph: every optimisation and every specialisation is one function over tensors.

import { createTensor } from './infer.ts';
import type { Op, Parameter, Tensor } from './op.ts';
import { inOrder } from './walk.ts';

/** What a graph is made of before its leaves are collected. */
export interface Graph<O extends string = string> {
  readonly outputs: Readonly<Record<O, Tensor>>;
  readonly updates: ReadonlyMap<Parameter, Tensor>;
}

/**
 * Rebuilds a graph bottom up. `replace` sees each tensor and its inputs already rewritten, and
 * gives what shall stand in its place, or `undefined` to keep the operation on those inputs.
 */
export function rewrite<O extends string>(
  graph: Graph<O>,
  replace: (tensor: Tensor, inputs: readonly Tensor[]) => Tensor | undefined,
): Graph<O> {
  const done = new Map<Tensor, Tensor>();
  const now = (tensor: Tensor): Tensor => done.get(tensor) ?? tensor;
  const roots = [
    ...Object.values<Tensor>(graph.outputs),
    ...graph.updates.values(),
    ...graph.updates.keys(),
  ];
  for (const tensor of inOrder(roots)) {
    const inputs = tensor.op.inputs.map(now);
    done.set(tensor, replace(tensor, inputs) ?? withInputs(tensor, inputs));
  }
  return {
    outputs: Object.fromEntries(
      Object.entries<Tensor>(graph.outputs).map(([name, tensor]) => [name, now(tensor)]),
    ) as Record<O, Tensor>,
    updates: new Map([...graph.updates].map(([k, v]) => [now(k) as Parameter, now(v)])),
  };
}

/** The same operation on other inputs; the same tensor where they are the same. */
export function withInputs(tensor: Tensor, inputs: readonly Tensor[]): Tensor {
  if (inputs.every((x, i) => x === tensor.op.inputs[i])) return tensor;
  return createTensor(withOperands(tensor.op, inputs));
}

function withOperands(op: Op, inputs: readonly Tensor[]): Op {
  return { ...op, inputs } as Op;
}

/** The same graph for one batch size: the axis `batch` becomes a number everywhere. */
export function specialise<O extends string>(graph: Graph<O>, batch: number): Graph<O> {
  const fix = (dims: Tensor['dims']): number[] =>
    dims.map((dim) => (dim === 'batch' ? batch : dim));
  return rewrite(graph, (tensor, inputs) => {
    const { op } = tensor;
    if (op.type === 'input') return { ...tensor, dims: fix(tensor.dims) };
    if (op.type !== 'reshape' && op.type !== 'expand') return undefined;
    return createTensor(withOperands({ ...op, to: fix(op.to) }, inputs));
  });
}
