// For tests: what tensors come to, by the reference engine, and random numbers to try them on.

import type { Feeds } from '@memae/backend';
import { referenceBackend } from '@memae/backend/reference';
import {
  type NdArray,
  type Shape,
  type Tensor,
  createRandom,
  defineProgram,
  normal,
} from '@memae/graph';
import fc from 'fast-check';

/** The values of tensors that are float32, by name. */
export async function compute<const O extends Readonly<Record<string, Tensor>>>(
  outputs: O,
  feeds: Feeds = {},
): Promise<Record<keyof O & string, number[]>> {
  const backend = await referenceBackend.open();
  const executable = await backend.compile(defineProgram(outputs));
  const fetched = Object.entries(await executable.run(feeds));
  return Object.fromEntries(fetched.map(([name, { data }]) => [name, [...data]])) as Record<
    keyof O & string,
    number[]
  >;
}

/** Normal random numbers in a shape. */
export function drawn(shape: Shape, seed: number): NdArray {
  return normal({ deviation: 1 })(shape, createRandom(seed));
}

/** How many queries z and items m, of how many numbers; and what they are drawn from. */
export const memories = fc.record({
  queries: fc.integer({ min: 1, max: 4 }),
  slots: fc.integer({ min: 1, max: 8 }),
  width: fc.integer({ min: 1, max: 6 }),
  seed: fc.integer({ min: 0, max: 1e9 }),
});

/** Numbers row by row. */
export function rows(numbers: readonly number[], width: number): number[][] {
  return Array.from({ length: numbers.length / width }, (_, i) =>
    numbers.slice(i * width, (i + 1) * width),
  );
}

export function total(numbers: readonly number[]): number {
  return numbers.reduce((sum, value) => sum + value, 0);
}

/** The largest difference between two lists of one length. */
export function distance(a: readonly number[], b: readonly number[]): number {
  if (a.length !== b.length) return Infinity;
  return a.reduce((most, value, i) => Math.max(most, Math.abs(value - (b[i] ?? NaN))), 0);
}
