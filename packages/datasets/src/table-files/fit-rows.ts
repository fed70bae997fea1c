// What becomes of each column, from the training rows alone: one pass, in which each column keeps a few figures, a sample
// for its median, and the counts of its categories.

import type { RowColumn, RowSchema } from '@memae/graph';
import { datasetError } from '../error.ts';
import type { Scaling } from '../tables/table-encoder.ts';
import type { Chunk } from './duckdb.ts';
import { type TableFile, asNumber, asSeconds, asText, scan } from './table-file.ts';
import type { RawColumn } from './relation.ts';

/** Why a column is left out. */
export interface LeftOut {
  readonly name: string;
  readonly why: string;
}

export interface FittedRows {
  readonly schema: RowSchema;
  readonly leftOut: readonly LeftOut[];
  /** Columns that hold two values, as labels do. */
  readonly twoValued: readonly string[];
}

/** Up to so many categories are one-hot, more are hashed into as many numbers. */
const oneHotLimit = 32;
/** Categories counted, by which a column of names and ids is told from one of categories. */
const countLimit = 10_000;
/** A column of texts of which so many are its only kind holds names or ids. */
const unlike = 0.95;
/** Up to so many texts are categories, even where no two rows have the same. */
const fewTexts = 10;

export interface FitRowsOptions {
  /** Whether the i-th row that is read is one to fit on; `sample`: it goes into the medians, too. */
  readonly useOf: (row: number) => 'sample' | 'fit' | 'none';
  readonly scaling: Scaling;
  /** Columns that were asked for by name: texts that are all different are kept. */
  readonly wanted: ReadonlySet<string>;
  /** Columns of anything that hold categories. */
  readonly categories: ReadonlySet<string>;
  /** Of the hash. */
  readonly seed: number;
}

/** @throws `DATASET_CORRUPT` as `scan`; `DATASET_EMPTY` when no column is left. */
export async function fitRows(
  table: TableFile,
  columns: readonly RawColumn[],
  options: FitRowsOptions,
): Promise<FittedRows> {
  const fitters = columns.map((column) => fitterOf(column, options));
  let row = 0;
  if (fitters.length > 0) {
    for await (const chunk of scan(table, {
      expressions: fitters.map((each) => each.expression),
    })) {
      const uses = Array.from({ length: chunk.length }, (_, i) => options.useOf(row + i));
      const picked = uses.flatMap((use, i) => (use === 'none' ? [] : [i]));
      const sampled = uses.flatMap((use, i) => (use === 'sample' ? [i] : []));
      fitters.forEach((fitter, i) => {
        fitter.take(chunk, { column: i, picked, sampled });
      });
      row += chunk.length;
    }
  }
  const results = fitters.map((each) => each.finish());
  const twoValued = fitters.flatMap((each, i) =>
    each.kinds() === 2 ? [columns[i]?.name ?? ''] : [],
  );
  const schema = results.flatMap((result) => ('kind' in result ? [result] : []));
  const leftOut = results.flatMap((result) => ('why' in result ? [result] : []));
  if (schema.length > 0) return { schema, leftOut, twoValued };
  throw datasetError(
    'DATASET_EMPTY',
    `${table.name}: no column is left to learn from. ` +
      (leftOut.length === 0
        ? 'Name some by the option "columns".'
        : `Left out: ${tellLeftOut(leftOut)}.`),
  );
}

/** `a (constant), b (no values)` */
export function tellLeftOut(leftOut: readonly LeftOut[]): string {
  return leftOut.map(({ name, why }) => `${name} (${why})`).join(', ');
}

interface Taken {
  readonly column: number;
  readonly picked: readonly number[];
  readonly sampled: readonly number[];
}

interface Fitter {
  readonly expression: string;
  take(chunk: Chunk, taken: Taken): void;
  /** How many values there are; more than two are not counted. */
  kinds(): number;
  finish(): RowColumn | LeftOut;
}

function fitterOf(column: RawColumn, options: FitRowsOptions): Fitter {
  const { kind, name } = column;
  if (kind === 'category' || options.categories.has(name)) return categoryFitter(column, options);
  if (kind === 'date' || kind === 'time') return dateFitter(column, kind);
  return numberFitter(column, options);
}

/** What numbers have in common. */
function figures() {
  const sample: number[] = [];
  const kinds = new Set<number>();
  const all = { count: 0, missing: 0, least: Infinity, most: -Infinity, mean: 0, squares: 0 };
  return {
    all,
    kinds: () => kinds.size,
    take: (values: Float64Array, { picked, sampled }: Taken): void => {
      for (const i of picked) {
        const value = values[i] ?? NaN;
        if (Number.isNaN(value)) {
          all.missing += 1;
          continue;
        }
        if (kinds.size < 3) kinds.add(value);
        all.count += 1;
        all.least = Math.min(all.least, value);
        all.most = Math.max(all.most, value);
        // Welford's running mean and sum of squares.
        const delta = value - all.mean;
        all.mean += delta / all.count;
        all.squares += delta * (value - all.mean);
      }
      for (const i of sampled) {
        const value = values[i] ?? NaN;
        if (!Number.isNaN(value)) sample.push(value);
      }
    },
    median: (): number => {
      const sorted = Float64Array.from(sample).sort();
      return sorted[Math.floor((sorted.length - 1) / 2)] ?? all.mean;
    },
  };
}

function numberFitter(column: RawColumn, { scaling }: FitRowsOptions): Fitter {
  const { name } = column;
  const { all, kinds, take, median } = figures();
  return {
    expression: asNumber(column),
    kinds,
    take: (chunk, taken) => {
      take(chunk.numbers(taken.column), taken);
    },
    finish: () => {
      const { count, missing, least, most, mean, squares } = all;
      if (count === 0) return { name, why: 'no values' };
      if (least === most && missing === 0) return { name, why: `constant, ${least}` };
      const plain = column.kind === 'truth' || scaling === 'none';
      const deviation = Math.sqrt(squares / count);
      const [shift, scale] = plain
        ? [0, 1]
        : scaling === 'standard'
          ? [mean, deviation || 1]
          : [least, most - least || 1];
      if (!Number.isFinite(shift) || !Number.isFinite(scale)) {
        return { name, why: `too large to be scaled, from ${least} to ${most}` };
      }
      return { name, kind: 'number', shift, scale, fill: median(), flagged: missing > 0 };
    },
  };
}

function dateFitter(column: RawColumn, kind: 'date' | 'time'): Fitter {
  const { name } = column;
  const { all, kinds, take, median } = figures();
  let timed = false;
  return {
    expression: asSeconds(column, { kind }),
    kinds,
    take: (chunk, taken) => {
      const values = chunk.numbers(taken.column);
      take(values, taken);
      timed ||= taken.picked.some((i) => (values[i] ?? 0) % 86_400 !== 0);
    },
    finish: () => {
      const { count, missing, least, most } = all;
      if (count === 0) return { name, why: 'no values' };
      if (least === most && missing === 0) return { name, why: 'constant' };
      return {
        name,
        kind: 'date',
        parts: kind === 'time' ? ['day'] : ['epoch', 'week', ...(timed ? (['day'] as const) : [])],
        from: least,
        to: most,
        fill: median(),
        flagged: missing > 0,
        ...(column.format !== undefined && { format: column.format }),
      };
    },
  };
}

function categoryFitter(column: RawColumn, { wanted, seed, categories }: FitRowsOptions): Fitter {
  const { name } = column;
  const counts = new Map<string, number>();
  let [seen, missing] = [0, 0];
  return {
    expression: asText(column),
    kinds: () => counts.size,
    take: (chunk, { column: place, picked }) => {
      const texts = chunk.texts(place);
      for (const i of picked) {
        const text = texts[i] ?? null;
        if (text === null) {
          missing += 1;
          continue;
        }
        const count = counts.get(text);
        if (count === undefined && counts.size === countLimit) continue;
        counts.set(text, (count ?? 0) + 1);
        seen += 1;
      }
    },
    finish: () => {
      const [first] = counts.keys();
      if (first === undefined) return { name, why: 'no values' };
      if (counts.size === 1 && missing === 0) return { name, why: `constant, ${first}` };
      const flagged = missing > 0;
      const fill = [...counts].reduce((best, each) => (each[1] > best[1] ? each : best))[0];
      const asked = wanted.has(name) || categories.has(name);
      if (counts.size > fewTexts && counts.size >= unlike * seen && !asked) {
        return { name, why: 'another text in each row, as names and ids are' };
      }
      if (counts.size <= oneHotLimit) {
        return { name, kind: 'category', categories: [...counts.keys()].sort(), fill, flagged };
      }
      return { name, kind: 'hashed', buckets: oneHotLimit, seed, fill, flagged };
    },
  };
}
