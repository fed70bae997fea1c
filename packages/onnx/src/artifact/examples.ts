// What an artifact may hold to explain scores by, and to try the model with: single memory items decoded, the training
// samples that read each the most, and a few samples that were held out. Pictures are PNG, small and checked; rows are values.

import * as v from 'valibot';

/** A sample as people see it. */
export interface Example {
  /** Empty where it is no sample of the data, as a decoded item. */
  readonly key: string;
  /** PNG in base64: a picture, or frames in order. */
  readonly pictures?: readonly string[];
  /** Columns and their values; `null` where one is missing or cannot be told. */
  readonly values?: readonly (readonly [column: string, value: string | number | null])[];
}

export interface ItemExample {
  /** Its place in the memory, from 0. */
  readonly item: number;
  /** Its mean addressing weight over the training samples that were looked at. */
  readonly use: number;
  /** The item decoded alone; missing where items stand for single positions. */
  readonly decoded?: Example;
  /** Places in `training` of the samples that read it with the highest weights, the highest first. */
  readonly nearest: readonly number[];
}

export interface Examples {
  /** The largest error of a place, as the median normal sample has it. */
  readonly typicalError: number;
  /** Training samples, whole or the part around one position. */
  readonly training: readonly Example[];
  /** Items in use, the most used first. */
  readonly items: readonly ItemExample[];
  /** Held-out normal samples, whole, as the model takes them. */
  readonly samples: readonly Example[];
}

const finite = v.pipe(v.number(), v.finite());
const index = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const key = v.pipe(v.string(), v.maxLength(1000), v.regex(/^\P{Cc}*$/u, 'Expected one line'));
/** Pixels on a side of a picture, at most. */
const longest = 4096;

const picture = v.pipe(
  v.string(),
  v.maxLength(2 ** 20),
  v.check(isSmallPng, `Expected a PNG in base64, of at most ${longest} pixels a side`),
);

/** The signature, and a header that does not unpack to a bomb. */
function isSmallPng(text: string): boolean {
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(text) || text.length % 4 !== 0) return false;
  const head = Buffer.from(text.slice(0, 44), 'base64');
  if (head.length < 33 || head.toString('latin1', 0, 8) !== '\x89PNG\r\n\x1a\n') return false;
  const sides = [head.readUInt32BE(16), head.readUInt32BE(20)];
  return head.toString('latin1', 12, 16) === 'IHDR' && sides.every((n) => n > 0 && n <= longest);
}

const example = v.strictObject({
  key,
  pictures: v.exactOptional(v.pipe(v.array(picture), v.maxLength(256))),
  values: v.exactOptional(
    v.pipe(
      v.array(v.tuple([v.string(), v.nullable(v.union([finite, v.string()]))])),
      v.maxLength(4096),
    ),
  ),
});

const schema = v.pipe(
  v.strictObject({
    typicalError: v.pipe(finite, v.minValue(0)),
    training: v.array(example),
    items: v.array(
      v.strictObject({
        item: index,
        use: finite,
        decoded: v.exactOptional(example),
        nearest: v.array(index),
      }),
    ),
    samples: v.array(example),
  }),
  v.check(
    ({ items, training }) =>
      items.every(({ nearest }) => nearest.every((place) => place < training.length)),
    'Expected places of training samples that are there',
  ),
);

/** The examples, or where they are wrong first. */
export function checkExamples(
  value: unknown,
): { readonly examples: Examples } | { readonly wrong: string } {
  const { success, output, issues } = v.safeParse(schema, value, { abortEarly: true });
  if (success) return { examples: output };
  return { wrong: `${v.getDotPath(issues[0]) ?? 'examples'}: ${issues[0].message}` };
}
