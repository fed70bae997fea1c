// What `--data` names, opened: where known data sets are kept, and how many of their samples are taken.

import { homedir } from 'node:os';
import { join } from 'node:path';
import { type Pool, type Progress as Download, openPool } from '@memae/datasets';
import { take } from '@memae/graph';
import type { CliContext } from './context.ts';
import type { RunConfig } from './run-config.ts';

/** Folders for known data sets: the user's own, if MEMAE_DATA names one, and the cache. */
export interface DataFolders {
  readonly root?: string;
  readonly cache: string;
}

export function dataFolders({ env }: CliContext): DataFolders {
  const root = env['MEMAE_DATA'];
  const caches = env['XDG_CACHE_HOME'] || join(homedir(), '.cache');
  return { ...(root ? { root } : {}), cache: join(caches, 'memae') };
}

/** Opens a known data set, downloading it where need be, or the user's own folder. */
export async function openData(
  { data, limit, size }: Pick<RunConfig, 'data' | 'limit' | 'size'>,
  context: CliContext,
  { onDownload }: { readonly onDownload: (progress: Download) => void },
): Promise<Pool> {
  const pool = await openPool(data, {
    ...dataFolders(context),
    ...(size === null ? {} : { size }),
    signal: context.signal,
    onProgress: onDownload,
  });
  return limit === null ? pool : firstOfEachClass(pool, limit);
}

/** The first `limit` samples of each class, under the names they have in the whole. */
function firstOfEachClass(pool: Pool, limit: number): Pool {
  const { name, images, labels, keys } = pool;
  const counts = new Map<number, number>();
  const picked = Array.from(labels.keys()).filter((i) => {
    const label = labels[i] ?? 0;
    const count = (counts.get(label) ?? 0) + 1;
    counts.set(label, count);
    return count <= limit;
  });
  return {
    ...pool,
    images: images.dtype === 'uint8' ? take(images, picked) : take(images, picked),
    labels: Uint8Array.from(picked, (i) => labels[i] ?? 0),
    keys: picked.map((i) => keys?.[i] ?? `${name}/${i}`),
  };
}
