// A wheel from PyPI or from the mirror that pip is set up for, kept for the next time, and used only when its
// checksum is the pinned one.

import { createHash } from 'node:crypto';
import { createReadStream, existsSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { makeOwnFolder } from './own-folder.ts';
import { run } from './run.ts';
import { pipWords, type Wheel } from './wheels.ts';

/** `$XDG_CACHE_HOME/memae/wheels`, or the same in ~/.cache. */
export function wheelFolder(environment: NodeJS.ProcessEnv): string {
  return join(environment['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'memae', 'wheels');
}

/** The file of a wheel; it is downloaded unless `folder` holds it whole. */
export async function fetchWheel(
  wheel: Wheel,
  { folder, python }: { readonly folder: string; readonly python: string },
): Promise<string> {
  const kept = join(folder, wheel.file);
  if (existsSync(kept)) {
    if ((await sha256(kept)) === wheel.sha256) return kept;
    rmSync(kept);
  }
  const arriving = makeOwnFolder(folder);
  try {
    // pip's own cache would hold a second copy.
    const pip = [python, '-m', 'pip', 'download', '--no-cache-dir', '--dest', arriving];
    run([...pip, ...pipWords(wheel)], { what: `Downloading ${wheel.file}` });
    const file = join(arriving, wheel.file);
    const found = existsSync(file) ? await sha256(file) : 'no such file';
    if (found !== wheel.sha256) {
      throw new Error(
        `${wheel.file} is not the pinned one and was removed: expected sha256 ${wheel.sha256}, got ${found}. Look at the index that pip is set up for (pip config list).`,
      );
    }
    renameSync(file, kept);
    return kept;
  } finally {
    rmSync(arriving, { recursive: true });
  }
}

async function sha256(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}
