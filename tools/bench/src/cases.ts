// The rows of the bench.

import type { Mode, ShapeName } from './models.ts';

export interface Case {
  readonly mode: Mode;
  readonly shape: ShapeName;
  readonly batch: number;
}

const slow = 5;

/** Each with the most steps that a turn of it takes, where they are slow. */
export const cases: readonly (Case & { readonly most?: number })[] = [
  { mode: 'train', shape: 'mnist', batch: 256 },
  { mode: 'train', shape: 'mnist', batch: 64 },
  { mode: 'train', shape: 'kdd', batch: 1024 },
  { mode: 'train', shape: 'cifar10', batch: 256, most: slow },
  { mode: 'train', shape: 'video64', batch: 8, most: slow },
  { mode: 'train', shape: 'video64-released', batch: 8, most: slow },
  { mode: 'train', shape: 'video128', batch: 4, most: slow },
  { mode: 'train', shape: 'video256', batch: 1, most: slow },
  { mode: 'score', shape: 'mnist', batch: 256 },
  { mode: 'score', shape: 'mnist', batch: 1 },
  { mode: 'score', shape: 'kdd', batch: 1024 },
  { mode: 'score', shape: 'video256', batch: 1, most: slow },
  { mode: 'score', shape: 'video256-memory', batch: 1 },
  { mode: 'score', shape: 'video256-ae', batch: 1, most: slow },
];

export function titleOf({ mode, shape, batch }: Case): string {
  return `${mode} ${shape}, batch ${batch}`;
}
