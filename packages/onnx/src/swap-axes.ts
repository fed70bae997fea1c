import type { GraphBuilder } from './graph-builder.ts';

/** Two axes change places; negative ones count from the end. */
export function swapAxes(
  graph: GraphBuilder,
  x: string,
  [rank, a, b]: readonly [number, number, number],
): string {
  const perm = Array.from({ length: rank }, (_, axis) => axis);
  const [first, second] = [(a + rank) % rank, (b + rank) % rank];
  perm[first] = second;
  perm[second] = first;
  return graph.node('Transpose', [x], { attributes: { perm } });
}
