import { ndarray } from '@memae/graph';
import { expect, it } from 'vitest';
import { addBatch, epochValues, startEpoch } from './epoch-meter.ts';

it('averages scalars over samples and counts the places of vectors that were ever one', () => {
  const sums = startEpoch();
  const batch = (loss: number, used: number[]) => ({
    loss: ndarray([loss], []),
    used: ndarray(used, [used.length]),
  });
  addBatch(sums, batch(1, [1, 0, 0, 0]), 8);
  addBatch(sums, batch(4, [1, 0, 1, 0]), 4);
  expect(epochValues(sums)).toEqual({ loss: 2, used: 2 });
  // A checkpoint holds the sums as JSON, and they go on from there.
  const later = JSON.parse(JSON.stringify(sums)) as typeof sums;
  addBatch(later, batch(0, [0, 1, 0, 0]), 12);
  expect(epochValues(later)).toEqual({ loss: 1, used: 3 });
});
