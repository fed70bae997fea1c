// Engines compute channels last, [B, …, C], where their products and convolutions are fastest.
// Programs are written channels first; this pass moves a graph over and back at its border.

import {
  type Graph,
  type OpOf,
  type Tensor,
  isElementwise,
  max,
  mean,
  reshape,
  rewrite,
  sizeOf,
  sum,
  transpose,
  withInputs,
} from '@memae/graph';
import { firstOrder, lastOrder } from './layout.ts';

/** A convolution of the graph that was given, with what became of its operands, in either layout. */
interface Convolution {
  readonly tensor: Tensor;
  readonly op: OpOf<'conv' | 'convTranspose' | 'convKernelGradient'>;
  readonly operands: readonly [Tensor, Tensor];
}

/** What an engine says of its convolutions. */
interface ConvolutionContext {
  readonly toFirst: (x: Tensor) => Tensor;
  readonly toLast: (x: Tensor) => Tensor;
  /** States that a tensor's axes are [B, …, C], and gives it back. */
  readonly mark: (x: Tensor) => Tensor;
  /** What became of a tensor of the graph that was given; `undefined` if its turn has not come. */
  readonly now: (x: Tensor) => Tensor | undefined;
}

/** Says a convolution as the engine does it best. */
export type LowerConvolution = (convolution: Convolution, context: ConvolutionContext) => Tensor;

/** Rewrites a graph whose axes are all numbers; its outputs and updates keep their layout. */
export function channelsLast<O extends string>(
  graph: Graph<O>,
  lowerConvolution: LowerConvolution,
): Graph<O> {
  /** What became of the tensors seen so far. */
  const done = new Map<Tensor, Tensor>();
  /** Tensors of the new graph whose axes are physically [0, 2, …, 1]. */
  const last = new Set<Tensor>();
  const mark = (tensor: Tensor): Tensor => {
    last.add(tensor);
    return tensor;
  };
  const toFirst = (x: Tensor): Tensor =>
    last.has(x) ? transpose(x, firstOrder(x.dims.length)) : x;
  const toLast = (x: Tensor): Tensor => (last.has(x) ? x : transpose(x, lastOrder(x.dims.length)));
  const context: ConvolutionContext = { toFirst, toLast, mark, now: (x) => done.get(x) };

  const elementwise = (tensor: Tensor, inputs: readonly Tensor[]): Tensor => {
    const rank = tensor.dims.length;
    const size = countOf(tensor);
    // Under more axes, those of a tensor that lies channels last would meet the wrong ones.
    const aligns = (x: Tensor): boolean => last.has(x) && x.dims.length === rank;
    if (!inputs.some((x) => aligns(x) && countOf(x) === size)) {
      return withInputs(tensor, inputs.map(toFirst));
    }
    const aligned = inputs.map((x) => {
      if (x.dims.length === 0 || aligns(x)) return x;
      const first = toFirst(x);
      const ones = Array.from({ length: rank - x.dims.length }, () => 1);
      return toLast(reshape(first, [...ones, ...first.dims]));
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

  const lowered = (tensor: Tensor, inputs: readonly Tensor[]): Tensor => {
    const { op } = tensor;
    const [a, b] = inputs;
    if (a === undefined) return tensor;
    switch (op.type) {
      case 'conv':
      case 'convTranspose':
      case 'convKernelGradient':
        return b === undefined
          ? tensor
          : lowerConvolution({ tensor, op, operands: [a, b] }, context);
      case 'sum':
      case 'mean':
      case 'max':
        return reduction(tensor, op, a);
      default:
        return isElementwise(op) || op.type === 'cast'
          ? elementwise(tensor, inputs)
          : withInputs(tensor, inputs.map(toFirst));
    }
  };
  const rewritten = rewrite(graph, (tensor, inputs) => {
    const made = lowered(tensor, inputs);
    done.set(tensor, made);
    return made;
  });
  return {
    outputs: Object.fromEntries(
      Object.entries<Tensor>(rewritten.outputs).map(([name, x]) => [name, toFirst(x)]),
    ) as Record<O, Tensor>,
    updates: new Map([...rewritten.updates].map(([target, x]) => [target, toFirst(x)])),
  };
}

function physicalAxis(axis: number, rank: number): number {
  if (axis === 0) return 0;
  return axis === 1 ? rank - 1 : axis - 1;
}

function countOf({ dims }: Tensor): number {
  return sizeOf(dims.map(Number));
}
