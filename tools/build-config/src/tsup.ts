import type { Options } from 'tsup';

/** Build options shared by every published package. */
export const library: Options = {
  entry: ['src/index.ts'],
  format: ['esm'],
  // Declarations are bundled against the built dependencies, not their sources.
  dts: { compilerOptions: { composite: false, incremental: false, customConditions: [] } },
  clean: true,
  sourcemap: true,
  treeshake: true,
  target: 'node20',
  platform: 'node',
};
