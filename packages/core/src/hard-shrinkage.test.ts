import { constant, ndarray } from '@memae/graph';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addressing } from './addressing.ts';
import { epsilon } from './epsilon.ts';
import { hardShrinkage } from './hard-shrinkage.ts';
import { compute, distance, drawn, memories } from './testing/compute.ts';

/** Equation 7 as it is printed, in float64. */
const printed = (w: number, lambda: number): number =>
  (Math.max(w - lambda, 0) * w) / (Math.abs(w - lambda) + epsilon);

/** Weights as an engine has them: float32, and now and then exactly λ or its next of kin. */
const weightsAround = (lambda: number): fc.Arbitrary<number> =>
  fc.oneof(
    { weight: 3, arbitrary: fc.float({ min: 0, max: 1, noNaN: true }) },
    { weight: 1, arbitrary: fc.integer({ min: -5, max: 5 }).map((n) => near(lambda, n)) },
  );

/** The float32 number n places from another. */
function near(value: number, n: number): number {
  const number = Float32Array.of(value);
  const bits = new Int32Array(number.buffer);
  bits[0] = (bits[0] ?? 0) + n;
  return number[0] ?? NaN;
}

describe('hardShrinkage', () => {
  it('is max(w − λ, 0) · w / (|w − λ| + ε), also close to λ', async () => {
    const cases = fc
      .float({ min: Math.fround(0.001), max: 1, noNaN: true })
      .chain((lambda) =>
        fc.record({ lambda: fc.constant(lambda), w: fc.array(weightsAround(lambda)) }),
      )
      .filter(({ w }) => w.length > 0);
    await fc.assert(
      fc.asyncProperty(cases, async ({ lambda, w }) => {
        const { shrunk } = await compute({
          shrunk: hardShrinkage(constant(ndarray(w, [w.length])), lambda),
        });
        const expected = w.map((value) => printed(value, lambda));
        expect(distance(shrunk, expected)).toBeLessThan(1e-7);
      }),
    );
  });

  it('leaves nothing at or below λ, and what is above as it was', async () => {
    const w = constant(ndarray([0.1, 0.25, 0.25000003, 0.5], [4]));
    const { shrunk } = await compute({ shrunk: hardShrinkage(w, 0.25) });
    expect(shrunk.slice(0, 2)).toEqual([0, 0]);
    expect(distance(shrunk.slice(2), [0.25, 0.5])).toBeLessThan(1e-5);
  });

  it('is the identity on softmax weights where λ = 0', async () => {
    await fc.assert(
      fc.asyncProperty(memories, async ({ queries, slots, seed }) => {
        const weights = addressing(constant(drawn([queries, slots], seed)));
        const { before, after } = await compute({
          before: weights,
          after: hardShrinkage(weights, 0),
        });
        expect(distance(after, before)).toBeLessThan(1e-7);
      }),
      { numRuns: 50 },
    );
  });
});
