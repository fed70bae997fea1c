import { ortBackend } from '@memae/backend/ort';
import { referenceBackend } from '@memae/backend/reference';
import { createRandom, defineProgram, input, ndarray } from '@memae/graph';
import { describe, expect, it } from 'vitest';
import { gaussianBottleneck } from './gaussian-bottleneck.ts';
import { l1Bottleneck } from './l1-bottleneck.ts';

const random = createRandom(1);
const init = { name: 'gaussian', random };

async function compute(outputs: Parameters<typeof defineProgram>[0], feeds: object) {
  const backend = await referenceBackend.open();
  const executable = await backend.compile(defineProgram(outputs));
  const found = await executable.run(feeds as Parameters<typeof executable.run>[0]);
  return (name: string): number[] => [...(found[name]?.data ?? [])];
}

describe('gaussianBottleneck', () => {
  const encoding = input('encoding', ['batch', 3, 2]);
  const bottleneck = gaussianBottleneck(init, { codeShape: [3, 2], weight: 0.5 });
  const train = bottleneck.pass(encoding, 'train');
  const score = bottleneck.pass(encoding, 'score');
  const values = ndarray([1, -2, 3, 0.5, 0, -1, 2, 2, 1, 1, 0, 3], [2, 3, 2]);

  it('decodes the mean, and in training what is drawn around it', async () => {
    const still = { noise: ndarray(new Float32Array(12), [2, 3, 2]) };
    const one = { noise: ndarray(new Float32Array(12).fill(1), [2, 3, 2]) };
    const two = { noise: ndarray(new Float32Array(12).fill(2), [2, 3, 2]) };
    const codes = async (noise: object) =>
      compute({ mean: score.code, drawn: train.code }, { encoding: values, ...noise });
    const [none, near, far] = [await codes(still), await codes(one), await codes(two)];
    expect(none('drawn')).toEqual(none('mean'));
    near('drawn').forEach((drawn, i) => {
      const mean = none('mean')[i] ?? NaN;
      expect(drawn).toBeGreaterThan(mean);
      expect(far('drawn')[i]).toBeCloseTo(mean + 2 * (drawn - mean), 4);
    });
  });

  it('pays for the divergence from N(0, 1): half the sum of μ² + σ² − log σ² − 1 a sample', async () => {
    const penalty = score.penalty ?? score.code;
    const noise = { noise: ndarray(new Float32Array(12).fill(1), [2, 3, 2]) };
    const found = await compute(
      { penalty, mean: score.code, drawn: train.code },
      { encoding: values, ...noise },
    );
    const total = found('mean').reduce((sum, mu, i) => {
      const variance = ((found('drawn')[i] ?? NaN) - mu) ** 2;
      return sum + (mu ** 2 + variance - Math.log(variance) - 1) / 2;
    }, 0);
    expect(found('penalty')[0]).toBeCloseTo((0.5 * total) / 2, 3);
  });

  it('takes tables’ codes, and draws one standard normal number for each of a code', () => {
    const flat = gaussianBottleneck(init, { codeShape: [4], weight: 1 });
    expect(flat.pass(input('code', ['batch', 4]), 'score').code.dims).toEqual(['batch', 4]);
    const { noise } = bottleneck.feeds?.({ epochs: 0, samples: 500 }, random.fork('a')) ?? {};
    expect(noise?.shape).toEqual([500, 3, 2]);
    const numbers = [...(noise?.data ?? [])];
    const mean = numbers.reduce((a, b) => a + b) / numbers.length;
    const square = numbers.reduce((a, b) => a + b * b) / numbers.length;
    expect(Math.abs(mean)).toBeLessThan(0.05);
    expect(Math.abs(square - 1)).toBeLessThan(0.1);
    const again = bottleneck.feeds?.({ epochs: 0, samples: 500 }, random.fork('a'));
    expect(again?.['noise']).toEqual(noise);
  });
});

it('l1Bottleneck hands the encoding on, and pays for the sum of its absolutes', async () => {
  const encoding = input('encoding', ['batch', 2, 2]);
  const { code, penalty = encoding } = l1Bottleneck({ weight: 0.1 }).pass(encoding, 'train');
  expect(code).toBe(encoding);
  const found = await compute(
    { penalty },
    { encoding: ndarray([1, -2, 3, 0, 0, -4, 0, 2], [2, 2, 2]) },
  );
  expect(found('penalty')[0]).toBeCloseTo((0.1 * (6 + 6)) / 2, 6);
});

it('noise is fed to every engine alike', async () => {
  const encoding = input('encoding', ['batch', 3]);
  const bottleneck = gaussianBottleneck(init, { codeShape: [3], weight: 1 });
  const { code } = bottleneck.pass(encoding, 'train');
  const feeds = {
    encoding: ndarray([1, 2, 3, 4, 5, 6], [2, 3]),
    ...bottleneck.feeds?.({ epochs: 0, samples: 2 }, random),
  };
  const run = async (engine: typeof referenceBackend | ReturnType<typeof ortBackend>) =>
    (await (await (await engine.open()).compile(defineProgram({ code }))).run(feeds)).code.data;
  const [slow, fast] = [await run(referenceBackend), await run(ortBackend({ threads: 1 }))];
  slow.forEach((value, i) => {
    expect(fast[i]).toBeCloseTo(value, 5);
  });
});
