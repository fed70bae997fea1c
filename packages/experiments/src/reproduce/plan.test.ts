import { architectures } from '@memae/architectures';
import { createRegistry } from '@memae/training';
import { describe, expect, it } from 'vitest';
import { findExperiment } from './experiments.ts';
import { type Request, chooseMethods, planTrials } from './plan.ts';

const registry = createRegistry(architectures);

function plan(id: string, request: Request) {
  const experiment = findExperiment(id);
  const methods = chooseMethods(experiment, request, registry);
  const effort = experiment.effort(request.budget ?? 'quick', 'strokes');
  return planTrials('strokes', { effort, request, methods, cases: ['1', '2', '5'] });
}

describe('a plan', () => {
  it('goes seed by seed and case by case, on one budget', () => {
    const trials = plan('table1', {
      ...{ methods: ['ae', 'memae'], cases: ['2', '5'], seeds: 2, firstSeed: 4 },
      options: { 'training.epochs': '3', 'memory.slots': '10' },
      reading: { limit: 9 },
    });
    expect(trials.map((t) => `${t.seed} ${t.case} ${t.method}`)).toEqual([
      ...['4 2 ae', '4 2 memae', '4 5 ae', '4 5 memae'],
      ...['5 2 ae', '5 2 memae', '5 5 ae', '5 5 memae'],
    ]);
    const budgets = new Set(trials.map(({ budget }) => JSON.stringify(budget)));
    expect([...budgets]).toEqual([
      '{"options":{"training.epochs":3,"memory.slots":10},"reading":{"limit":9}}',
    ]);
  });

  it('takes all cases and seeds of the paper for the full budget', () => {
    expect(plan('table1', { budget: 'full', methods: ['memae'] })).toHaveLength(9);
  });

  it('varies the memory where that is the question', () => {
    const trials = plan('figure7', { slots: [10, 20], cases: ['2'] });
    expect(trials.map(({ options }) => options)).toEqual([
      { 'memory.slots': 10 },
      { 'memory.slots': 20 },
    ]);
  });

  it.each([
    ['table9', {}, /EXPERIMENT_UNKNOWN There is no table9.*table1, table2/],
    ['table1', { methods: ['gan'] }, /DETECTOR_UNKNOWN .*gan/],
    ['table1', { methods: ['ae'], cases: ['7'] }, /no case 7. Known: 1, 2, 5/],
    [
      'table1',
      { methods: ['ae'], options: { 'memory.slot': 9 } },
      /No method has an option memory.slot. .*memory.slots/,
    ],
    ['table1', { methods: ['ae'], options: { preset: 'x' } }, /No method has a preset x/],
    ['table1', { methods: ['ae'], slots: [9] }, /not what table1 studies/],
    ['figure7', { methods: ['ae'] }, /but ae has none/],
    ['figure7', { options: { 'memory.slots': 77 } }, /cannot be 77 for all. Name sizes: --slots/],
    ['table1', { methods: ['memae'], options: { 'memory.slots': 0 } }, /DETECTOR_BAD_OPTION/],
  ] as const)('%s %j is refused by name', (id, request, expected) => {
    const refused = (): string => {
      try {
        plan(id, request);
        return 'nothing';
      } catch (error) {
        const { code, message } = error as { code: string; message: string };
        return `${code} ${message}`;
      }
    };
    expect(refused()).toMatch(expected);
  });
});
