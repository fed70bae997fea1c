import { defineProgram, input, ndarray, sum } from '@memae/graph';
import { describe, expect, it } from 'vitest';
import { exportModel, largestDifference, runExported } from './exported-model.ts';

const samples = input('samples', ['batch', 2]);
const program = defineProgram({ score: sum(samples, { axes: [1] }), samplesAgain: samples });

describe('exportModel', () => {
  it('says what the model takes and gives', () => {
    const { input: taken, outputs } = exportModel(program, { method: 'sum' });
    expect(taken).toEqual({ name: 'samples', dtype: 'float32', dims: ['batch', 2] });
    expect(outputs['score']).toEqual({ dtype: 'float32', dims: ['batch'] });
  });

  it('refuses a program of two inputs', () => {
    const two = defineProgram({ score: sum(samples, { axes: [1] }), other: input('y', [1]) });
    expect(() => exportModel(two, {})).toThrow(/takes one input, the samples, but this one has 2/);
  });

  it('gives a model that runs from its bytes, over any number of batches', async () => {
    const { model } = exportModel(program, {});
    const data = Float32Array.from({ length: 2 * 600 }, (_, i) => i);
    const found = await runExported(model, {
      samples: ndarray(data, [600, 2]),
      outputs: ['score', 'weights'],
    });
    expect(found['weights']).toBeUndefined();
    expect(found['score']?.shape).toEqual([600]);
    expect(found['score']?.data.at(-1)).toBe(1198 + 1199);
  });
});

describe('largestDifference', () => {
  const trained = Float32Array.of(1, 10, 0);
  const compare = (...exported: number[]): number =>
    largestDifference(trained, Float32Array.from(exported), { method: 'memae' });

  it('is relative, and 0 for equal scores', () => {
    expect(compare(1, 10, 0)).toBe(0);
    expect(compare(1, 10.00005, 0)).toBeCloseTo(5e-6, 6);
  });

  it('refuses more than rounding, by name, NaN and missing scores too', () => {
    expect(() => compare(1, 10.1, 0)).toThrow(/exported model of memae .* 1 of 3 differ/);
    expect(() => compare(1, 10, 1e-9)).toThrow(/1 of 3 differ/);
    expect(() => compare(NaN, 10, 0)).toThrow(/1 of 3 differ/);
    expect(() => compare(1, 10)).toThrow(/1 of 3 differ/);
  });
});
