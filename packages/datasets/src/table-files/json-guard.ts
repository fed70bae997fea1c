// What of JSON must not come to DuckDB, which reads it by calling itself, down to the end of its stack, and settles columns
// in a time that grows faster than their number, and cannot be interrupted.

import { datasetError } from '../error.ts';

/** Rows hold values, a few of them lists and structures. */
const deepest = 64;
const [quote, backslash, colon, openList, openObject, closeList, closeObject] =
  Buffer.from('"\\:[{]}');

/**
 * Gives what is to be called with a file's bytes, in order.
 * @throws `DATASET_CORRUPT` for lists or structures more than 64 deep in one another, and for objects of more than
 *   `mostKeys` different keys in all
 */
export function jsonGuard(
  file: string,
  { mostKeys }: { readonly mostKeys: number },
): (bytes: Uint8Array) => void {
  let [depth, hash] = [0, 0];
  let [within, escaped] = [false, false];
  // Keys by a hash of theirs: two that share one are counted once, which is no matter for a bound.
  const keys = new Set<number>();
  return (bytes) => {
    for (const byte of bytes) {
      if (within) {
        if (byte === quote && !escaped) within = false;
        else hash = Math.imul(hash ^ byte, 0x01000193);
        escaped = byte === backslash && !escaped;
      } else if (byte === quote) {
        [within, hash] = [true, 0x811c9dc5 | 0];
      } else if (byte === openList || byte === openObject) {
        depth += 1;
        if (depth > deepest) throw tooDeep(file);
      } else if (byte === closeList || byte === closeObject) {
        depth -= 1;
      } else if (byte === colon && mostKeys < Infinity) {
        keys.add(hash);
        if (keys.size > mostKeys) throw tooWide(file, mostKeys);
      }
    }
  };
}

function tooDeep(file: string) {
  return datasetError(
    'DATASET_CORRUPT',
    `${file} cannot be read: lists or structures are more than ${deepest} deep in one another, where rows hold values.`,
  );
}

/** There are too many columns to be looked at. */
export function tooWide(file: string, most: number) {
  return datasetError(
    'DATASET_CORRUPT',
    `${file} has more than ${most} columns, which is far more than the model takes. Leave out what it does not take.`,
  );
}
