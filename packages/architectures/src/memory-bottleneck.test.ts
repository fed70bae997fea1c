import { referenceBackend } from '@memae/backend/reference';
import { createRandom, defineProgram, input, ndarray } from '@memae/graph';
import { describe, expect, it } from 'vitest';
import type { Bottleneck } from './bottleneck.ts';
import { type MemoryBottleneckOptions, memoryBottleneck } from './memory-bottleneck.ts';

const random = createRandom(1);

function memory(
  changes: Partial<MemoryBottleneckOptions> & { readonly codeShape?: readonly number[] } = {},
): Bottleneck {
  return memoryBottleneck(
    { name: 'memory', random },
    {
      codeShape: [2],
      slots: 5,
      shrinkage: 1,
      query: 'sample',
      entropyWeight: 0.5,
      ...changes,
    },
  );
}

describe('memoryBottleneck', () => {
  const map = input('map', ['batch', 6, 2, 3]);

  it('reads with the whole encoding; its items are codes', () => {
    const bottleneck = memory({ codeShape: [6, 2, 3] });
    const { code, memory: use } = bottleneck.pass(map, 'score');
    expect(code.dims).toEqual(map.dims);
    expect(use?.weights.dims).toEqual(['batch', 5]);
    expect(use?.queries.dims).toEqual(['batch', 36]);
    expect(bottleneck.items?.dims).toEqual([5, 6, 2, 3]);
  });

  it('reads with the channels of each position; its items are no whole codes', () => {
    const bottleneck = memory({ codeShape: [6, 2, 3], query: 'position' });
    const { code, memory: use } = bottleneck.pass(map, 'score');
    expect(code.dims).toEqual(map.dims);
    expect(use?.weights.dims).toEqual(['batch', 2, 3, 5]);
    expect(use?.queries.dims).toEqual(['batch', 2, 3, 6]);
    expect([use?.distance.dims, use?.entropy.dims]).toEqual([['batch'], ['batch']]);
    expect(bottleneck.items).toBeUndefined();
  });

  it('refuses more items than any machine holds, before it draws them', () => {
    const large = { codeShape: [64, 100, 100], slots: 1000 };
    expect(() => memory(large)).toThrow(
      'The memory would have 640,000,000 numbers, but 268,435,456 (1 GiB) are the most that it may have. Lower memory.slots',
    );
    expect(() => memory({ ...large, query: 'position' })).not.toThrow();
  });

  it('an encoding without positions asks once either way', () => {
    const bottleneck = memory({ query: 'position' });
    const { code, memory: use } = bottleneck.pass(input('code', ['batch', 2]), 'score');
    expect(code.dims).toEqual(['batch', 2]);
    expect(use?.weights.dims).toEqual(['batch', 5]);
  });

  it('averages distance and entropy over a sample’s positions', async () => {
    const feed = input('map', ['batch', 2, 2, 1]);
    const { memory: use } = memory({ codeShape: [2, 2, 1], query: 'position' }).pass(feed, 'score');
    if (use === undefined) return expect.fail('no memory');
    const { distance, entropy } = use;
    const backend = await referenceBackend.open();
    const executable = await backend.compile(defineProgram({ distance, entropy }));
    const together = await executable.run({ map: ndarray([1, 2, 3, -1], [1, 2, 2, 1]) });
    const apart = await executable.run({ map: ndarray([1, 1, 3, 3, 2, 2, -1, -1], [2, 2, 2, 1]) });
    for (const name of ['distance', 'entropy'] as const) {
      const [first = NaN, second = NaN] = apart[name].data;
      expect(together[name].data[0]).toBeCloseTo((first + second) / 2, 5);
    }
  });
});

describe('entropy warm-up', () => {
  const place = (epochs: number) => ({ epochs, samples: 1 });
  const alphaAt = (bottleneck: Bottleneck, epochs: number) =>
    bottleneck.feeds?.(place(epochs), random)['entropyWeight']?.data[0];

  it('lets α rise from 0 to its value over so many epochs', () => {
    const bottleneck = memory({ entropyWarmup: 4 });
    const rising = [0, 1, 2.5, 4, 9].map((epochs) => alphaAt(bottleneck, epochs));
    expect(rising).toEqual([0, 0.125, 0.3125, 0.5, 0.5]);
  });

  it('is for training alone: held-out samples are weighed by the whole α', () => {
    const code = input('code', ['batch', 2]);
    const bottleneck = memory({ entropyWarmup: 4 });
    const inputs = (mode: 'train' | 'score') => {
      const { penalty = code } = bottleneck.pass(code, mode);
      return defineProgram({ penalty }).inputs.map(({ op }) => op.name);
    };
    expect(inputs('train')).toContain('entropyWeight');
    expect(inputs('score')).not.toContain('entropyWeight');
  });

  it('asks for nothing where α is there from the start, or never', () => {
    expect(memory().feeds).toBeUndefined();
    expect(memory({ entropyWeight: 0, entropyWarmup: 4 }).feeds).toBeUndefined();
  });
});
