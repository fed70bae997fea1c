// The page's files, all in memory: what is asked for by a browser is looked up here, never on the disk. The package holds them
// built; a server that runs from its sources builds them first.

import { readFile, readdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { buildPage } from './build-page.ts';

/** Contents by path, as `assets/index-B3x.js`. */
export type PageFiles = ReadonlyMap<string, Uint8Array>;

export async function pageFiles(): Promise<PageFiles> {
  if (import.meta.url.endsWith('.ts')) {
    // Named at run time, so that no bundler takes it, and the bundler that it needs, into the package.
    const builder = new URL('build-page.ts', import.meta.url).href;
    const { buildPage: build } = (await import(builder)) as { buildPage: typeof buildPage };
    return build();
  }
  const root = dirname(createRequire(import.meta.url).resolve('@memae/server/package.json'));
  const folder = join(root, 'dist/page');
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  return new Map(
    await Promise.all(
      files.map(async ({ name, parentPath }) => {
        const path = join(parentPath, name);
        const relative = path.slice(folder.length + 1).replaceAll('\\', '/');
        return [relative, await readFile(path)] as const;
      }),
    ),
  );
}
