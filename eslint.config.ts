import js from '@eslint/js';
import nx from '@nx/eslint-plugin';
import type { ESLint } from 'eslint';
import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';

/** Layers of ARCHITECTURE.md: a package imports only from a lower one. */
const layers = [0, 1, 2, 3, 4, 5, 6, 7];
const engines = 2;

/** The packages that each layer may import: the lower ones, or all up to `upTo` where that is more. */
const boundaries = (upTo = -1): ['error', object] => [
  'error',
  {
    banTransitiveDependencies: true,
    depConstraints: layers.map((layer) => ({
      sourceTag: `layer:${layer}`,
      onlyDependOnLibsWithTags: [
        'type:config',
        ...layers.filter((other) => other < layer || other <= upTo).map((l) => `layer:${l}`),
      ],
    })),
  },
];

export default defineConfig(
  {
    ignores: [
      '**/dist',
      '**/out-tsc',
      '**/coverage',
      '**/test-results',
      '**/.nx',
      '**/*venv',
      '**/generated',
      '**/scratch',
    ],
  },
  js.configs.recommended,
  {
    files: ['**/*.{ts,tsx}'],
    ignores: ['**/*.config.ts'],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true } },
    plugins: { '@nx': nx as unknown as ESLint.Plugin },
    rules: {
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@nx/enforce-module-boundaries': boundaries(),
    },
  },
  {
    // What an equation says is tested by computing it.
    files: ['packages/core/src/**/*.test.ts', 'packages/core/src/testing/*.ts'],
    rules: { '@nx/enforce-module-boundaries': boundaries(engines) },
  },
);
