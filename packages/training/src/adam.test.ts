import { referenceBackend } from '@memae/backend/reference';
import {
  add,
  constant,
  defineProgram,
  mul,
  ndarray,
  parameter,
  square,
  sub,
  sum,
} from '@memae/graph';
import { expect, it } from 'vitest';
import { adam } from './adam.ts';

// The loss Σ a (θ − b)², over a scalar and a table; a spans what makes Adam's steps differ.
const start = [3, 1, -2, 0.5, 4];
const a = [0.3, 1, 20, 1e-3, 5];
const b = [0, 2, -2.5, 1, 4.01];

/** Algorithm 1 as it is printed, in float64. */
function byHand(
  steps: number,
  options: { readonly rate: number; readonly beta1: number; readonly beta2: number },
): { theta: number[]; m: number[]; v: number[] } {
  const { rate, beta1, beta2 } = options;
  const theta = [...start];
  const m = start.map(() => 0);
  const v = start.map(() => 0);
  for (let t = 1; t <= steps; t += 1) {
    start.forEach((_, i) => {
      const at = (values: readonly number[]): number => values[i] ?? NaN;
      const g = 2 * at(a) * (at(theta) - at(b));
      m[i] = beta1 * at(m) + (1 - beta1) * g;
      v[i] = beta2 * at(v) + (1 - beta2) * g * g;
      const [unbiasedM, unbiasedV] = [at(m) / (1 - beta1 ** t), at(v) / (1 - beta2 ** t)];
      theta[i] = at(theta) - (rate * unbiasedM) / (Math.sqrt(unbiasedV) + 1e-8);
    });
  }
  return { theta, m, v };
}

it.each([
  { rate: 0.05, beta1: 0.9, beta2: 0.999 },
  { rate: 0.3, beta1: 0.5, beta2: 0.9 },
])('takes the steps of algorithm 1: %o', async ({ rate, beta1, beta2 }) => {
  const scalar = parameter('scalar', ndarray(start.slice(0, 1), []));
  const table = parameter('table', ndarray(start.slice(1), [2, 2]));
  const numbers = (values: readonly number[]) => constant(ndarray(values.slice(1), [2, 2]));
  const loss = add(
    mul(square(sub(scalar, b[0] ?? NaN)), a[0] ?? NaN),
    sum(mul(square(sub(table, numbers(b))), numbers(a))),
  );
  const optimizer = adam({ learningRate: rate, beta1, beta2 });
  const backend = await referenceBackend.open();
  const executable = await backend.compile(defineProgram({ loss }, optimizer(loss)));
  for (let t = 1; t <= 20; t += 1) {
    await executable.run({});
    const found = await executable.readParameters();
    const expected = byHand(t, { rate, beta1, beta2 });
    const values = (...names: string[]) =>
      names.flatMap((name) => [...(found.get(name)?.data ?? [])]);
    for (const [what, ours] of [
      ['theta', values('scalar', 'table')],
      ['m', values('adam.m')],
      ['v', values('adam.v')],
    ] as const) {
      ours.forEach((value, i) => {
        const right = expected[what][i] ?? NaN;
        expect(Math.abs(value - right), `${what} ${i} after ${t}`).toBeLessThan(
          1e-5 * Math.max(1, Math.abs(right)),
        );
      });
    }
    expect(values('adam.c1', 'adam.c2')[0]).toBeCloseTo(1 - beta1 ** t, 6);
    expect(values('adam.c1', 'adam.c2')[1]).toBeCloseTo(1 - beta2 ** t, 6);
  }
});
