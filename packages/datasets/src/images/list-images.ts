// Which pictures lie in a folder, at any depth.

import { type Dirent } from 'node:fs';
import { readdir, realpath, stat } from 'node:fs/promises';
import { join, posix } from 'node:path';
import { datasetError, reasonOf } from '../error.ts';

/** What systems leave behind: `.DS_Store`, `._a.png`, `__MACOSX`. */
const leftBehind = /^(\.|__MACOSX$)/;

/**
 * Paths within the folder, with `/`, in order of their names; hidden ones are left out. Links are followed, and a folder
 * that is reached twice is read once, so that none goes round in circles.
 * @throws `DATASET_NOT_FOUND` naming a folder that cannot be read
 */
export async function listImages(folder: string, names: RegExp): Promise<string[]> {
  const seen = new Set<string>();
  const walk = async (inside: string): Promise<string[]> => {
    const path = join(folder, inside);
    const real = await realpath(path);
    if (seen.has(real)) return [];
    seen.add(real);
    const found: string[] = [];
    for (const entry of await entriesOf(path)) {
      if (leftBehind.test(entry.name)) continue;
      const within = posix.join(inside, entry.name);
      if (await isFolder(entry, join(path, entry.name))) found.push(...(await walk(within)));
      else if (names.test(entry.name)) found.push(within);
    }
    return found;
  };
  return (await walk('.')).sort();
}

async function entriesOf(folder: string): Promise<Dirent[]> {
  try {
    return await readdir(folder, { withFileTypes: true });
  } catch (error) {
    throw datasetError(
      'DATASET_NOT_FOUND',
      `${folder}: a folder to read was expected, but reading failed: ${reasonOf(error)}. Give the right to read it, or ` +
        'move it away.',
      error,
    );
  }
}

/** A link that leads nowhere is no folder: whoever reads it says so. */
async function isFolder(entry: Dirent, path: string): Promise<boolean> {
  if (!entry.isSymbolicLink()) return entry.isDirectory();
  const target = await stat(path).catch(() => undefined);
  return target?.isDirectory() ?? false;
}
