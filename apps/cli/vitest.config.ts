import { library } from '@memae/build-config/vitest';
import { defineProject, mergeConfig } from 'vitest/config';

// Whole runs in processes of their own: slow where the machine is busy.
export default mergeConfig(
  library,
  defineProject({ test: { name: 'memae', testTimeout: 120_000, hookTimeout: 120_000 } }),
);
