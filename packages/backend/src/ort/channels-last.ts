// Training graphs are laid out channels last: [B, …, C]. Convolutions then become products of
// gathered columns with the kernel, and sums over batch and space products with a row of ones:
// the matrix product is what ONNX Runtime's CPU provider does fastest.

import {
  type Dims,
  type Graph,
  type OpOf,
  type Shape,
  type Tensor,
  reshape,
  rewrite,
  sizeOf,
  sum,
  mean,
  isElementwise,
  max,
  transpose,
  withInputs,
} from '@memae/graph';
import { createColumns, fewChannels } from './columns.ts';
import { firstOrder, lastOrder } from './layout.ts';

/** Rewrites a graph whose axes are all numbers; its outputs and updates keep their layout. */
export function channelsLast<O extends string>(graph: Graph<O>): Graph<O> {
  const columns = createColumns();
  /** Tensors of the new graph whose axes are physically [0, 2, …, 1]. */
  const last = new Set<Tensor>();
  const mark = (tensor: Tensor): Tensor => {
    last.add(tensor);
    return tensor;
  };
  const toFirst = (x: Tensor): Tensor =>
    last.has(x) ? transpose(x, firstOrder(x.dims.length)) : x;
  const toLast = (x: Tensor): Tensor => (last.has(x) ? x : transpose(x, lastOrder(x.dims.length)));

  const elementwise = (tensor: Tensor, inputs: readonly Tensor[]): Tensor => {
    const rank = tensor.dims.length;
    const size = countOf(tensor.dims);
    if (!inputs.some((x) => last.has(x) && countOf(x.dims) === size)) {
      return withInputs(tensor, inputs.map(toFirst));
    }
    const aligned = inputs.map((x) => {
      if (x.dims.length === 0 || last.has(x)) return x;
      const ones = Array.from({ length: rank - x.dims.length }, () => 1);
      return toLast(reshape(x, [...ones, ...x.dims]));
    });
    return mark(withInputs(tensor, aligned));
  };

  const reduction = (tensor: Tensor, op: OpOf<'sum' | 'mean' | 'max'>, x: Tensor): Tensor => {
    if (!last.has(x)) return withInputs(tensor, [x]);
    const rank = x.dims.length;
    const axes = op.axes.map((axis) => physicalAxis(axis, rank)).sort((a, b) => a - b);
    const kept = x.dims.flatMap((_, axis) => (axes.includes(axis) ? [] : [axis]));
    const reduced = { sum, mean, max }[op.type](x, { axes, keepDims: op.keepDims });
    if (op.keepDims) return mark(reduced);
    // Channels come out behind space here, but before it in the program.
    return kept.includes(rank - 1) && kept.some((axis) => axis > 0 && axis < rank - 1)
      ? withInputs(tensor, [toFirst(x)])
      : reduced;
  };

  const rewritten = rewrite(graph, (tensor, inputs) => {
    const { op } = tensor;
    const [a, b] = inputs;
    if (a === undefined) return undefined;
    switch (op.type) {
      case 'conv':
        if (b === undefined) return undefined;
        return mark(columns.conv(toLast(a), { kernel: b, op }));
      case 'convTranspose':
        if (b === undefined) return undefined;
        // Few channels out make thin products; ONNX Runtime's own operator scatters them faster.
        if (Number(tensor.dims[1]) <= fewChannels) return withInputs(tensor, [toFirst(a), b]);
        return mark(
          columns.convTranspose(toLast(a), { kernel: b, op, space: spaceOf(tensor.dims) }),
        );
      case 'convKernelGradient':
        if (b === undefined) return undefined;
        return columns.kernelGradient(toLast(a), { y: toLast(b), op });
      case 'sum':
      case 'mean':
      case 'max':
        return reduction(tensor, op, a);
      default:
        return isElementwise(op) || op.type === 'cast'
          ? elementwise(tensor, inputs)
          : withInputs(tensor, inputs.map(toFirst));
    }
  });
  const restore = (x: Tensor): Tensor => toFirst(x);
  return {
    outputs: Object.fromEntries(
      Object.entries<Tensor>(rewritten.outputs).map(([name, x]) => [name, restore(x)]),
    ) as Record<O, Tensor>,
    updates: new Map([...rewritten.updates].map(([target, x]) => [target, restore(x)])),
  };
}

function physicalAxis(axis: number, rank: number): number {
  if (axis === 0) return 0;
  return axis === 1 ? rank - 1 : axis - 1;
}

function spaceOf(dims: Dims): Shape {
  return dims.slice(2).map(Number);
}

function countOf(dims: Dims): number {
  return sizeOf(dims.map(Number));
}
