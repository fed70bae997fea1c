// One file from the first mirror that gives it whole and right. What came so far stays in `FILE.part`, so that the
// next mirror, or the next run, goes on from there; the file itself appears only once its checksum is right.

import { createHash } from 'node:crypto';
import { type FileHandle, constants, mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { hasCode } from '@memae/graph';
import { datasetError, reasonOf } from '../error.ts';
import { orUnwritable } from '../or-unwritable.ts';

export interface Progress {
  readonly file: string;
  /** Bytes here so far, and bytes in all. */
  readonly received: number;
  readonly total: number;
}

export interface DownloadOptions {
  /** Where to ask, in turn. */
  readonly urls: readonly string[];
  /** Where the file goes. */
  readonly to: string;
  /** Its size in bytes; no more is ever taken. */
  readonly bytes: number;
  /** Its SHA-256, hexadecimal. */
  readonly sha256: string;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: Progress) => void;
}

const writable = <T>(path: string, write: () => Promise<T>): Promise<T> =>
  orUnwritable(path, 'Make room, or name another cache folder.', write);

/** Times to go round the mirrors: a connection that breaks is taken up again. */
const rounds = 3;

/**
 * Downloads one file.
 * @throws `DATASET_DOWNLOAD_FAILED` when no mirror gave it, saying why each did not; `DATASET_UNWRITABLE` when it
 *   cannot be written; the signal's reason when it fires.
 */
export async function download(options: DownloadOptions): Promise<void> {
  const { urls, to, signal } = options;
  const part = `${to}.part`;
  const reasons: string[] = [];
  const useless = new Set<string>();
  for (let round = 0; round < rounds; round += 1) {
    for (const url of urls.filter((candidate) => !useless.has(candidate))) {
      signal?.throwIfAborted();
      const handle = await writable(part, async () => {
        await mkdir(dirname(to), { recursive: true });
        return open(part, constants.O_RDWR | constants.O_CREAT);
      });
      const outcome = await attempt(url, handle, options).finally(() => handle.close());
      signal?.throwIfAborted();
      if (outcome === 'complete') {
        const found = sha256(await readFile(part));
        if (found === options.sha256) {
          await writable(to, () => rename(part, to));
          return;
        }
        await rm(part, { force: true });
        reasons.push(`${url}: SHA-256 ${options.sha256} was expected, but ${found} came`);
      } else {
        reasons.push(`${url}: ${outcome.reason}`);
        if (outcome.final) useless.add(url);
      }
    }
  }
  throw datasetError(
    'DATASET_DOWNLOAD_FAILED',
    `${to} could not be downloaded. ${[...new Set(reasons)].join('; ')}. ` +
      'Check the network, or put the file there by hand.',
  );
}

/** SHA-256, hexadecimal. */
export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** `final`: asking this mirror again will not help. */
type Outcome = 'complete' | { readonly reason: string; readonly final: boolean };

/** Asks one mirror for what is missing and appends it. */
async function attempt(
  url: string,
  part: FileHandle,
  { to, bytes, signal, onProgress }: DownloadOptions,
): Promise<Outcome> {
  let { size: received } = await part.stat();
  if (received > bytes) {
    await part.truncate();
    received = 0;
  }
  if (received === bytes) return 'complete';
  try {
    const response = await fetch(url, {
      // A mirror that packs or unpacks the file on the way would change its bytes.
      headers: { 'accept-encoding': 'identity', range: `bytes=${received}-` },
      signal: signal ?? null,
    });
    if (!response.ok || response.body === null) {
      await response.body?.cancel();
      return { reason: `answered ${response.status}`, final: response.status < 500 };
    }
    const goesOn = response.headers.get('content-range')?.startsWith(`bytes ${received}-`) === true;
    if (!goesOn && received > 0) {
      await writable(to, () => part.truncate());
      received = 0;
    }
    const body: AsyncIterable<Uint8Array> = response.body;
    for await (const chunk of body) {
      if (received + chunk.length > bytes) {
        received = Infinity;
        break;
      }
      // At its place, not at the end: another process that downloads the same file then does no harm.
      await writable(to, () => part.write(chunk, 0, chunk.length, received));
      received += chunk.length;
      onProgress?.({ file: to, received, total: bytes });
    }
    if (received === bytes) return 'complete';
    // Not cut off, but of another size: nothing to go on from.
    await writable(to, () => part.truncate());
    const came = received > bytes ? 'more came' : `${received} came`;
    return { reason: `${bytes} bytes were expected, but ${came}`, final: true };
  } catch (error) {
    if (hasCode(error, 'DATASET_UNWRITABLE')) throw error;
    const cause = error instanceof Error ? error.cause : undefined;
    return { reason: cause instanceof Error ? cause.message : reasonOf(error), final: false };
  }
}
