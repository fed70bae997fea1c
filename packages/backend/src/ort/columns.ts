// Convolution, its transpose and the gradient of its kernel as products of columns with the kernel,
// on tensors laid out channels last.

import {
  type NdArray,
  type Shape,
  type Tensor,
  type Window,
  add,
  concat,
  constant,
  conv,
  gather,
  matmul,
  ndarray,
  reshape,
  sizeOf,
  sliceAxis,
  transpose,
  zeros,
} from '@memae/graph';
import { eachColumnBlock } from './column-blocks.ts';
import { firstOrder, lastOrder } from '../passes/layout.ts';
import { sliding, spreading } from './reach.ts';

/** Up to so many channels ONNX Runtime's own convolutions are faster than gathering. */
export const fewChannels = 4;

/**
 * What the columns of x [B, …s, Ci] give: with a kernel [Co, Ci, …taps] the output [B, …, Co], with
 * the output's gradient y [B, …, Co] the kernel's gradient. Each block of columns serves both.
 */
export function convolutionProducts(
  x: Tensor,
  {
    window,
    taps,
    kernel,
    y,
  }: {
    readonly window: Window;
    readonly taps: Shape;
    readonly kernel?: Tensor | undefined;
    readonly y?: Tensor | undefined;
  },
): { readonly output: Tensor | undefined; readonly gradient: Tensor | undefined } {
  const [batch, input, from] = dimsOf(x);
  const space = input.map((length, i) => slideCount(length, taps[i] ?? 1, window, i));
  const matrix = kernel === undefined ? undefined : tapsInside(kernel);
  const gradients = y === undefined ? undefined : rowsOf(y);
  const parts: Tensor[] = [];
  let sum: Tensor | undefined;
  const use = (columns: Tensor, start: number, end: number): Tensor[] => {
    const output = matrix === undefined ? [] : [matmul(columns, matrix, { transposeB: true })];
    parts.push(...output);
    if (gradients !== undefined) {
      const rows = sliceAxis(gradients, { axis: 0, start, end });
      const product = matmul(rows, columns, { transposeA: true });
      sum = sum === undefined ? product : add(product, sum);
    }
    return sum === undefined ? [] : [...output, sum];
  };
  if (from > fewChannels) {
    const reach = sliding({ input, output: space, taps, window });
    const again = kernel === undefined;
    eachColumnBlock(x, { reach, taps, output: space, stride: window.stride, again }, (block) => {
      const [phase] = block.phases;
      return phase?.columns === undefined ? [] : use(phase.columns, block.start, block.end);
    });
  } else {
    // Picking single numbers is slow. A convolution whose kernels are each one tap of one channel
    // gives the same columns.
    const rank = x.dims.length;
    const kernels = constant(oneTapKernels(taps, from));
    const columns = transpose(
      conv(transpose(x, firstOrder(rank)), kernels, window),
      lastOrder(rank),
    );
    const rows = batch * sizeOf(space);
    use(reshape(columns, [rows, sizeOf(taps) * from]), 0, rows);
  }
  const [to = 0] = (kernel?.dims ?? []).map(Number);
  return {
    output:
      matrix === undefined
        ? undefined
        : outputOf(parts, { dims: [batch, ...space, to], forward: y === undefined }),
    gradient: sum === undefined ? undefined : kernelOf(sum, { taps, from }),
  };
}

/** x [B, …s, Ci], kernel [Ci, Co, …taps] → [B, …space, Co]. */
export function transposedConvolution(
  x: Tensor,
  {
    kernel,
    window,
    space,
    forward,
  }: {
    readonly kernel: Tensor;
    readonly window: Window;
    readonly space: Shape;
    /** Whether it belongs to a forward pass; else it is the gradient of a convolution's input. */
    readonly forward: boolean;
  },
): Tensor {
  const [batch, input] = dimsOf(x);
  const [from = 0, to = 0, ...taps] = kernel.dims.map(Number);
  const kernels = tapsFirst(kernel);
  // Each phase of the stride takes its own taps.
  const matrices = new Map<string, Tensor>();
  const matrixOf = (used: readonly number[]): Tensor => {
    const key = used.join();
    const index = constant(ndarray(Int32Array.from(used), [used.length]));
    const matrix = matrices.get(key) ?? reshape(gather(kernels, index), [used.length * from, to]);
    matrices.set(key, matrix);
    return matrix;
  };
  const reach = spreading({ input, output: space, taps, window });
  const parts: Tensor[] = [];
  eachColumnBlock(x, { reach, taps, output: space, stride: window.stride }, (block) => {
    const products = block.phases.map(({ taps: used, columns, rows }) =>
      columns === undefined ? constant(zeros([rows, to])) : matmul(columns, matrixOf(used)),
    );
    const order = ndarray(Int32Array.from(block.order), [block.order.length]);
    parts.push(gather(joined(products), constant(order)));
    return [];
  });
  return outputOf(parts, { dims: [batch, ...space, to], forward });
}

function joined(parts: readonly Tensor[]): Tensor {
  const [only] = parts;
  return only !== undefined && parts.length === 1 ? only : concat(parts, 0);
}

/**
 * Parts [rows, C] end to end. ONNX Runtime gives a tensor the memory of an earlier one of the same
 * shape, and keeps that reserved in between: what the forward pass is soon done with takes a shape
 * that the backward pass does not.
 */
function outputOf(
  parts: readonly Tensor[],
  { dims, forward }: { readonly dims: Shape; readonly forward: boolean },
): Tensor {
  const [only] = parts;
  if (only !== undefined && parts.length === 1) return reshape(only, dims);
  const shaped = parts.map((part) => {
    const [rows = 1, channels = 1] = part.dims.map(Number);
    return reshape(part, forward ? [rows * channels] : [1, rows, channels]);
  });
  return reshape(concat(shaped, forward ? 0 : 1), dims);
}

/** Kernels [taps · Ci, Ci, taps…], each with a single 1. */
function oneTapKernels(taps: Shape, channels: number): NdArray {
  const count = sizeOf(taps);
  const kernels = zeros([count * channels, channels, ...taps]);
  for (let tap = 0; tap < count; tap += 1) {
    for (let channel = 0; channel < channels; channel += 1) {
      const kernel = tap * channels + channel;
      kernels.data[(kernel * channels + channel) * count + tap] = 1;
    }
  }
  return kernels;
}

// Kernels change layout by moving taps across one axis at a time: ONNX Runtime turns one axis fast,
// but reverses three ten times slower.

/** [Co, Ci, …taps] → [Co, taps · Ci]. */
function tapsInside(kernel: Tensor): Tensor {
  const [to = 0, from = 0, ...taps] = kernel.dims.map(Number);
  const count = sizeOf(taps);
  return reshape(transpose(reshape(kernel, [to, from, count]), [0, 2, 1]), [to, count * from]);
}

/** [Ci, Co, …taps] → [taps, Ci, Co]. */
function tapsFirst(kernel: Tensor): Tensor {
  const [from = 0, to = 0, ...taps] = kernel.dims.map(Number);
  return transpose(reshape(kernel, [from, to, sizeOf(taps)]), [2, 0, 1]);
}

/** [Co, taps · Ci] → [Co, Ci, …taps]. */
function kernelOf(
  matrix: Tensor,
  { taps, from }: { readonly taps: Shape; readonly from: number },
): Tensor {
  const to = Number(matrix.dims[0]);
  const count = sizeOf(taps);
  const first = transpose(reshape(matrix, [to, count, from]), [1, 0, 2]);
  // With several threads ONNX Runtime's own way to put an axis last is slow; a product is not.
  const last = matmul(reshape(first, [count, to * from]), constant(identity(count)), {
    transposeA: true,
  });
  return reshape(last, [to, from, ...taps]);
}

function identity(size: number): NdArray {
  return ndarray(
    Float32Array.from({ length: size * size }, (_, i) => (i % (size + 1) === 0 ? 1 : 0)),
    [size, size],
  );
}

function slideCount(length: number, taps: number, { stride, padding }: Window, i: number): number {
  return Math.floor((length + 2 * (padding[i] ?? 0) - taps) / (stride[i] ?? 1)) + 1;
}

/** [B, …s, C] as batch, space, channels. */
function dimsOf(x: Tensor): [number, number[], number] {
  const dims = x.dims.map(Number);
  return [dims[0] ?? 1, dims.slice(1, -1), dims.at(-1) ?? 1];
}

function rowsOf(x: Tensor): Tensor {
  const [batch, space, channels] = dimsOf(x);
  return reshape(x, [batch * sizeOf(space), channels]);
}
