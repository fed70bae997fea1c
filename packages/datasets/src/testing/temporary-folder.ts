// For tests: a folder of its own for each, removed afterwards.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'memae-datasets-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  return folder;
}
