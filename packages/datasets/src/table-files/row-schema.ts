// What becomes of a row of the user's own: fitted on the training rows, plain data, kept in the manifest, so that raw rows
// can be scored. Every value becomes numbers of moderate size; a missing one is filled in, and flagged where training
// rows miss some, too:
//   number    x' = (x − shift) / scale, one number
//   category  one-hot, and one number more for any other
//   hashed    one-hot of a hash of the text (FNV-1a), for columns of many categories
//   date      seconds since 1970 from 0 at the first training row to 1 at the last, and not beyond; sine and cosine of
//             the week; of the day where the time is not always midnight. A time of day has the day alone.

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

/** The bucket of a text: FNV-1a over its UTF-16 codes, from a seed. */
export function bucketOf(
  text: string,
  { buckets, seed }: { readonly buckets: number; readonly seed: number },
): number {
  let hash = (0x811c9dc5 ^ seed) >>> 0;
  for (let i = 0; i < text.length; i += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  }
  // Mixed once more: the low bits of FNV hang together with the last characters.
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  return ((hash ^ (hash >>> 13)) >>> 0) % buckets;
}
