import type { BackendProvider } from '@memae/backend';
import { ortBackend } from '@memae/backend/ort';
import { referenceBackend } from '@memae/backend/reference';
import { describe, expect, it } from 'vitest';
import { goldenFigures } from './golden-figures.ts';
import { goldenFolder, goldenNames } from './golden-file.ts';

const engines: readonly BackendProvider[] = [referenceBackend, ortBackend()];
const names = goldenNames();

describe.skipIf(names.length === 0)(
  `golden figures (from MEMAE_GOLDEN, here ${goldenFolder})`,
  () => {
    describe.each(engines)('$id', (engine) => {
      it.each(names)('%s', { timeout: 120_000 }, async (name) => {
        const figures = await goldenFigures(engine, name);
        expect(figures.length).toBeGreaterThan(50);
        expect(figures.filter((figure) => !(figure.shareOfTolerance <= 1))).toEqual([]);
      });
    });
  },
);
