// What can be said of the samples that go into a model, in words that people know: the columns of a table in their own units,
// and of pictures how bright, how contrasted and how detailed they are.

import type { Samples } from '@memae/datasets';
import { type RowColumn, sizeOf } from '@memae/graph';
import type { Manifest } from '@memae/onnx';
import { unscaled } from './columns.ts';

/** Reads one sample of a batch, which begins at `from`. NaN: the sample has no such value. */
type Read = (data: Samples['data'], from: number) => number;

export type InputMeasure =
  | {
      readonly name: string;
      readonly kind: 'number';
      readonly read: Read;
      /** A number that was read in the column's own unit. */
      readonly inUnits: (value: number) => number;
    }
  /** Reads a category's place in the list; the last is any other. */
  | {
      readonly name: string;
      readonly kind: 'category';
      readonly read: Read;
      readonly categories: readonly string[];
    };

/** So many are looked at; of wider tables, the first. */
const most = 1024;
const other = '(other)';
const same = (value: number): number => value;

/** The measures of what a model takes. Of windows of a series they are those of the first row. */
export function inputMeasures({ preparation, input }: Pick<Manifest, 'preparation' | 'input'>) {
  const shape = input.dims.slice(1).map(Number);
  switch (preparation?.kind) {
    case 'rows':
      return placed(preparation.columns, (column, at) => {
        if (column.kind === 'continuous') {
          const inUnits = (value: number): number => unscaled(column, value);
          return [{ name: column.name, kind: 'number', read: valueAt(at), inUnits }, at + 1];
        }
        const { length } = column.categories;
        const categories = [...column.categories, other];
        const read = categoryAt(at, { length, otherwise: length });
        return [{ name: column.name, kind: 'category', read, categories }, at + length];
      });
    case 'table':
    case 'series':
      return placed(preparation.columns, measuresOfColumn);
    default:
      return shape.length < 3 ? [] : measuresOfPictures(shape);
  }
}

/** Columns one after another: each takes the place where it begins, and gives that of the next. */
function placed<Column>(
  columns: readonly Column[],
  take: (column: Column, at: number) => [InputMeasure | readonly InputMeasure[], number],
): readonly InputMeasure[] {
  let at = 0;
  const all = columns.flatMap((column) => {
    const [measures, next] = take(column, at);
    at = next;
    return measures;
  });
  return apart(all.slice(0, most));
}

/** The second of one name gets a number: a column may be called as another one's flag. */
function apart(measures: readonly InputMeasure[]): readonly InputMeasure[] {
  const seen = new Map<string, number>();
  return measures.map((measure) => {
    const times = (seen.get(measure.name) ?? 0) + 1;
    seen.set(measure.name, times);
    return times === 1 ? measure : { ...measure, name: `${measure.name} (${times})` };
  });
}

function valueAt(place: number): Read {
  return (data, from) => data[from + place] ?? NaN;
}

/** Which of `length` numbers is 1. */
function categoryAt(
  place: number,
  { length, otherwise }: { readonly length: number; readonly otherwise: number },
): Read {
  return (data, from) => {
    const found = data.subarray(from + place, from + place + length).indexOf(1);
    return found < 0 ? otherwise : found;
  };
}

function measuresOfColumn(column: RowColumn, at: number): [readonly InputMeasure[], number] {
  const { name, flagged } = column;
  const [measures, width] = valuesOf(column, at);
  if (!flagged) return [measures, at + width];
  const missing = valueAt(at + width);
  const there = ({ read, ...rest }: InputMeasure): InputMeasure => ({
    ...rest,
    read: (data, from) => (missing(data, from) === 1 ? NaN : read(data, from)),
  });
  const flag: InputMeasure = {
    name: `${name} is missing`,
    kind: 'category',
    categories: ['given', 'missing'],
    read: missing,
  };
  return [[...measures.map(there), flag], at + width + 1];
}

function valuesOf(column: RowColumn, at: number): [readonly InputMeasure[], width: number] {
  const { name } = column;
  switch (column.kind) {
    case 'number': {
      const inUnits = (value: number): number => unscaled(column, value);
      return [[{ name, kind: 'number', read: valueAt(at), inUnits }], 1];
    }
    case 'category': {
      const categories = [...column.categories, other];
      const { length } = categories;
      const read = categoryAt(at, { length, otherwise: length - 1 });
      return [[{ name, kind: 'category', categories, read }], length];
    }
    case 'hashed': {
      const { buckets: length } = column;
      const categories = Array.from({ length }, (_, i) => `#${i}`);
      const read = categoryAt(at, { length, otherwise: length - 1 });
      return [[{ name, kind: 'category', categories, read }], length];
    }
    case 'date': {
      let width = 0;
      const measures = column.parts.flatMap((part): InputMeasure[] => {
        const place = at + width;
        width += part === 'epoch' ? 1 : 2;
        // That later data are later is no news.
        if (part === 'epoch') return [];
        const [unit, period] = part === 'week' ? (['days', 7] as const) : (['hours', 24] as const);
        const read: Read = (data, from) => {
          const turn = Math.atan2(data[from + place] ?? 0, data[from + place + 1] ?? 0);
          return ((turn / (2 * Math.PI) + 1) % 1) * period;
        };
        return [{ name: `${name}, ${unit} into the ${part}`, kind: 'number', read, inUnits: same }];
      });
      return [measures, width];
    }
  }
}

function measuresOfPictures(shape: readonly number[]): readonly InputMeasure[] {
  const size = sizeOf(shape);
  const width = shape.at(-1) ?? 1;
  const plane = sizeOf(shape.slice(-2));
  const meanOf = (start: number, length: number): Read => {
    return (data, from) => {
      let sum = 0;
      for (let i = from + start; i < from + start + length; i += 1) sum += data[i] ?? 0;
      return sum / length;
    };
  };
  const brightness = meanOf(0, size);
  const contrast: Read = (data, from) => {
    const mean = brightness(data, from);
    let squares = 0;
    for (let i = from; i < from + size; i += 1) squares += ((data[i] ?? 0) - mean) ** 2;
    return Math.sqrt(squares / size);
  };
  /** The mean change from one number to that so many places on. */
  const changeOver = (step: number, within: number): Read => {
    return (data, from) => {
      let [sum, count] = [0, 0];
      for (let i = 0; i + step < size; i += 1) {
        if (i % within >= within - step) continue;
        sum += Math.abs((data[from + i + step] ?? 0) - (data[from + i] ?? 0));
        count += 1;
      }
      return sum / Math.max(1, count);
    };
  };
  const reads: Record<string, Read> = {
    brightness,
    contrast,
    sharpness: changeOver(1, width),
    ...(shape.length > 3 && { motion: changeOver(plane, plane * (shape[1] ?? 1)) }),
    ...(shape[0] === 3 && {
      red: meanOf(0, size / 3),
      green: meanOf(size / 3, size / 3),
      blue: meanOf((2 * size) / 3, size / 3),
    }),
  };
  return Object.entries(reads).map(([name, read]) => ({
    ...{ name, kind: 'number', read, inUnits: same },
  }));
}
