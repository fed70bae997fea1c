// Training graphs are laid out channels last: [B, …, C]. Convolutions then become products of
// gathered columns with the kernel, and sums over batch and space products with a row of ones:
// the matrix product is what ONNX Runtime's CPU provider does fastest.

import {
  type Dims,
  type Graph,
  type OpOf,
  type Shape,
  type Tensor,
  type Window,
  inOrder,
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
import { convolutionProducts, fewChannels, transposedConvolution } from './columns.ts';
import { firstOrder, lastOrder } from './layout.ts';

/** Rewrites a graph whose axes are all numbers; its outputs and updates keep their layout. */
export function channelsLast<O extends string>(graph: Graph<O>): Graph<O> {
  const pairs = pairedGradients(graph);
  /** What became of the tensors seen so far. */
  const now = new Map<Tensor, Tensor>();
  const gradients = new Map<Tensor, Tensor>();
  /** Kernels of convolutions so far: a transposed one with the same kernel is a gradient. */
  const convolved = new Set<Tensor>();
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

  const lowered = (tensor: Tensor, inputs: readonly Tensor[]): Tensor => {
    const { op } = tensor;
    const [a, b] = inputs;
    if (a === undefined) return tensor;
    switch (op.type) {
      case 'conv': {
        if (b === undefined) return tensor;
        convolved.add(b);
        const pair = pairs.get(tensor);
        const y = pair === undefined ? undefined : now.get(pair.y);
        const taps = spaceOf(b.dims);
        const { output, gradient } = convolutionProducts(toLast(a), {
          window: op.window,
          taps,
          kernel: b,
          y: y === undefined ? undefined : toLast(y),
        });
        if (pair !== undefined && gradient !== undefined) gradients.set(pair.gradient, gradient);
        return output === undefined ? tensor : mark(output);
      }
      case 'convTranspose':
        if (b === undefined) return tensor;
        // Few channels out make thin products; ONNX Runtime's own operator scatters them faster.
        if (Number(tensor.dims[1]) <= fewChannels) return withInputs(tensor, [toFirst(a), b]);
        return mark(
          transposedConvolution(toLast(a), {
            kernel: b,
            window: op.window,
            space: spaceOf(tensor.dims),
            forward: !convolved.has(b),
          }),
        );
      case 'convKernelGradient': {
        if (b === undefined) return tensor;
        const { window, kernel: taps } = op;
        return (
          gradients.get(tensor) ??
          convolutionProducts(toLast(a), { window, taps, y: toLast(b) }).gradient ??
          tensor
        );
      }
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
    now.set(tensor, made);
    return made;
  });
  const restore = (x: Tensor): Tensor => toFirst(x);
  return {
    outputs: Object.fromEntries(
      Object.entries<Tensor>(rewritten.outputs).map(([name, x]) => [name, restore(x)]),
    ) as Record<O, Tensor>,
    updates: new Map([...rewritten.updates].map(([target, x]) => [target, restore(x)])),
  };
}

interface Pair {
  readonly gradient: Tensor;
  /** The tensor that both are made of besides x. */
  readonly y: Tensor;
}

/**
 * Convolutions of a tensor of which a kernel's gradient is taken under the same window, by what x is
 * made of: that is known by then. So it is with the gradients of a transposed convolution.
 */
function pairedGradients(graph: Graph): Map<Tensor, Pair> {
  const order = inOrder([...Object.values(graph.outputs), ...graph.updates.values()]);
  const found = new Map<string, Tensor>();
  const keyOf = (x: Tensor, window: Window, taps: Shape): string =>
    JSON.stringify([order.indexOf(x), window.stride, window.padding, taps]);
  for (const tensor of order) {
    const { op } = tensor;
    if (op.type !== 'convKernelGradient') continue;
    const [x, y] = op.inputs;
    if (inOrder([x]).includes(y)) found.set(keyOf(x, op.window, op.kernel), tensor);
  }
  return new Map(
    order.flatMap((tensor) => {
      const { op } = tensor;
      if (op.type !== 'conv') return [];
      const [x, kernel] = op.inputs;
      const gradient = found.get(keyOf(x, op.window, spaceOf(kernel.dims)));
      const y = gradient?.op.inputs[1];
      return gradient === undefined || y === undefined ? [] : [[tensor, { gradient, y }] as const];
    }),
  );
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
