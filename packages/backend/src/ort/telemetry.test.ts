// ONNX Runtime collects what it runs unless it is told not to: it writes that to folders first, which tells.

import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

it.each(['here', 'thread'])('a model that is run (%s) is reported nowhere', async (where) => {
  const folder = await mkdtemp(join(tmpdir(), 'memae-telemetry-'));
  try {
    const unset = { ORT_DISABLE_TELEMETRY: undefined };
    const folders = { TMPDIR: folder, HOME: folder, XDG_CACHE_HOME: folder };
    const env = { ...process.env, ...unset, ...folders };
    const program = fileURLToPath(new URL('../testing/run-once.ts', import.meta.url));
    const words = ['--conditions=@memae/source', program, where];
    await promisify(execFile)(process.execPath, words, { env });
    expect(await readdir(folder)).toEqual([]);
  } finally {
    await rm(folder, { recursive: true });
  }
});
