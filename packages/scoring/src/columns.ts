// From a model's numbers back to the columns of the user's rows: which numbers are of which column, and the value that
// they stand for, as near as can be told.

import { type ColumnEncoding, type RowColumn, featuresOf, rowFeatures } from '@memae/graph';
import type { Preparation } from '@memae/onnx';

/** A number of a table, a word, or nothing that can be told. */
export type Value = string | number | null;

/** An original column, and its place among the model's numbers. */
export interface OriginalColumn {
  readonly name: string;
  readonly from: number;
  /** Excluded. */
  readonly to: number;
  /** The value that these numbers stand for; of categories the likeliest. */
  readonly valueOf: (numbers: ArrayLike<number>) => Value;
}

/** The columns of a model of single rows; none for other models. */
export function originalColumns(preparation: Preparation | undefined): OriginalColumn[] {
  if (preparation?.kind !== 'rows' && preparation?.kind !== 'table') return [];
  const parts =
    preparation.kind === 'rows'
      ? preparation.columns.map((column) => ({
          name: column.name,
          width: featuresOf([column]).length,
          valueOf: (numbers: ArrayLike<number>) => encodedValue(column, numbers),
        }))
      : preparation.columns.map((column) => ({
          name: column.name,
          width: rowFeatures([column]).length,
          valueOf: (numbers: ArrayLike<number>) => rowValue(column, numbers),
        }));
  let to = 0;
  return parts.map(({ width, ...rest }) => {
    const from = to;
    to += width;
    return { ...rest, from, to };
  });
}

function encodedValue(column: ColumnEncoding, numbers: ArrayLike<number>): Value {
  if (column.kind === 'continuous') return unscaled(column, numbers[0] ?? NaN);
  return column.categories[likeliest(numbers)] ?? null;
}

function rowValue(column: RowColumn, numbers: ArrayLike<number>): Value {
  if (column.flagged && (numbers[numbers.length - 1] ?? 0) > 0.5) return null;
  switch (column.kind) {
    case 'number':
      return unscaled(column, numbers[0] ?? NaN);
    case 'category':
      return [...column.categories, '(other)'][likeliest(numbers)] ?? null;
    case 'date': {
      if (column.parts[0] !== 'epoch') return null;
      const share = Math.min(1, Math.max(0, numbers[0] ?? 0));
      const seconds = column.from + share * (column.to - column.from);
      return new Date(1000 * seconds)
        .toISOString()
        .slice(0, column.parts.includes('day') ? 19 : 10);
    }
    case 'hashed':
      // Many texts have one hash.
      return null;
  }
}

/** A number in its column's own unit, to the seven figures that 32 bits hold: of a difference that comes near 0, fewer. */
export function unscaled(
  { shift, scale }: { readonly shift: number; readonly scale: number },
  number: number,
): number {
  const [moved, value] = [number * scale, number * scale + shift];
  const places = Math.floor(7 - Math.log10(Math.abs(moved)));
  // Zero has no sign.
  return Number(Number(value.toPrecision(7)).toFixed(Math.min(100, Math.max(0, places)))) + 0;
}

/** The place of the largest number; −1 where none is above 0, as in a category that was not listed. */
function likeliest(numbers: ArrayLike<number>): number {
  let best = 0;
  for (let i = 1; i < numbers.length; i += 1) {
    if ((numbers[i] ?? 0) > (numbers[best] ?? 0)) best = i;
  }
  return (numbers[best] ?? 0) > 0 ? best : -1;
}
