import { sizeOf } from '@memae/graph';
import { describe, expect, it } from 'vitest';
import { blocksOf } from './blocks.ts';

describe('blocksOf', () => {
  const spaces = [[1], [7], [2, 5], [6, 4], [3, 2, 5]];
  it.each(spaces.map((space) => ({ space })))(
    'gives every position of $space once a sample, in order',
    ({ space }) => {
      for (const batch of [1, 2, 5]) {
        for (const length of [1, 2, 3]) {
          for (let rows = 1; rows < 40; rows += 1) {
            const blocks = blocksOf(rows, { batch, space, stride: space.map(() => length) });
            const covered = blocks.flatMap(({ first, samples, start, end }) =>
              range(samples).flatMap((i) =>
                range(end - start).map((at) => (first + i) * sizeOf(space) + start + at),
              ),
            );
            expect(covered).toEqual(range(batch * sizeOf(space)));
          }
        }
      }
    },
  );

  it('joins samples that are small', () => {
    expect(blocksOf(8, { batch: 3, space: [2, 2], stride: [1, 1] })).toEqual([
      { first: 0, samples: 1, start: 0, end: 4 },
      { first: 1, samples: 2, start: 0, end: 4 },
    ]);
  });

  it('joins all where rows take nothing', () => {
    expect(blocksOf(Infinity, { batch: 3, space: [2, 2], stride: [1, 1] })).toEqual([
      { first: 0, samples: 3, start: 0, end: 4 },
    ]);
  });

  it('cuts a sample that is large where a stride ends', () => {
    const ends = blocksOf(20, { batch: 1, space: [6, 5], stride: [2, 2] }).map(({ end }) => end);
    expect(ends).toEqual([10, 30]);
    const inner = blocksOf(9, { batch: 1, space: [2, 6], stride: [2, 2] }).map(({ end }) => end);
    expect(inner).toEqual([6, 12]);
  });
});

function range(length: number): number[] {
  return Array.from({ length }, (_, i) => i);
}
