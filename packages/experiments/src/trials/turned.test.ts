import { ndarray } from '@memae/graph';
import { type Split, arrayDataset, labelledDataset } from '@memae/datasets';
import { describe, expect, it } from 'vitest';
import { wholeOf } from '../compare/samples.ts';
import { turnedSplit } from './turned.ts';

function splitOf(shape: readonly number[]): Split<'image'> {
  const samples = ndarray(
    Uint8Array.from({ length: shape.reduce((a, b) => a * b) }, (_, i) => i),
    shape,
  );
  const source = { name: 'few', modality: 'image', samples } as const;
  return {
    name: 'few',
    protocol: 'all are normal',
    train: arrayDataset(source),
    validation: arrayDataset(source),
    test: labelledDataset({ ...source, labels: new Uint8Array(shape[0] ?? 0) }),
  };
}

describe('turnedSplit', () => {
  it('tests on the held-out pictures, each also mirrored two ways and turned two ways', async () => {
    const { test, protocol, train } = await turnedSplit(splitOf([1, 1, 2, 2]));
    const { samples, labels, keys } = await wholeOf(test);
    expect(Array.from(samples.data)).toEqual([
      ...[0, 1, 2, 3],
      ...[1, 0, 3, 2],
      ...[2, 3, 0, 1],
      ...[1, 3, 0, 2],
      ...[2, 0, 3, 1],
    ]);
    expect(Array.from(labels)).toEqual([0, 1, 1, 1, 1]);
    expect(new Set(keys).size).toBe(5);
    expect(protocol).toMatch(/mirrored and turned/);
    expect(train.length).toBe(1);
  });

  it('refuses what is not square, with its shape', async () => {
    await expect(turnedSplit(splitOf([1, 1, 2, 3]))).rejects.toMatchObject({
      code: 'EXPERIMENT_BAD_OPTION',
      message: expect.stringContaining('1×2×3') as string,
    });
  });
});
