import { assert, integer, property } from 'fast-check';
import { expect, test } from 'vitest';
import { checkTiling, scoreOfTiles, tileCorners } from './tiles.ts';

test('tiles lie inside, cover every pixel, and share as many as asked for', () => {
  const numbers = [integer({ min: 1, max: 20 }), integer({ min: 0, max: 60 })] as const;
  assert(
    property(...numbers, integer({ min: 0, max: 19 }), (tile, more, shared) => {
      const overlap = Math.min(shared, tile - 1);
      const size = { height: tile + more, width: tile };
      const corners = tileCorners(size, { tile, overlap });
      expect(corners.every(({ x }) => x === 0)).toBe(true);
      const starts = corners.map(({ y }) => y);
      expect([starts[0], starts.at(-1)]).toEqual([0, more]);
      starts.slice(1).forEach((start, i) => {
        const step = start - (starts[i] ?? 0);
        expect(step).toBeGreaterThan(0);
        expect(step).toBeLessThanOrEqual(tile - overlap);
      });
    }),
  );
});

test('an image scores as its highest tile, or as their mean', () => {
  expect(scoreOfTiles([1, 5, 3], { tile: 2 })).toBe(5);
  expect(scoreOfTiles([1, 5, 3], { tile: 2, score: 'mean' })).toBe(3);
});

test.each([[{ tile: 0 }], [{ tile: 1.5 }], [{ tile: 4, overlap: 4 }], [{ tile: 4, overlap: -1 }]])(
  'refuses %j',
  (tiling) => {
    expect(() => {
      checkTiling(tiling);
    }).toThrow(/tile is a whole number of pixels and overlap one below it/);
  },
);
