// Options of the data that a model's input hangs on: what was trained by them is measured and trained on by the same.

import type { Manifest } from '@memae/onnx';
import type { DataOptions } from './data-options.ts';

export type Kind = NonNullable<Manifest['preparation']>['kind'];

const columns = ['columns', 'drop', 'categories', 'scaling'] as const;
const settledOptions: Readonly<Record<Kind, readonly (keyof DataOptions)[]>> = {
  pictures: ['fit', 'tile', 'overlap', 'tileScore', 'colour'],
  clips: ['frames', 'dilation'],
  rows: ['scaling'],
  table: columns,
  series: [...columns, 'window', 'stride', 'time', 'group'],
};

/** Those of the options asked for that are other than a run has settled. */
export function unsettling(
  asked: DataOptions,
  { settled, kind }: { readonly settled: DataOptions; readonly kind: Kind | undefined },
): readonly (keyof DataOptions)[] {
  return (kind === undefined ? [] : settledOptions[kind]).filter(
    (name) => asked[name] !== undefined && String(asked[name]) !== String(settled[name]),
  );
}

/** Those that say nothing of another table: neither settled, nor about its labels, its rows or its format. */
export function uselessOf(asked: DataOptions, kind: 'table' | 'series'): string[] {
  const useful: readonly string[] = ['label', 'where', 'format', ...settledOptions[kind]];
  return Object.keys(asked).filter((name) => !useful.includes(name));
}
