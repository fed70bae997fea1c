// The files in a tar archive, gzipped or not, read in memory: nothing is ever written, so no path in it can do harm.

import { MemaeError } from '@memae/graph';
import { datasetError, reasonOf } from '../error.ts';
import { gunzipFile } from '../gunzip.ts';

export interface ReadTarOptions {
  /** The archive. */
  readonly file: string;
  /** Which files in it are wanted, by their path in it; others are passed over. */
  readonly wanted: (path: string) => boolean;
  /** Takes each wanted file whole, in the archive's order. */
  readonly onFile: (path: string, bytes: Uint8Array) => void;
  /** Refuses an archive that unpacks to more bytes. */
  readonly maxBytes: number;
  /** Refuses a wanted file of more bytes. */
  readonly maxFileBytes: number;
  readonly signal?: AbortSignal;
}

/**
 * Reads the wanted files of an archive; links and folders are passed over.
 * @throws `DATASET_CORRUPT` naming the archive when it is cut short, broken or too large; `DATASET_NOT_FOUND` when it
 *   is not there; the signal's reason when it fires.
 */
export async function readTar(options: ReadTarOptions): Promise<void> {
  const { file, wanted, onFile, maxBytes, maxFileBytes, signal } = options;
  // Loaded here, so that those who read no archives need not load it.
  const { Parser } = await import('tar');
  const parser = new Parser({
    strict: true,
    filter: (path, entry) => 'type' in entry && entry.type === 'File' && wanted(path),
    onReadEntry: (entry) => {
      if (entry.size > maxFileBytes) {
        throw refusal(file, `${entry.path} in it is larger than ${maxFileBytes} bytes`);
      }
      const parts: Uint8Array[] = [];
      entry.on('data', (part) => parts.push(part));
      entry.on('end', () => {
        onFile(entry.path, Buffer.concat(parts));
      });
    },
  });
  let broken: unknown;
  parser.on('error', (error) => {
    broken ??= error;
  });
  let unpacked = 0;
  try {
    for await (const chunk of gunzipFile(file)) {
      signal?.throwIfAborted();
      // The parser would unpack it by itself, past `maxBytes`.
      if (unpacked === 0 && isPacked(chunk)) {
        throw refusal(file, 'it is packed by other means than gzip once');
      }
      unpacked += chunk.length;
      if (unpacked > maxBytes) throw refusal(file, `it unpacks to more than ${maxBytes} bytes`);
      parser.write(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length));
      if (broken !== undefined) break;
    }
    if (broken === undefined) parser.end();
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof MemaeError) throw error;
    broken ??= error;
  }
  if (broken !== undefined) throw refusal(file, reasonOf(broken), broken);
}

/** Whether bytes start as gzip or Zstandard (RFC 8878) does, or are too few to tell. */
function isPacked(bytes: Uint8Array): boolean {
  const start = Buffer.from(bytes.subarray(0, 4)).toString('hex');
  return start.startsWith('1f8b') || start === '28b52ffd' || start.length < 8;
}

function refusal(file: string, reason: string, cause?: unknown) {
  return datasetError(
    'DATASET_CORRUPT',
    `${file}: a whole tar archive was expected, but ${reason}. Fetch or write it again.`,
    cause,
  );
}
