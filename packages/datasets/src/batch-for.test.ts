import { expect, it } from 'vitest';
import { batchFor } from './batch-for.ts';

it('batchFor keeps large samples few, and always takes one', () => {
  expect(
    [[120], [1, 28, 28], [3, 64, 64], [1, 16, 128, 128], [1, 16, 512, 512]].map(batchFor),
  ).toEqual([1024, 256, 85, 4, 1]);
});
