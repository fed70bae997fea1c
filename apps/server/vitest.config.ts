import { library } from '@memae/build-config/vitest';
import { defineProject, mergeConfig } from 'vitest/config';

// Models are trained and served for real: slow where the machine is busy.
export default mergeConfig(
  library,
  defineProject({ test: { name: '@memae/server', testTimeout: 60_000, hookTimeout: 120_000 } }),
);
