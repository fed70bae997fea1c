// What is never reconstructed well says less: in the score, the error map and the exported graph.

import type { Backend } from '@memae/backend';
import { openOnnx, ortBackend } from '@memae/backend/ort';
import { type Samples, arrayDataset } from '@memae/datasets';
import { createRandom, defineProgram, input, ndarray, square, sub } from '@memae/graph';
import { summarize } from '@memae/metrics';
import { encodeOnnx } from '@memae/onnx';
import type { FittedDetector } from '@memae/training';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ae, memae } from './index.ts';
import { inverseErrors } from './inverse-errors.ts';
import { fitter } from './testing/fit.ts';

let backend: Backend;
beforeAll(async () => {
  backend = await ortBackend({ threads: 1 }).open();
});
afterAll(() => backend[Symbol.asyncDispose]());
const fit = fitter(() => backend);

/** Rows of two numbers that follow from a third, and of noise that follows from nothing. */
function rows(count: number, seed: number): Samples {
  const random = createRandom(seed);
  const data = Array.from({ length: count }, () => {
    const a = random.normal();
    return [a, 2 * a, -a, random.normal()];
  });
  return ndarray(data.flat(), [count, 4]);
}

describe('inverseErrors', () => {
  const samples = input('samples', ['batch', 3], 'float32');
  const program = defineProgram({ errorMap: square(sub(samples, 1)) });
  const weigh = (data: number[], most?: number) =>
    inverseErrors(program, {
      backend,
      random: createRandom(1),
      ...(most !== undefined && { most }),
      dataset: arrayDataset({
        name: 'rows',
        modality: 'tabular',
        samples: ndarray(data, [data.length / 3, 3]),
      }),
    });

  it('is w_i ∝ 1 / (m_i + 0.1 m̄), under which the mean error stays what it is', async () => {
    // Errors 0, 1, 4 and 0, 1, 16: means 0, 1, 10, of all 11 / 3.
    const { data, shape } = await weigh([1, 0, 3, 1, 2, 5]);
    const floor = (0.1 * 11) / 3;
    const inverse = [1 / floor, 1 / (1 + floor), 1 / (10 + floor)];
    const scale = 11 / (1 / (1 + floor) + 10 / (10 + floor));
    expect(shape).toEqual([3]);
    inverse.forEach((value, i) => {
      expect(data[i]).toBeCloseTo(value * scale, 4);
    });
    expect((data[1] ?? NaN) + 10 * (data[2] ?? NaN)).toBeCloseTo(11, 4);
  });

  it('looks at some samples, drawn, where there are more than it is to see', async () => {
    const [pair, others] = [
      [1, 0, 3, 1, 2, 5],
      [3, 1, 1, 3, 2, 1],
    ] as const;
    const all = await weigh([...pair, ...others]);
    expect(await weigh([...pair, ...others], 4)).toEqual(all);
    const two = await weigh([...pair, ...others], 2);
    expect(two).not.toEqual(all);
    // Of the six pairs that can be drawn, it is one.
    const rows = [pair.slice(0, 3), pair.slice(3), others.slice(0, 3), others.slice(3)];
    const pairs = rows.flatMap((row, i) => rows.slice(i + 1).map((other) => [...row, ...other]));
    const possible = await Promise.all(pairs.map((each) => weigh(each)));
    expect(possible.filter((each) => String(each.data) === String(two.data))).toHaveLength(1);
  });

  it('is 1 for all where nothing errs', async () => {
    expect(Array.from((await weigh([1, 1, 1, 1, 1, 1])).data)).toEqual([1, 1, 1]);
  });
});

describe.each([ae, memae])('score.weights of $id', (plugin) => {
  const dataset = arrayDataset({ name: 'rows', modality: 'tabular', samples: rows(300, 1) });
  const odd = ndarray([1, 2, 1, 0, 0, 0, 0, 2], [2, 4]);
  const options = { 'network.widths': '8-1', 'training.epochs': 60, 'training.rate': 1e-2 };
  let [equal, inverse]: (FittedDetector | undefined)[] = [];
  beforeAll(async () => {
    equal = await fit(plugin, { ...options, 'score.weights': 'equal' }, { dataset });
    inverse = await fit(plugin, options, { dataset });
  });
  const both = (): [FittedDetector, FittedDetector] => {
    if (equal === undefined || inverse === undefined) return expect.fail('not trained');
    return [equal, inverse];
  };

  it('tell a row that breaks what others keep from one whose noise is larger', async () => {
    const [alike, weighed] = both();
    const ratio = ([broken = NaN, noisy = NaN]: Float32Array) => broken / noisy;
    expect(ratio(await weighed.score(odd))).toBeGreaterThan(1.3 * ratio(await alike.score(odd)));
  });

  it('leave the mean score of what was learned as it is', async () => {
    const [alike, weighed] = both();
    const before = summarize([...(await alike.score(rows(300, 1)))]).mean;
    const after = summarize([...(await weighed.score(rows(300, 1)))]).mean;
    expect(after / before).toBeCloseTo(1, 3);
  });

  it('are in the error map, which makes up the score, and in the exported graph', async () => {
    const [, weighed] = both();
    const model = await openOnnx(encodeOnnx(weighed.program), { threads: 1 });
    const { score, errorMap } = await model.run({ samples: odd }, ['score', 'errorMap']);
    await model[Symbol.asyncDispose]();
    const scores = await weighed.score(odd);
    scores.forEach((value, row) => {
      const errors = Array.from(errorMap?.data.subarray(4 * row, 4 * row + 4) ?? []);
      expect((score?.data[row] ?? NaN) / value).toBeCloseTo(1, 5);
      expect(errors.reduce((sum, error) => sum + error, 0) / value).toBeCloseTo(1, 5);
    });
  });
});
