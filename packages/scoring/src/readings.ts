// Which samples read a memory item the most, and with which part of them.

import type { Samples } from '@memae/datasets';
import type { NdArray, Shape } from '@memae/graph';

/** Samples that are kept for each item. */
const nearestKept = 3;

/** A sample that reads an item, and where in it. */
export interface Reading {
  readonly weight: number;
  readonly key: string;
  readonly samples: Samples;
  readonly place: number;
  readonly position: number;
  /** Of the positions; empty where whole samples ask. */
  readonly space: Shape;
}

/** Keeps for each item those samples that read it with the highest weights, each once. */
export function noteReadings(
  readers: Map<number, Reading[]>,
  {
    row: { data, shape },
    ...from
  }: Pick<Reading, 'key' | 'samples' | 'place'> & { readonly row: NdArray },
): void {
  const slots = shape.at(-1) ?? 0;
  const best = new Map<number, number>();
  for (let i = 0; i < data.length; i += 1) {
    const [item, weight] = [i % slots, data[i] ?? 0];
    const before = best.get(item);
    if (weight > 0 && (before === undefined || weight > (data[before] ?? 0))) best.set(item, i);
  }
  for (const [item, i] of best) {
    const weight = data[i] ?? 0;
    const kept = readers.get(item) ?? [];
    if (kept.length === nearestKept && (kept.at(-1)?.weight ?? 0) >= weight) continue;
    const reading = { ...from, weight, position: Math.floor(i / slots), space: shape.slice(0, -1) };
    const all = [...kept, reading].sort((a, b) => b.weight - a.weight);
    readers.set(item, all.slice(0, nearestKept));
  }
}
