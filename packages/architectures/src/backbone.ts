// What every backbone is: an encoder and a decoder for one kind of sample.

import { type Layer, type Shape, type Tensor, leakyRelu, relu, tanh } from '@memae/graph';

export interface Backbone {
  /** Samples [B, …] → encoding [B, …codeShape]. */
  readonly encoder: Layer;
  /** Encoding → reconstruction in the samples' shape. */
  readonly decoder: Layer;
  /** One encoding: [C, …space], or [C]. */
  readonly codeShape: Shape;
}

export type Activation = 'relu' | 'leaky-relu' | 'tanh';
/** What follows the decoder's last layer: nothing as in the paper, or a sigmoid for samples in [0, 1]. */
export type Output = 'linear' | 'sigmoid';
/** Where weights start: uniform by the number of inputs as in PyTorch, or normal with a deviation of 0.02 as in the released code. */
export type Start = 'uniform' | 'normal';

export const activations: { readonly [A in Activation]: (x: Tensor) => Tensor } = {
  relu,
  'leaky-relu': (x) => leakyRelu(x, 0.2),
  tanh,
};

/** A part's name after what stands before all names. */
export function prefixed(prefix: string, name: string): string {
  return prefix === '' ? name : `${prefix}.${name}`;
}
