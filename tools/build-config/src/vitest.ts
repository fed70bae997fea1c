import { defineConfig } from 'vitest/config';

const conditions = ['@memae/source', 'node', 'development|production'];

/** Resolves workspace packages to their sources, so tests need no build, and all others as Node.js itself does. */
export const library = defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    environment: 'node',
    include: ['src/**/*.test.ts'],
    // A test that hangs should end; one on a busy machine should not.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // The second is for .ci/run, which adds the packages' counts up.
    reporters: ['default', ['json', { outputFile: 'test-results/vitest.json' }]],
  },
});
