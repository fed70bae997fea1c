import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Random, createRandom } from './random.ts';

const draw = (random: Random, count = 4): number[] =>
  Array.from({ length: count }, () => random.uniform());

describe('the same seed', () => {
  it('gives these numbers on every machine', () => {
    const random = createRandom(1);
    expect(draw(random)).toEqual([
      0.4551883339881897, 0.7355776429176331, 0.6877889037132263, 0.256941556930542,
    ]);
    expect(Array.from({ length: 4 }, () => random.integer(100))).toEqual([74, 60, 70, 20]);
    expect([...random.permutation(6)]).toEqual([0, 2, 1, 3, 4, 5]);
    expect(draw(random.fork('weights'), 2)).toEqual([0.5474114418029785, 0.5533627271652222]);
    expect(random.normal()).toBeCloseTo(1.5625895696754084, 12);
  });

  it('gives the same numbers, another seed others', () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer(), (one, other) => {
        expect(draw(createRandom(one))).toEqual(draw(createRandom(one)));
        if (one !== other) expect(draw(createRandom(one))).not.toEqual(draw(createRandom(other)));
      }),
    );
  });
});

describe('fork', () => {
  it('does not depend on what was drawn before, nor change what is drawn after', () => {
    const used = createRandom(5);
    const fresh = createRandom(5);
    draw(used, 10);
    expect(draw(used.fork('a'))).toEqual(draw(fresh.fork('a')));
    draw(fresh, 10);
    expect(draw(used)).toEqual(draw(fresh));
  });

  it('gives each label and each nesting a stream of its own', () => {
    const root = createRandom(5);
    const streams = [
      root,
      root.fork('a'),
      root.fork('b'),
      root.fork('a').fork('b'),
      root.fork('a/b'),
    ];
    const first = streams.map((stream) => draw(stream).join());
    expect(new Set(first).size).toBe(streams.length);
  });
});

describe('distribution', () => {
  const count = 20_000;

  it('uniform fills its range evenly', () => {
    const random = createRandom(11);
    const bins = new Uint32Array(10);
    for (let i = 0; i < count; i += 1) {
      const x = random.uniform(-1, 1);
      expect(x >= -1 && x < 1).toBe(true);
      const bin = Math.floor((x + 1) * 5);
      bins[bin] = (bins[bin] ?? 0) + 1;
    }
    // χ² with 9 degrees of freedom lies below 27.9 in 99.9 % of cases.
    expect(chiSquare(bins)).toBeLessThan(27.9);
  });

  it('integer takes each number equally often and stays below', () => {
    const random = createRandom(12);
    const bins = new Uint32Array(7);
    for (let i = 0; i < count; i += 1) {
      const n = random.integer(7);
      bins[n] = (bins[n] ?? 0) + 1;
    }
    expect(bins.reduce((a, b) => a + b)).toBe(count);
    expect(chiSquare(bins)).toBeLessThan(22.5);
  });

  it('normal has mean 0, deviation 1 and the tails of a normal', () => {
    const random = createRandom(13);
    const numbers = Array.from({ length: count }, () => random.normal());
    const mean = numbers.reduce((a, b) => a + b) / count;
    const variance = numbers.reduce((a, b) => a + (b - mean) ** 2, 0) / count;
    const outside = numbers.filter((x) => Math.abs(x) > 1.96).length / count;
    expect(Math.abs(mean)).toBeLessThan(0.03);
    expect(Math.abs(variance - 1)).toBeLessThan(0.05);
    expect(Math.abs(outside - 0.05)).toBeLessThan(0.006);
  });

  it('permutation holds every number once, in every order equally often', () => {
    fc.assert(
      fc.property(fc.integer(), fc.nat(50), (seed, length) => {
        const order = createRandom(seed).permutation(length);
        expect([...order].sort((a, b) => a - b)).toEqual(Array.from({ length }, (_, i) => i));
      }),
    );
    const random = createRandom(14);
    const seen = new Map<string, number>();
    for (let i = 0; i < 6000; i += 1) {
      const order = random.permutation(3).join();
      seen.set(order, (seen.get(order) ?? 0) + 1);
    }
    expect(seen.size).toBe(6);
    expect(chiSquare(Uint32Array.from(seen.values()))).toBeLessThan(20.5);
  });
});

it.each([0, -1, 1.5, NaN, 2 ** 33])('integer(%d) is refused', (below) => {
  expect(() => createRandom(1).integer(below)).toThrow(`but ${String(below)} came`);
});

function chiSquare(bins: Uint32Array): number {
  const expected = bins.reduce((a, b) => a + b) / bins.length;
  return bins.reduce((total, n) => total + (n - expected) ** 2 / expected, 0);
}
