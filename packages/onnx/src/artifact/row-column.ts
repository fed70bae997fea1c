// The check of what a manifest says of a column of the user's own table.

import * as v from 'valibot';

const finite = v.pipe(v.number(), v.finite());
const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const name = v.string();
const flagged = v.boolean();

/** Gives a `RowColumn`. */
export const rowColumn = v.variant('kind', [
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
    format: v.exactOptional(v.pipe(v.string(), v.regex(/^[%a-zA-Z/. -]{1,20}$/))),
  }),
]);
