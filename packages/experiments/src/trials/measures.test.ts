import { expect, it } from 'vitest';
import { measureMemoryScores } from './measures.ts';

const columnsOf = (error: number[], distance: number[], entropy: number[]) =>
  new Map([
    ['reconstructionError', Float32Array.from(error)],
    ['memoryDistance', Float32Array.from(distance)],
    ['addressingEntropy', Float32Array.from(entropy)],
  ]);
const test = { labels: Uint8Array.of(0, 0, 1, 1), keys: ['a', 'b', 'c', 'd'] };

it('the sum weighs each part by how much it varies among normal samples', () => {
  // The error, in thousands, varies at random; in its own deviations the distance tells more.
  const columns = columnsOf([1000, 3000, 2000, 1500], [0.1, 0.2, 0.8, 0.9], [1, 1, 1, 1]);
  const normal = columnsOf([1000, 2000, 3000], [0.1, 0.15, 0.2], [1, 1, 1]);
  const figures = measureMemoryScores('image', { ...test, columns, normal });
  expect(figures).toEqual({ byDistance: 1, byEntropy: 0.5, bySum: 1 });
  const error = columns.get('reconstructionError') ?? new Float32Array();
  const alone = new Map([['memoryDistance', error]]);
  expect(measureMemoryScores('image', { ...test, columns: alone })).toEqual({ byDistance: 0.5 });
  // Scores that come along are not what is measured.
  const scored = { ...test, scores: Float32Array.of(4, 3, 2, 1) };
  expect(measureMemoryScores('image', { ...scored, columns, normal })).toEqual(figures);
});
