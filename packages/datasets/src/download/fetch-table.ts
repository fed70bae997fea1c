// A table at an address, fetched as often as it is opened: nobody has said what its checksum should be. So it is bounded, and
// appears in the cache only once all of it is there.

import { createHash } from 'node:crypto';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { MemaeError } from '@memae/graph';
import { datasetError, reasonOf } from '../error.ts';
import type { Progress } from './download.ts';

export interface FetchTableOptions {
  /** The folder that keeps what was fetched; by default one for temporary files. */
  readonly cache?: string;
  /** Bytes of a table, at most; by default 4 GiB. */
  readonly most?: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: Progress) => void;
}

/** `https://host/rows.parquet`, `s3://bucket/rows.parquet`: no path. */
export function isAddress(source: string): boolean {
  return /^[a-z][a-z\d+.-]+:\/\//i.test(source);
}

/** An address as messages have it: what follows the path is often a signature, what precedes the host a password. */
export function withoutSecrets(address: string): string {
  return address.replace(/[?#].*$/, '').replace(/:\/\/[^/]*@/, '://');
}

function requireWeb(address: string): URL {
  const shown = withoutSecrets(address);
  const refused = (why: string) => datasetError('DATASET_BAD_OPTION', why);
  if (!/^https?:/i.test(address)) {
    throw refused(
      `Tables are fetched by http and https, but ${shown} came. Copy it to a file first, or give an https address of it.`,
    );
  }
  const url = URL.parse(address);
  if (url === null)
    throw refused(`${shown} is no address: https://host/path/table.csv was expected.`);
  if (url.username !== '' || url.password !== '') {
    throw refused(
      `${shown} came with a name or a password, which are not sent. Give a signed address, or copy the table to a file first.`,
    );
  }
  return url;
}

/**
 * Fetches what is at an address, and tells where it is.
 * @throws `DATASET_BAD_OPTION` for an address other than http and https, or with a password in it; `DATASET_DOWNLOAD_FAILED` for one that does not
 *   answer, breaks off, or holds more than `most`; `DATASET_UNWRITABLE`; the signal's reason when it fires.
 */
export async function fetchTable(
  address: string,
  options: FetchTableOptions = {},
): Promise<string> {
  const { cache = join(tmpdir(), 'memae'), most = 2 ** 32, signal, onProgress } = options;
  const { pathname } = requireWeb(address);
  const shown = withoutSecrets(address);
  const failed = (why: string, cause?: unknown) =>
    datasetError(
      'DATASET_DOWNLOAD_FAILED',
      `${shown} could not be fetched: ${why}. Check the address and the network, or copy it to a file first.`,
      cause,
    );
  const hash = createHash('sha256').update(address).digest('hex');
  const folder = join(cache, 'tables', hash.slice(0, 16));
  const to = join(folder, basename(pathname) || 'table');
  const part = `${to}.${process.pid}.part`;
  try {
    const response = await fetch(address, {
      // Packed on the way it would have another length.
      headers: { 'accept-encoding': 'identity' },
      signal: signal ?? null,
    });
    if (!response.ok || response.body === null) throw failed(`it answered ${response.status}`);
    const total = Number(response.headers.get('content-length') ?? NaN);
    const tooMuch = `it holds more than ${most} bytes`;
    if (total > most) throw failed(tooMuch);
    await mkdir(folder, { recursive: true });
    const file = await open(part, 'w');
    try {
      let received = 0;
      for await (const chunk of response.body as AsyncIterable<Uint8Array>) {
        received += chunk.length;
        if (received > most) throw failed(tooMuch);
        await file.writeFile(chunk);
        onProgress?.({ file: to, received, total: total || received });
      }
    } finally {
      await file.close();
    }
    await rename(part, to);
    return to;
  } catch (error) {
    await rm(part, { force: true });
    signal?.throwIfAborted();
    if (error instanceof MemaeError) throw error;
    if (error instanceof Error && 'syscall' in error && 'path' in error) {
      throw datasetError(
        'DATASET_UNWRITABLE',
        `${to} cannot be written: ${reasonOf(error)}.`,
        error,
      );
    }
    const cause = error instanceof Error ? error.cause : undefined;
    throw failed(cause instanceof Error ? cause.message : reasonOf(error), error);
  }
}
