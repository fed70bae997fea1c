import { describe, expect, it } from 'vitest';
import { unscaled } from './columns.ts';

/** A value as a model gets it, and back. */
const back = (value: number, shift: number, scale: number): number =>
  unscaled({ shift, scale }, Math.fround((value - shift) / scale));

describe('a number in its column’s own unit', () => {
  it.each([0.012, 0.3333, 71 / 400, 1e-9, 12_345.678])(
    'is 0 where it was, with a mean of %d',
    (mean) => {
      expect(back(0, mean, mean / 3)).toBe(0);
      expect(back(0, -mean, mean * 7)).toBe(0);
    },
  );

  it('is as precise as 32 bits are, and says no more', () => {
    expect(back(0.1, 1000, 1)).toBe(0.1);
    expect(back(1e12 + 1e6, 1e12, 1e6)).toBe(1.000001e12);
    expect(back(1e-30, 0, 1e-30)).toBe(1e-30);
    expect(back(123.456, 100, 7)).toBe(123.456);
    expect(unscaled({ shift: 3, scale: 2 }, 0)).toBe(3);
    expect(unscaled({ shift: 3, scale: 2 }, NaN)).toBeNaN();
  });
});
