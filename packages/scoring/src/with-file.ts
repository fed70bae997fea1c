// What came over a wire and can only be read as a file.

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MemaeError } from '@memae/graph';

/**
 * Works with bytes as a file called `file`, in a folder of its own that goes when `work` is done. Errors call the file
 * `told`, by default `file`: where it lay is nothing that whoever sent it should know.
 * @throws whatever `work` throws
 */
export async function withFile<T>(
  bytes: string | Uint8Array,
  { file, told = file }: { readonly file: string; readonly told?: string },
  work: (path: string) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'memae-file-'));
  const path = join(folder, file);
  try {
    await writeFile(path, bytes);
    return await work(path);
  } catch (error) {
    if (!(error instanceof MemaeError && error.message.includes(folder))) throw error;
    const message = error.message.replaceAll(path, told).replaceAll(join(folder, '/'), '');
    throw new MemaeError(error.code, message, { cause: error });
  } finally {
    await rm(folder, { recursive: true });
  }
}
