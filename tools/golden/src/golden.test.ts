import { describe, expect, it } from 'vitest';
import { engines } from './engines.ts';
import { goldenFigures } from './golden-figures.ts';
import { goldenFolder, goldenNames } from './golden-file.ts';

const names = goldenNames();

describe.skipIf(names.length === 0)(
  `golden figures (from MEMAE_GOLDEN, here ${goldenFolder})`,
  () => {
    describe.each(engines)('$engine.id', ({ engine, unavailable }) => {
      it.skipIf(unavailable !== null).each(names)('%s', { timeout: 300_000 }, async (name) => {
        const figures = await goldenFigures(engine, name);
        expect(figures.length).toBeGreaterThan(50);
        expect(figures.filter((figure) => !(figure.shareOfTolerance <= 1))).toEqual([]);
      });
    });
  },
);
