import { createRandom } from '@memae/graph';
import { strToU8, zipSync } from 'fflate';
import { expect, test } from 'vitest';
import { falseAlarms, inPercent } from './false-alarms.ts';
import { readNpz } from './read-npz.ts';

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

test('reads the arrays of an archive by their names', () => {
  const header = "{'descr': '|u1', 'fortran_order': False, 'shape': (2,), }".padEnd(117) + '\n';
  const npy = Uint8Array.of(0x93, ...strToU8('NUMPY'), 1, 0, 118, 0, ...strToU8(header), 7, 9);
  for (const level of [0, 9] as const) {
    const { y } = readNpz(zipSync({ 'y.npy': npy }, { level }), 'some.npz');
    expect(y?.shape).toEqual([2]);
    expect([...(y?.data ?? [])]).toEqual([7, 9]);
  }
});
