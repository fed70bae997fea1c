// A layer is a function from tensor to tensor; its parameters live in its closure.

import type { NdArray, Shape } from '../ndarray.ts';
import type { Parameter, Tensor } from '../op.ts';
import { parameter } from '../ops.ts';
import type { Random } from '../random.ts';
import type { Initializer } from './initializers.ts';

/** `train` uses the batch's statistics and records updates; `score` leaves everything fixed. */
export type Mode = 'train' | 'score';

/** Called twice, a layer uses the same parameters twice. */
export type Layer = (x: Tensor, mode: Mode) => Tensor;

/** What every layer with parameters needs: the prefix of their names and where randomness comes from. */
export interface LayerInit {
  readonly name: string;
  readonly random: Random;
}

/** Applies layers one after the other. */
export function sequential(...layers: readonly Layer[]): Layer {
  return (x, mode) => layers.reduce((value, layer) => layer(value, mode), x);
}

/** A function without parameters as a layer. */
export function activation(apply: (x: Tensor) => Tensor): Layer {
  return (x) => apply(x);
}

/** The layer's parameter `name.suffix`, drawn from a stream of its own. */
export function createParameter(
  init: LayerInit,
  suffix: string,
  options: { readonly shape: Shape; readonly initializer: Initializer },
): Parameter {
  const name = `${init.name}.${suffix}`;
  const value: NdArray = options.initializer(options.shape, init.random.fork(name));
  return parameter(name, value);
}
