// Remedies against a memory that collapses, in training itself: each does what it says. All are off by default.

import type { Backend } from '@memae/backend';
import { ortBackend } from '@memae/backend/ort';
import type { RawOptions } from '@memae/training';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { memae } from './index.ts';
import { fitter } from './testing/fit.ts';
import { kinds } from './testing/kinds.ts';
import { drawnDataset, quick } from './testing/strokes.ts';

let backend: Backend;
beforeAll(async () => {
  backend = await ortBackend({ threads: 1 }).open();
});
afterAll(() => backend[Symbol.asyncDispose]());
const fit = fitter(() => backend);

const dataset = drawnDataset([1], { count: 160 });
async function historyOf(options: RawOptions) {
  const { history } = await fit(memae, { ...quick, ...options }, { dataset });
  return (name: string) => history.map(({ values }) => values[name] ?? NaN);
}

it('entropyWarmup: the entropy weighs less in the first epochs, and its whole weight after them', async () => {
  const measured = await historyOf({ 'training.epochs': 4, entropyWarmup: 2 });
  const weights = measured('penalty').map((p, i) => p / (measured('addressingEntropy')[i] ?? NaN));
  expect(weights[0]).toBeLessThan(0.6 * 0.0002);
  expect(weights[1]).toBeGreaterThan(0.6 * 0.0002);
  expect(weights[1]).toBeLessThan(0.00019);
  expect(weights[2]).toBeCloseTo(0.0002, 8);
  expect(weights[3]).toBeCloseTo(0.0002, 8);
});

describe('memory.reseed', () => {
  it('brings a memory back into use that a large λ has let collapse', async () => {
    const large = { 'training.epochs': 6, 'memory.shrinkage': 3 };
    const more = drawnDataset([1], { count: 400 });
    const runs = [0, 1].map((reseed) =>
      fit(memae, { ...quick, ...large, 'memory.reseed': reseed }, { dataset: more }),
    );
    const [collapsed, reseeded] = await Promise.all(runs);
    const last = (run: typeof collapsed) => run?.history.at(-1)?.values ?? {};
    expect(collapsed?.history[0]?.values).toEqual(reseeded?.history[0]?.values);
    expect(last(collapsed)['itemsInUse']).toBeLessThanOrEqual(5);
    expect(last(reseeded)['itemsInUse']).toBeGreaterThan(15);
    expect(last(reseeded)['reconstructionError']).toBeLessThan(
      0.7 * (last(collapsed)['reconstructionError'] ?? NaN),
    );
  });

  it.each(['zeros', 'unshrunk'])(
    'works for queries per position, on video, empty rows read as %s',
    async (emptyRows) => {
      const [, video] = kinds;
      if (video === undefined) return expect.fail('no video');
      const options = {
        ...video.options,
        'memory.shrinkage': 2.5,
        'memory.emptyRows': emptyRows,
        'memory.slots': 40,
      };
      const runs = [0, 1].map((reseed) =>
        fit(memae, { ...options, 'memory.reseed': reseed }, video),
      );
      const [plain, reseeded] = await Promise.all(runs);
      const items = (run: typeof plain) =>
        run?.program.parameters.find(({ op }) => op.name === 'memory.items')?.op.initial.data;
      expect(items(reseeded)).not.toEqual(items(plain));
      expect(reseeded?.history.at(-1)?.values['itemsInUse']).toBeGreaterThan(0);
    },
  );
});

it('memory.emptyRows=unshrunk: what λ empties is read nevertheless, and told as what it is, without a warning', async () => {
  const large = { preset: 'paper', 'memory.shrinkage': 3 };
  expect((await historyOf(large))('addressingEntropy')).toEqual([0, 0]);
  const warned: string[] = [];
  const { history } = await fit(
    memae,
    { ...quick, ...large, 'memory.emptyRows': 'unshrunk' },
    { dataset, onWarning: (message) => warned.push(message) },
  );
  for (const { values } of history) {
    expect(values).toMatchObject({ emptyRows: 1, nonZeroWeights: 0, itemsInUse: 0 });
    expect(values['addressingEntropy']).toBeGreaterThan(4);
  }
  expect(warned).toEqual([]);
});
