import { describe, expect, it } from 'vitest';
import { rowOf } from '../testing/rows.ts';
import { secondsLeft } from './time-left.ts';

const ae = rowOf({ method: 'ae', seconds: 10 });
const memae = rowOf({ method: 'memae', seconds: 30 });
const next = (method: string) => rowOf({ method, case: '5' }).trial;

describe('secondsLeft', () => {
  it('takes each trial to last as those of its method did', () => {
    const pending = [next('ae'), next('memae'), next('memae')];
    expect(secondsLeft(pending, { done: [ae, memae] })).toBe(70);
  });

  it('knows less of other methods, other budgets, and at the beginning', () => {
    expect(secondsLeft([next('vae')], { done: [ae, memae] })).toBe(20);
    const other = rowOf({ epochs: 9, case: '5' }).trial;
    expect(secondsLeft([other], { done: [ae] })).toBeUndefined();
    expect(secondsLeft([other], { done: [ae], current: { spent: 4, left: 6 } })).toBe(16);
    expect(secondsLeft([], { done: [] })).toBe(0);
  });
});
