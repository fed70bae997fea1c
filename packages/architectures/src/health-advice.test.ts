import type { RawOptions } from '@memae/training';
import { describe, expect, it } from 'vitest';
import { healthAdvice } from './health-advice.ts';

type Values = Readonly<Record<string, number>>;

const options = { 'memory.slots': 50, 'memory.shrinkage': 1, 'memory.reseed': 0, entropyWeight: 1 };

function warnings(...epochs: readonly Values[]): string[] {
  return told(options, epochs);
}

function told(chosen: RawOptions, epochs: readonly Values[]): string[] {
  const said: string[] = [];
  const advise = healthAdvice((message) => said.push(message), chosen);
  epochs.forEach((values, i) => {
    advise({ epoch: i + 1, values, seconds: 0 });
  });
  return said;
}

describe('healthAdvice', () => {
  it('is silent about a memory at work, and where there is none', () => {
    expect(warnings({ loss: 1 }, { emptyRows: 0.1, itemsInUse: 3 })).toEqual([]);
  });

  it('tells of empty readings once, with a remedy', () => {
    expect(
      warnings(
        { emptyRows: 0, itemsInUse: 50 },
        { emptyRows: 0.254, itemsInUse: 50 },
        { emptyRows: 1, itemsInUse: 0 },
      ),
    ).toEqual([
      'Epoch 2: shrinkage leaves 25 % of the readings empty, so nothing of them is learned. ' +
        'Lower memory.shrinkage, or set memory.emptyRows=unshrunk.',
    ]);
  });

  it('tells of a collapse once, with a remedy', () => {
    const collapsed = { emptyRows: 0, itemsInUse: 1 };
    expect(warnings(collapsed, collapsed)).toEqual([
      'Epoch 1: all readings use 1 memory item; the memory has collapsed. ' +
        'To help it, lower memory.shrinkage or entropyWeight, or set memory.reseed=5.',
    ]);
    expect(warnings({ emptyRows: 0, itemsInUse: 2 })[0]).toContain('use 2 memory items;');
  });

  it('is silent where all items are in use, however few, and names no option that a method lacks', () => {
    const two = { emptyRows: 0, itemsInUse: 2 };
    expect(told({ ...options, 'memory.slots': 2 }, [two])).toEqual([]);
    expect(told({ 'memory.slots': 50 }, [two])).toEqual([
      'Epoch 1: all readings use 2 memory items; the memory has collapsed.',
    ]);
    expect(told({ 'memory.shrinkage': 1 }, [two])[0]).toMatch(
      /To help it, lower memory.shrinkage\.$/,
    );
  });

  it('where empty rows are read by their weights before shrinkage, tells of a collapse alone', () => {
    const unshrunk = { ...options, 'memory.emptyRows': 'unshrunk' };
    expect(
      told(unshrunk, [
        { emptyRows: 0.99, itemsInUse: 2 },
        { emptyRows: 1, itemsInUse: 0 },
        { emptyRows: 0.4, itemsInUse: 9 },
      ]),
    ).toEqual([]);
    expect(told(unshrunk, [{ emptyRows: 0.3, itemsInUse: 1 }])).toEqual([
      'Epoch 1: all readings that shrinkage leaves any weight use 1 memory item; the memory has collapsed. ' +
        'To help it, lower memory.shrinkage or entropyWeight, or set memory.reseed=5.',
    ]);
  });

  it('does without anyone to listen', () => {
    expect(() => {
      healthAdvice(undefined, {})({ epoch: 1, values: { emptyRows: 1 }, seconds: 0 });
    }).not.toThrow();
  });
});
