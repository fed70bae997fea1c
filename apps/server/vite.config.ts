// The page: built into the package, or in memory by a server that runs from its sources.

import { join } from 'node:path';
import { defineConfig } from 'vite';

const here = import.meta.dirname;

export default defineConfig({
  root: join(here, 'page'),
  resolve: { conditions: ['@memae/source', 'module', 'browser', 'development|production'] },
  build: {
    outDir: join(here, 'dist/page'),
    emptyOutDir: true,
    // Everything is a file of its own: the page's policy allows nothing that is written into it.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    license: { fileName: 'licenses.md' },
    target: 'es2022',
  },
});
