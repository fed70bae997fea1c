import { library } from '@memae/build-config/vitest';
import { defineProject, mergeConfig } from 'vitest/config';

export default mergeConfig(library, defineProject({ test: { name: '@memae/server-trials' } }));
