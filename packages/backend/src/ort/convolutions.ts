// Convolutions become products of gathered columns with the kernel: the matrix product is what ONNX
// Runtime's CPU provider does fastest.

import {
  type Graph,
  type Shape,
  type Tensor,
  type Window,
  inOrder,
  withInputs,
} from '@memae/graph';
import type { LowerConvolution } from '../passes/channels-last.ts';
import { convolutionProducts, fewChannels, transposedConvolution } from './columns.ts';

/** For `channelsLast`, over the graph named. */
export function columnsOf(graph: Graph): LowerConvolution {
  const pairs = pairedGradients(graph);
  const gradients = new Map<Tensor, Tensor>();
  /** Kernels of convolutions so far: a transposed one with the same kernel is a gradient. */
  const convolved = new Set<Tensor>();
  return ({ tensor, op, operands: [a, b] }, { toFirst, toLast, mark, now }) => {
    if (op.type === 'conv') {
      convolved.add(b);
      const pair = pairs.get(tensor);
      const y = pair === undefined ? undefined : now(pair.y);
      const kernel = toFirst(b);
      const { output, gradient } = convolutionProducts(toLast(a), {
        window: op.window,
        taps: spaceOf(kernel),
        kernel,
        y: y === undefined ? undefined : toLast(y),
      });
      if (pair !== undefined && gradient !== undefined) gradients.set(pair.gradient, gradient);
      return output === undefined ? tensor : mark(output);
    }
    if (op.type === 'convTranspose') {
      const kernel = toFirst(b);
      // Few channels out make thin products; ONNX Runtime's own operator scatters them faster.
      if (Number(tensor.dims[1]) <= fewChannels) return withInputs(tensor, [toFirst(a), kernel]);
      const { window } = op;
      const forward = !convolved.has(b);
      return mark(
        transposedConvolution(toLast(a), { kernel, window, space: spaceOf(tensor), forward }),
      );
    }
    const { window, kernel: taps } = op;
    const known = gradients.get(tensor);
    return (
      known ?? convolutionProducts(toLast(a), { window, taps, y: toLast(b) }).gradient ?? tensor
    );
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
      const gradient = found.get(keyOf(x, op.window, spaceOf(kernel)));
      const y = gradient?.op.inputs[1];
      return gradient === undefined || y === undefined ? [] : [[tensor, { gradient, y }] as const];
    }),
  );
}

function spaceOf({ dims }: Tensor): Shape {
  return dims.slice(2).map(Number);
}
