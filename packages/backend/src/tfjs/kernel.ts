// What a plan is told of each operation.

import type { Shape } from '@memae/graph';
import type { NamedTensorMap, Tensor } from '@tensorflow/tfjs-core';
import type { AxisOrder } from './axis-order.ts';

/** Runs a kernel of the backend in use, by its registered name. */
export type RunKernel = (
  name: string,
  inputs: NamedTensorMap | Tensor[],
  attributes?: Readonly<Record<string, unknown>>,
) => Tensor;

/** What a kernel works with besides its operands. */
export interface Call {
  readonly run: RunKernel;
  /** The shape of the result, in the graph's order of axes. */
  readonly shape: Shape;
}

/** How one operation is computed. */
export interface Kernel {
  /** The registered kernels that it runs. */
  readonly names: readonly string[];
  readonly compute: (inputs: readonly Tensor[], call: Call) => Tensor;
  /** The orders in which the operands' axes are taken; the graph's own unless stated. */
  readonly takes?: readonly AxisOrder[];
  /** The order in which the result's axes come. */
  readonly gives?: AxisOrder;
  /** Takes its first operand as booleans. */
  readonly takesMask?: true;
  /** Gives booleans, to be cast only where numbers are asked for. */
  readonly givesMask?: true;
  /** Gives the memory of its operand under another shape. */
  readonly view?: true;
}
