import { type Backend } from '@memae/backend';
import { referenceBackend } from '@memae/backend/reference';
import { createRandom, defineProgram, input, ndarray } from '@memae/graph';
import { beforeAll, describe, expect, it } from 'vitest';
import { autoencoder, objectiveOf } from './autoencoder.ts';
import { type Bottleneck, identity } from './bottleneck.ts';
import { denseBackbone } from './dense-backbone.ts';
import { memoryBottleneck } from './memory-bottleneck.ts';

const init = { name: 'memory', random: createRandom(1) };
const x = input('samples', ['batch', 4]);
const feed = {
  samples: ndarray(
    Array.from({ length: 24 }, (_, i) => Math.sin(i)),
    [6, 4],
  ),
};

function memory(changes: Partial<Parameters<typeof memoryBottleneck>[1]> = {}): Bottleneck {
  return memoryBottleneck(init, {
    codeShape: [2],
    slots: 5,
    shrinkage: 1,
    query: 'sample',
    entropyWeight: 0.5,
    ...changes,
  });
}

function objective(bottleneck: Bottleneck, reduction: 'sum' | 'mean' = 'sum') {
  const backbone = denseBackbone({ name: '', random: createRandom(2) }, { widths: [4, 3, 2] });
  return objectiveOf(autoencoder(backbone, bottleneck), { x, mode: 'train', reduction });
}

let backend: Backend;
beforeAll(async () => {
  backend = await referenceBackend.open();
});

async function measure({ loss, measures }: ReturnType<typeof objective>) {
  const executable = await backend.compile(defineProgram({ ...measures, loss }));
  const found = await executable.run(feed);
  return (name: string): number[] => [...(new Map(Object.entries(found)).get(name)?.data ?? [])];
}

describe('objectiveOf', () => {
  it('without a bottleneck is the reconstruction error alone', () => {
    const { loss, measures } = objective(identity);
    expect(Object.keys(measures ?? {})).toEqual(['reconstructionError']);
    expect(measures?.['reconstructionError']).toBe(loss);
  });

  it('with a memory adds the weighted entropy, and tells of the memory’s health', async () => {
    const value = await measure(objective(memory()));
    const [error = NaN, penalty = NaN] = [value('reconstructionError')[0], value('penalty')[0]];
    expect(value('loss')[0]).toBeCloseTo(error + penalty, 5);
    expect(penalty).toBeGreaterThan(0);
    expect(penalty).toBeLessThanOrEqual(0.5 * Math.log(5));
    expect(value('itemsInUse')).toHaveLength(5);
    expect(value('nonZeroWeights')[0]).toBeGreaterThan(0);
    expect(value('emptyRows')[0]).toBeGreaterThanOrEqual(0);
    expect(value('addressingEntropy')[0]).toBeCloseTo(2 * penalty, 5);
  });

  it('leaves the entropy out where its weight is 0', () => {
    const { measures = {} } = objective(memory({ entropyWeight: 0 }));
    expect(Object.keys(measures)).toEqual([
      'reconstructionError',
      'emptyRows',
      'nonZeroWeights',
      'addressingEntropy',
      'itemsInUse',
    ]);
  });

  it('averages over a sample’s elements where asked to', async () => {
    const sum = await measure(objective(identity));
    const mean = await measure(objective(identity, 'mean'));
    expect((mean('loss')[0] ?? NaN) * 4).toBeCloseTo(sum('loss')[0] ?? NaN, 5);
  });
});

describe('autoencoder', () => {
  it('decodes memory items into samples, where they are whole codes', () => {
    const backbone = denseBackbone({ name: '', random: createRandom(2) }, { widths: [4, 2] });
    expect(autoencoder(backbone, memory()).decodedItems?.dims).toEqual([5, 4]);
    expect(autoencoder(backbone, identity).decodedItems).toBeUndefined();
  });
});
