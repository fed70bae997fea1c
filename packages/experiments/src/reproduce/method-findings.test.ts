import { describe, expect, it } from 'vitest';
import { publishedMemorySize } from '../paper/published.ts';
import { rowOf } from '../testing/rows.ts';
import { methodsOf } from './method-findings.ts';

const published = publishedMemorySize.data['ucsd-ped2'] ?? [];
const sized = (...sizes: number[]) =>
  sizes.map((size) => rowOf({ data: 'ucsd-ped2', options: { 'memory.slots': size } }));

describe('the published figure of a memory size', () => {
  it('stands beside that size only', () => {
    const methods = methodsOf(sized(2000, 100), { order: ['memae'], published });
    expect(methods.map((m) => [m.label, m.trials, m.published?.figures])).toEqual([
      ['MemAE, N = 100', 1, undefined],
      ['MemAE, N = 2000', 1, { microNormalised: 0.941 }],
    ]);
  });

  it('has a row of its own where that size did not run', () => {
    const methods = methodsOf(sized(100), { order: ['memae'], published });
    expect(methods.map((m) => [m.label, m.trials, m.published?.slots])).toEqual([
      ['MemAE, N = 2000', 0, 2000],
      ['MemAE, N = 100', 1, undefined],
    ]);
  });
});

it('methods that the experiment does not name stand between baseline and method under study', () => {
  const rows = ['mine', 'memae', 'ae'].map((method) => rowOf({ method }));
  const methods = methodsOf(rows, { order: ['ae', 'memae'], published: [] });
  expect(methods.map(({ method }) => method)).toEqual(['ae', 'mine', 'memae']);
});

it('as many trials, but of other cases, are partial', () => {
  const rows = [
    ...['2', '5'].map((name) => rowOf({ method: 'ae', case: name })),
    ...['2', '8'].map((name) => rowOf({ method: 'memae', case: name })),
  ];
  const partialOf = (given: typeof rows) =>
    methodsOf(given, { order: ['ae', 'memae'], published: [] }).map(({ partial }) => partial);
  expect(partialOf(rows)).toEqual([true, true]);
  expect(partialOf([...rows.slice(0, 3), rowOf({ case: '5' })])).toEqual([false, false]);
});
