import { constant, input, ndarray } from '@memae/graph';
import { describe, expect, it } from 'vitest';
import { errorMap, reconstructionError } from './reconstruction-error.ts';
import { compute } from './testing/compute.ts';

describe('reconstructionError', () => {
  const x = constant(ndarray([1, 2, 3, 4, 5, 6, 7, 8], [2, 1, 2, 2]));
  const reconstruction = constant(ndarray([1, 2, 3, 2, 5, 3, 7, 9], [2, 1, 2, 2]));

  it('is ‖x − x̂‖² a sample, or its mean over the elements', async () => {
    const { sum, mean, map } = await compute({
      sum: reconstructionError(x, reconstruction),
      mean: reconstructionError(x, reconstruction, { reduction: 'mean' }),
      map: errorMap(x, reconstruction),
    });
    expect(sum).toEqual([4, 10]);
    expect(mean).toEqual([1, 2.5]);
    expect(map).toEqual([0, 0, 0, 4, 0, 9, 0, 1]);
  });

  it('is Σ |x − x̂| or its mean where asked to, as the released code scores', async () => {
    const error = 'absolute';
    const { sum, mean, map } = await compute({
      sum: reconstructionError(x, reconstruction, { error }),
      mean: reconstructionError(x, reconstruction, { error, reduction: 'mean' }),
      map: errorMap(x, reconstruction, { error }),
    });
    expect(sum).toEqual([2, 4]);
    expect(mean).toEqual([0.5, 1]);
    expect(map).toEqual([0, 0, 0, 2, 0, 3, 0, 1]);
  });

  it('weighs each element where told how much it counts', async () => {
    const weights = constant(ndarray([1, 1, 0, 0.5], [1, 2, 2]));
    const { sum, mean, map } = await compute({
      sum: reconstructionError(x, reconstruction, { weights }),
      mean: reconstructionError(x, reconstruction, { weights, reduction: 'mean' }),
      map: errorMap(x, reconstruction, { weights, error: 'absolute' }),
    });
    expect(sum).toEqual([2, 9.5]);
    expect(mean).toEqual([0.5, 2.375]);
    expect(map).toEqual([0, 0, 0, 1, 0, 3, 0, 0.5]);
  });

  it('refuses a reconstruction of another shape, which would be repeated in silence', () => {
    const colours = input('x', ['batch', 3, 2, 2]);
    expect(() => reconstructionError(colours, input('y', ['batch', 1, 2, 2]))).toThrow(
      "A reconstruction has its sample's shape, batch×3×2×2, but it is batch×1×2×2.",
    );
  });
});
