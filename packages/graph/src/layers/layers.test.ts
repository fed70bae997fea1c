// What layers are made of. What they compute is held against the reference by the backend's contract.

import { describe, expect, it } from 'vitest';
import type { Tensor } from '../op.ts';
import { input, relu } from '../ops.ts';
import { defineProgram } from '../program.ts';
import { createRandom } from '../random.ts';
import { batchNorm } from './batch-norm.ts';
import { convolution, transposedConvolution } from './convolution.ts';
import { dense } from './dense.ts';
import { filled, normal, uniform } from './initializers.ts';
import { activation, sequential } from './layer.ts';

const init = (name: string): { name: string; random: ReturnType<typeof createRandom> } => ({
  name,
  random: createRandom(1),
});
const parametersOf = (y: Tensor): Record<string, string> =>
  Object.fromEntries(
    defineProgram({ y }).parameters.map(({ op, dims }) => [op.name, dims.join('×')]),
  );

describe('layers', () => {
  const window = { kernel: [3, 3], stride: [2, 2], padding: [1, 1] };
  const image = input('x', ['batch', 2, 7, 8]);

  it('dense', () => {
    const y = dense(init('out'), { from: 3, to: 5 })(input('x', ['batch', 3]), 'score');
    expect(y.dims).toEqual(['batch', 5]);
    expect(parametersOf(y)).toEqual({ 'out.weight': '5×3', 'out.bias': '5' });
  });

  it('convolution and its transpose, with and without bias', () => {
    const code = convolution(init('encode'), { from: 2, to: 4, ...window })(image, 'score');
    const options = { from: 4, to: 2, ...window, outputPadding: [0, 1], bias: false };
    const back = transposedConvolution(init('decode'), options)(code, 'score');
    expect(code.dims).toEqual(['batch', 4, 4, 4]);
    expect(back.dims).toEqual(image.dims);
    expect(parametersOf(back)).toEqual({
      'encode.weight': '4×2×3×3',
      'encode.bias': '4',
      'decode.weight': '4×2×3×3',
    });
  });

  it('batch norm moves its averages only while training', () => {
    const norm = batchNorm(init('norm'), { channels: 2 });
    const train = defineProgram({ y: norm(image, 'train') });
    const score = defineProgram({ y: norm(image, 'score') });
    expect(train.outputs.y.dims).toEqual(image.dims);
    expect([...train.updates.keys()].map(({ op }) => op.name)).toEqual(
      expect.arrayContaining(['norm.running_mean', 'norm.running_var']),
    );
    expect(score.outputs.y.dims).toEqual(image.dims);
    expect(score.updates.size).toBe(0);
    expect(score.parameters).toHaveLength(4);
  });

  it('sequential applies them in turn; called twice, the parameters are the same', () => {
    const net = sequential(dense(init('net'), { from: 3, to: 3 }), activation(relu));
    const y = net(net(input('x', ['batch', 3]), 'score'), 'score');
    expect(y.op.type).toBe('relu');
    expect(Object.keys(parametersOf(y))).toHaveLength(2);
  });
});

describe('initialisers', () => {
  it('draw from a stream of the parameter’s own name', () => {
    const weights = (name: string): unknown => {
      const y = dense(init(name), { from: 3, to: 5 })(input('x', ['batch', 3]), 'score');
      return defineProgram({ y }).parameters[0]?.op.initial;
    };
    expect(weights('a')).toEqual(weights('a'));
    expect(weights('a')).not.toEqual(weights('b'));
  });

  it('keep to their bounds', () => {
    const random = createRandom(2);
    const numbers = [...uniform(0.1)([1000], random).data];
    expect(Math.max(...numbers.map(Math.abs))).toBeLessThanOrEqual(Math.fround(0.1));
    expect(Math.min(...numbers)).toBeLessThan(-0.09);
    expect(filled(3)([2], random).data).toEqual(Float32Array.of(3, 3));
    const shifted = normal({ mean: 5, deviation: 0.01 })([100], random).data;
    expect(shifted.every((x) => Math.abs(x - 5) < 0.05)).toBe(true);
  });
});
