// How the numbers of a model come of the columns of a table: plain data, fitted by data sets and kept in manifests, which
// know nothing of each other. Columns of a table known by name have their encodings:
//   continuous   x' = (x − shift) / scale
//   categorical  one-hot; a category that is not listed becomes zeros
// Those of the user's own table are `RowColumn`s. A missing value is filled in, and flagged where training rows miss some, too:
//   number    x' = (x − shift) / scale, one number
//   category  one-hot, and one number more for any other
//   hashed    one-hot of a hash of the text (FNV-1a), for columns of many categories
//   date      seconds since 1970 from 0 at the first training row to 1 at the last, and not beyond; sine and cosine of
//             the week; of the day where the time is not always midnight. A time of day has the day alone.

/** What becomes of a column of a table known by name. */
export type ColumnEncoding =
  | {
      readonly name: string;
      readonly kind: 'continuous';
      readonly shift: number;
      /** Never 0: a column that is constant in the fitted rows is only shifted. */
      readonly scale: number;
    }
  | { readonly name: string; readonly kind: 'categorical'; readonly categories: readonly string[] };

/** Names of the numbers that encoded columns give, in order: `duration`, `service=http`, for encoders put together anew. */
export function featuresOf(columns: readonly ColumnEncoding[]): string[] {
  return columns.flatMap((column) =>
    column.kind === 'continuous'
      ? [column.name]
      : column.categories.map((category) => `${column.name}=${category}`),
  );
}

/** Of dates: the time as a whole, the time in the week, the time in the day. */
export type DatePart = 'epoch' | 'week' | 'day';

interface Filled<Value> {
  readonly name: string;
  /** What stands for a missing value: the median, the most frequent category. */
  readonly fill: Value;
  /** Whether one number more says that the value is missing. */
  readonly flagged: boolean;
}

export type RowColumn =
  | (Filled<number> & {
      readonly kind: 'number';
      readonly shift: number;
      /** Never 0. */
      readonly scale: number;
    })
  | (Filled<string> & { readonly kind: 'category'; readonly categories: readonly string[] })
  | (Filled<string> & {
      readonly kind: 'hashed';
      readonly buckets: number;
      readonly seed: number;
    })
  | (Filled<number> & {
      readonly kind: 'date';
      readonly parts: readonly DatePart[];
      /** Seconds since 1970 of the first training row and of the last. */
      readonly from: number;
      readonly to: number;
      /** How texts may say days beside ISO 8601, as strptime takes it: `%d/%m/%Y`. */
      readonly format?: string;
    });

export type RowSchema = readonly RowColumn[];

/** Names of the numbers that a row becomes, in order: `amount`, `amount is missing`, `city=Rome`, `city=(other)`, `day sine`. */
export function rowFeatures(schema: RowSchema): string[] {
  return schema.flatMap((column) => [
    ...namesOf(column),
    ...(column.flagged ? [`${column.name} is missing`] : []),
  ]);
}

function namesOf(column: RowColumn): string[] {
  const { name } = column;
  switch (column.kind) {
    case 'number':
      return [name];
    case 'category':
      return [...column.categories, '(other)'].map((category) => `${name}=${category}`);
    case 'hashed':
      return Array.from({ length: column.buckets }, (_, i) => `${name}#${i}`);
    case 'date':
      return column.parts.flatMap((part) =>
        part === 'epoch' ? [name] : [`${name} ${part} sine`, `${name} ${part} cosine`],
      );
  }
}
