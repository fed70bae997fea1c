// Bytes that may be gzipped, as the plain bytes they stand for.

import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { createGunzip, gunzipSync } from 'node:zlib';
import { datasetError, reasonOf } from './error.ts';

/** Whether bytes start as gzip does. */
function isGzip(bytes: Uint8Array): boolean {
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

/**
 * The bytes of a file, unpacked in passing where it is gzipped.
 * @throws `DATASET_NOT_FOUND` when it cannot be opened; what zlib says when it is cut short or broken.
 */
export async function* gunzipFile(file: string): AsyncGenerator<Uint8Array> {
  const handle = await open(file).catch((error: unknown) => {
    throw datasetError('DATASET_NOT_FOUND', `${file} cannot be opened: ${reasonOf(error)}.`, error);
  });
  const start = new Uint8Array(2);
  await handle.read(start, 0, 2, 0).finally(() => handle.close());
  const packed = createReadStream(file);
  if (!isGzip(start)) {
    yield* packed as AsyncIterable<Uint8Array>;
    return;
  }
  const plain = createGunzip();
  try {
    // An error of the file must reach whoever reads the unpacked bytes.
    packed.on('error', (error) => plain.destroy(error));
    yield* packed.pipe(plain) as AsyncIterable<Uint8Array>;
  } finally {
    packed.destroy();
  }
}
