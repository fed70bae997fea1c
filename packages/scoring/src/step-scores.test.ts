import { arrayDataset } from '@memae/datasets';
import { ndarray } from '@memae/graph';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stepScores } from './step-scores.ts';

interface Window {
  readonly fresh: readonly string[];
  readonly score: number;
  /** One a number, the steps' numbers one after another. */
  readonly errors?: readonly number[];
}

/** Windows in batches of so many. */
async function* answered(windows: readonly Window[], size = 2) {
  for (let start = 0; start < windows.length; start += size) {
    const part = windows.slice(start, start + size);
    const maps = part.flatMap(({ errors }) => errors ?? []);
    await Promise.resolve();
    yield {
      batch: {
        samples: ndarray(new Float32Array(part.length), [part.length, 1]),
        keys: part.map(() => ''),
        labels: new Uint8Array(part.length),
        fresh: part.map(({ fresh }) =>
          fresh.map((key) => ({ key, label: key.startsWith('!') ? 1 : 0 })),
        ),
      },
      answers: {
        score: ndarray(
          part.map(({ score }) => score),
          [part.length],
        ),
        ...(maps.length > 0 && {
          errorMap: ndarray(maps, [part.length, maps.length / part.length]),
        }),
      },
    };
  }
}

async function all(windows: readonly Window[], window: number, size?: number) {
  const found: (readonly [string, number, number])[] = [];
  for await (const { keys, scores, truths } of stepScores(answered(windows, size), { window })) {
    keys.forEach((key, i) => found.push([key, scores[i] ?? NaN, truths[i] ?? NaN]));
  }
  return found;
}

describe('a step scores', () => {
  it('its own error, in the unit of the window, as the mean over the windows that cover it', async () => {
    const windows = [
      { fresh: ['a', 'b'], score: 4, errors: [0, 1, 2, 1] },
      { fresh: ['!c'], score: 2, errors: [1, 0, 0, 1] },
    ];
    // Window 1: a 1, b 3 of 4, whose mean is 2; window 2: b 1, c 1.
    expect(await all(windows, 2)).toEqual([
      ['a', 2, 0],
      ['b', (6 + 2) / 2, 0],
      ['!c', 2, 1],
    ]);
  });

  it('the higher the more it errs, also where the window’s score is below 0', async () => {
    const windows = [{ fresh: ['a', 'b', 'c', 'd'], score: -2, errors: [1, 1, 9, 1] }];
    const scores = (await all(windows, 4)).map(([, score]) => score);
    expect(scores[2]).toBe(2);
    for (const t of [0, 1, 3]) expect(scores[t]).toBeCloseTo(-2 - (2 * 2) / 3, 6);
  });

  it('as its windows, where they have no error or no map of it', async () => {
    const none = { fresh: ['a', 'b'], score: 3 };
    expect(await all([none, { fresh: ['c'], score: 1 }], 2)).toEqual([
      ['a', 3, 0],
      ['b', 2, 0],
      ['c', 1, 0],
    ]);
    expect(await all([{ ...none, errors: [0, 0] }], 2)).toEqual([
      ['a', 3, 0],
      ['b', 3, 0],
    ]);
  });

  it('on average as the windows, each step once, whatever the batches (law)', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 9 }),
        fc.integer({ min: 1, max: 4 }),
        async (scores, size) => {
          const windows = scores.map((score, i) => ({
            fresh: ['a', 'b', 'c'].map((step) => `${i}${step}`),
            score,
            errors: [1, i + 1, 2 * i],
          }));
          const steps = await all(windows, 3, size);
          expect(steps.map(([key]) => key)).toEqual(windows.flatMap(({ fresh }) => fresh));
          const sum = steps.reduce((total, [, score]) => total + score, 0);
          expect(sum / 3).toBeCloseTo(
            scores.reduce((a, b) => a + b),
            4,
          );
        },
      ),
      { numRuns: 50 },
    );
  });

  it('of windows only', async () => {
    const rows = arrayDataset({
      ...{ name: 'rows', modality: 'tabular', keys: ['a'] },
      samples: ndarray([1], [1, 1]),
    });
    async function* batches() {
      for await (const batch of rows.batches({ size: 1 })) yield { batch, answers: {} };
    }
    await expect(stepScores(batches(), { window: 2 }).next()).rejects.toThrow(
      'The model takes windows of rows in the order of time',
    );
  });
});
