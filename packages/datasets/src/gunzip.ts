// Bytes that may be gzipped, as the plain bytes they stand for.

import { gunzipSync } from 'node:zlib';
import { datasetError, reasonOf } from './error.ts';

/** Whether bytes start as gzip does. */
export function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

/**
 * Unpacks gzip and leaves anything else as it is; `file` names the data in messages.
 * @throws `DATASET_CORRUPT` when unpacking fails, or would give more than `maxBytes`.
 */
export function gunzip(
  bytes: Uint8Array,
  { file, maxBytes }: { readonly file: string; readonly maxBytes: number },
): Uint8Array {
  if (!isGzip(bytes)) return bytes;
  try {
    return gunzipSync(bytes, { maxOutputLength: maxBytes });
  } catch (error) {
    throw datasetError(
      'DATASET_CORRUPT',
      `${file}: gzip data of at most ${maxBytes} bytes unpacked was expected, but unpacking failed: ` +
        `${reasonOf(error)}. Fetch or write it again.`,
      error,
    );
  }
}
