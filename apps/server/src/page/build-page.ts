// Builds the page in memory, for a server that runs from its sources. Not part of the package.

import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { type Rolldown, build } from 'vite';
import type { PageFiles } from './page-files.ts';

export async function buildPage(): Promise<PageFiles> {
  const root = dirname(createRequire(import.meta.url).resolve('@memae/server/package.json'));
  const built = await build({
    configFile: join(root, 'vite.config.ts'),
    logLevel: 'warn',
    build: { write: false },
  });
  const { output } = [built].flat()[0] as Rolldown.RolldownOutput;
  return new Map(
    output.map((file) => [
      file.fileName,
      Buffer.from(file.type === 'chunk' ? file.code : file.source),
    ]),
  );
}
