// Files that the user names: their folders are made, and they appear whole or not at all.

import { dirname } from 'node:path';
import { writeFileAtomic } from '@memae/onnx';
import { makeFolder } from './run-folder.ts';

/** @throws `CLI_UNWRITABLE`, `FILE_UNWRITABLE`; an earlier file is left as it was. */
export async function writeOutput(
  path: string,
  data: Parameters<typeof writeFileAtomic>[1],
): Promise<void> {
  await makeFolder(dirname(path));
  await writeFileAtomic(path, data);
}
