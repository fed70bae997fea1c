// Convolution and its transpose in any number of spatial dimensions, kernels in PyTorch's layout.

import { type Shape, sizeOf } from '../ndarray.ts';
import type { Tensor, Window } from '../op.ts';
import { add, conv, convTranspose, reshape } from '../ops.ts';
import { type Initializer, fanIn } from './initializers.ts';
import { type Layer, type LayerInit, createParameter } from './layer.ts';

/** Channels, geometry and start of a convolution; one number per spatial axis. */
export interface ConvolutionOptions extends Window {
  readonly from: number;
  readonly to: number;
  readonly kernel: Shape;
  /** Off where batch norm follows, which would cancel it. */
  readonly bias?: boolean;
  readonly initializer?: Initializer;
}

/** x [B, from, …] → [B, to, …]. Parameters `weight` [to, from, …kernel] and `bias` [to]. */
export function convolution(init: LayerInit, options: ConvolutionOptions): Layer {
  const { from, to, kernel } = options;
  const spread = fanIn(from * sizeOf(kernel));
  const weight = createParameter(init, 'weight', {
    shape: [to, from, ...kernel],
    initializer: options.initializer ?? spread,
  });
  const bias = createBias(init, options, spread);
  return (x) => bias(conv(x, weight, options));
}

/** x [B, from, …] → [B, to, …]. Parameters `weight` [from, to, …kernel] and `bias` [to]. */
export function transposedConvolution(
  init: LayerInit,
  options: ConvolutionOptions & { readonly outputPadding: Shape },
): Layer {
  const { from, to, kernel } = options;
  const spread = fanIn(to * sizeOf(kernel));
  const weight = createParameter(init, 'weight', {
    shape: [from, to, ...kernel],
    initializer: options.initializer ?? spread,
  });
  const bias = createBias(init, options, spread);
  return (x) => bias(convTranspose(x, weight, options));
}

function createBias(
  init: LayerInit,
  { to, kernel, bias = true }: ConvolutionOptions,
  initializer: Initializer,
): (x: Tensor) => Tensor {
  if (!bias) return (x) => x;
  const value = createParameter(init, 'bias', { shape: [to], initializer });
  return (x) => add(x, reshape(value, [to, ...kernel.map(() => 1)]));
}
