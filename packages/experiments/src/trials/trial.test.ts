import { describe, expect, it } from 'vitest';
import { rowOf } from '../testing/rows.ts';
import { type Trial, budgetKey, plainOptions, trialId, trialKey } from './trial.ts';

const { trial } = rowOf();

describe('a trial', () => {
  it('is the same whatever the order of its keys, and another with any other setting', () => {
    const reversed = Object.fromEntries(Object.entries(trial).reverse()) as unknown as Trial;
    expect(trialKey(reversed)).toBe(trialKey(trial));
    const others: Trial[] = [
      { ...trial, seed: 2 },
      { ...trial, case: '5' },
      { ...trial, method: 'ae' },
      { ...trial, options: { 'memory.slots': 50 } },
      { ...trial, budget: { ...trial.budget, reading: { limit: 9 } } },
    ];
    expect(new Set([trial, ...others].map(trialId)).size).toBe(6);
  });

  it('shares a budget with other methods, cases and seeds on the same data', () => {
    expect(budgetKey({ ...trial, seed: 2, case: '5', method: 'ae' } as Trial)).toBe(
      budgetKey(trial),
    );
    expect(budgetKey({ ...trial, data: 'mnist' })).not.toBe(budgetKey(trial));
  });

  it('takes settings by what they mean', () => {
    expect(plainOptions({ a: '20', b: 'true', c: 'cosine', d: '', e: '1e-3', f: 3 })).toEqual({
      ...{ a: 20, b: true, c: 'cosine', d: '', e: 0.001, f: 3 },
    });
  });
});
