import { library } from '@memae/build-config/vitest';
import { defineProject, mergeConfig } from 'vitest/config';

// Whole runs in processes of their own, the longest of all packages' tests: by default vitest leaves one core free.
export default mergeConfig(
  library,
  defineProject({
    test: {
      name: 'memae',
      include: ['examples/**/*.test.ts'],
      maxWorkers: '100%',
      testTimeout: 300_000,
    },
  }),
);
