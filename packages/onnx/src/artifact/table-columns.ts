// How the numbers of a model come of the columns of a table that brings its own names: the part of a manifest that lets raw
// rows go in.

import * as v from 'valibot';

interface Filled<Value> {
  readonly name: string;
  /** What stands for a missing value. */
  readonly fill: Value;
  /** Whether one number more, the last, is 1 where the value is missing. */
  readonly flagged: boolean;
}

export type TableColumn =
  /** (value − shift) / scale, not beyond ±10⁶. */
  | (Filled<number> & {
      readonly kind: 'number';
      readonly shift: number;
      readonly scale: number;
    })
  /** One number a category, 1 at the row's own, and one more for any other. */
  | (Filled<string> & { readonly kind: 'category'; readonly categories: readonly string[] })
  /** So many numbers, 1 at the hash of the text: 32-bit FNV-1a from a seed, mixed, modulo their number. */
  | (Filled<string> & {
      readonly kind: 'hashed';
      readonly buckets: number;
      readonly seed: number;
    })
  /** `epoch`: from 0 at `from` to 1 at `to`, in seconds since 1970, not beyond; `week`, `day`: sine and cosine of where in it. */
  | (Filled<number> & {
      readonly kind: 'date';
      readonly parts: readonly ('epoch' | 'week' | 'day')[];
      readonly from: number;
      readonly to: number;
    });

const finite = v.pipe(v.number(), v.finite());
const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const name = v.string();
const flagged = v.boolean();

export const tableColumn = v.variant('kind', [
  v.strictObject({
    ...{ name, flagged, kind: v.literal('number'), shift: finite, fill: finite },
    scale: v.pipe(finite, v.notValue(0, 'Expected a scale other than 0')),
  }),
  v.strictObject({
    ...{ name, flagged, kind: v.literal('category'), fill: v.string() },
    categories: v.pipe(v.array(v.string()), v.maxLength(4096)),
  }),
  v.strictObject({
    ...{ name, flagged, kind: v.literal('hashed'), fill: v.string(), seed: count },
    buckets: v.pipe(count, v.minValue(1), v.maxValue(4096)),
  }),
  v.strictObject({
    ...{ name, flagged, kind: v.literal('date'), fill: finite, from: finite, to: finite },
    parts: v.pipe(v.array(v.picklist(['epoch', 'week', 'day'])), v.minLength(1), v.maxLength(3)),
  }),
]);

/** How many numbers come of a column. */
export function widthOf(column: TableColumn): number {
  return valuesOf(column) + (column.flagged ? 1 : 0);
}

function valuesOf(column: TableColumn): number {
  switch (column.kind) {
    case 'number':
      return 1;
    case 'category':
      return column.categories.length + 1;
    case 'hashed':
      return column.buckets;
    case 'date':
      return column.parts.reduce((sum, part) => sum + (part === 'epoch' ? 1 : 2), 0);
  }
}
