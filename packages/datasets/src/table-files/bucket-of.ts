// The bucket of a text, for columns of many categories; what else becomes of a row is told where `RowColumn` is.

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
