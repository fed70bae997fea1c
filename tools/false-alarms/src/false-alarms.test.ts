import { createRandom } from '@memae/graph';
import { expect, test } from 'vitest';
import { falseAlarms, inPercent } from './false-alarms.ts';

const random = createRandom(3);
const scores = {
  normal: Array.from({ length: 1000 }, () => random.normal()),
  anomalous: Array.from({ length: 50 }, () => 6 + random.normal()),
};

test.each(['quantile', 'conformal', 'tail'] as const)('%s keeps its rate', (rule) => {
  const found = falseAlarms(scores, { choice: { rule, falseAlarms: 0.1 }, random, cuts: 40 });
  expect(found).toHaveLength(40);
  const mean = found.reduce((a, b) => a + b) / 40;
  expect(Math.abs(mean - 0.1)).toBeLessThan(0.02);
});

test('anomalies that lie apart leave no false alarms to F1, and a refusal is none', () => {
  const f1 = falseAlarms(scores, { choice: { rule: 'f1' }, random, cuts: 10 });
  expect(Math.max(...f1)).toBeLessThan(0.01);
  const choice = { rule: 'conformal', falseAlarms: 0.001 } as const;
  expect(inPercent(falseAlarms(scores, { choice, random, cuts: 10 }))).toBe('refused');
  expect(inPercent([0.01, 0.03])).toBe('2.00 ± 1.41');
});
