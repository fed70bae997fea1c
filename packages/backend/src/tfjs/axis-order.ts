// Orders of axes: a value may lie on the device in another order than its tensor has in the graph.

import type { Dims } from '@memae/graph';
import { lastOrder } from '../passes/layout.ts';

/** Axis i of what lies on the device is axis `order[i]` of the graph's tensor. */
export type AxisOrder = readonly number[];

/** [B, C, …] lies as [B, …, C]. */
export const channelsLastOrder: (rank: number) => AxisOrder = lastOrder;

/** A kernel [Co, Ci, …taps] lies as [taps…, Ci, Co]: what TensorFlow calls a filter. */
export function filterOrder(rank: number): AxisOrder {
  return [...Array.from({ length: rank - 2 }, (_, i) => i + 2), 1, 0];
}

/** One axis behind all others. */
export function lastAxisOrder(rank: number, axis: number): AxisOrder {
  return [...graphOrder(rank).filter((other) => other !== axis), axis];
}

/** As in the graph. */
export function graphOrder(rank: number): AxisOrder {
  return Array.from({ length: rank }, (_, axis) => axis);
}

/** The permutation that takes what lies in one order to another. */
export function between(from: AxisOrder, to: AxisOrder): number[] {
  return to.map((axis) => from.indexOf(axis));
}

/** Whether a permutation leaves the numbers where they are in memory: axes of length 1 may move. */
export function keepsMemory(permutation: readonly number[], dims: Dims): boolean {
  const moved = permutation.filter((axis) => dims[axis] !== 1);
  return moved.every((axis, i) => i === 0 || axis > (moved[i - 1] ?? 0));
}
