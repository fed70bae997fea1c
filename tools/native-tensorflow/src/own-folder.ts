// A folder that this process alone works in. One that is killed leaves its own behind; the next call takes it away.

import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

const prefix = '.native-tensorflow-';

/** Makes an empty folder in `parent`, which is made if it is not there, and removes those of processes that ended. */
export function makeOwnFolder(parent: string): string {
  mkdirSync(parent, { recursive: true });
  for (const name of readdirSync(parent).filter((each) => each.startsWith(prefix))) {
    if (!isRunning(Number(name.slice(prefix.length)))) {
      rmSync(join(parent, name), { recursive: true });
    }
  }
  const folder = join(parent, `${prefix}${process.pid}`);
  mkdirSync(folder);
  return folder;
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
