// Whole training steps: what the operations make together, and what training relies on.

import {
  type OpType,
  type Parameter,
  type Program,
  type Tensor,
  activation,
  add,
  batchNorm,
  constant,
  conv,
  convolution,
  createRandom,
  defineProgram,
  differentiate,
  div,
  exp,
  inOrder,
  input,
  isParameter,
  leakyRelu,
  log,
  matmul,
  maximum,
  mean,
  minimum,
  mul,
  ndarray,
  normal,
  parameter,
  relu,
  reshape,
  sequential,
  sigmoid,
  softmax,
  sqrt,
  square,
  sub,
  sum,
  tanh,
  transposedConvolution,
  zeros,
} from '@memae/graph';
import { describe, expect, it } from 'vitest';
import type { Backend, Feeds } from '../backend.ts';
import { referenceBackend } from '../reference/index.ts';
import { fromArray } from '../reference/value.ts';
import { expectClose } from './expect-close.ts';
import { isRefused } from './is-refused.ts';
import { numbers, withExecutable } from './with-executable.ts';

export function describeLearning(backend: () => Backend, lacks: readonly OpType[]): void {
  describe('learning', () => {
    it('three steps of Adam on a small autoencoder equal the reference’s', async () => {
      const program = trainingStep();
      if (await isRefused(backend(), program, lacks)) return;
      const random = createRandom(3);
      const batches = Array.from({ length: 3 }, (): Feeds => {
        const pixels = Float32Array.from({ length: 4 * 36 }, () => random.uniform());
        return { x: ndarray(pixels, [4, 1, 6, 6]) };
      });
      const expected = await referenceBackend.open();
      await withExecutable(backend(), program, async (actual) => {
        await withExecutable(expected, program, async (right) => {
          for (const feeds of batches) {
            const { loss, y } = await right.run(feeds);
            const found = await actual.run(feeds);
            expectClose(found.loss, fromArray(loss), 'loss');
            expectClose(found.y, fromArray(y), 'y');
          }
          const found = await actual.readParameters();
          const wanted = await right.readParameters();
          expect([...found.keys()].sort()).toEqual([...wanted.keys()].sort());
          for (const [name, value] of wanted) {
            const array = found.get(name);
            if (array === undefined) return expect.fail(`no parameter ${name} came back`);
            expectClose(array, fromArray(value), name);
          }
        });
      });
    });

    it('a gradient has a gradient', async () => {
      const x = parameter('x', ndarray([0.5, -1, 2], [3]));
      const cubes = sum(mul(x, square(x)));
      const slope = differentiate(cubes, [x]).get(x) ?? constant(0);
      const second = differentiate(sum(slope), [x]).get(x) ?? constant(0);
      await withExecutable(backend(), defineProgram({ slope, second }), async (executable) => {
        const fetched = await executable.run({});
        expectClose(fetched.slope, { shape: [3], data: Float64Array.of(0.75, 3, 12) }, '3x²');
        expectClose(fetched.second, { shape: [3], data: Float64Array.of(3, -6, 12) }, '6x');
      });
    });
  });

  describe('numbers that are none reach the outputs instead of being hidden', () => {
    const x = input('x', [1, 1, 2]);
    const two = constant(ndarray([1, 1], [1, 1, 2]));
    const outcomes: Record<string, Tensor> = {
      leakyRelu: leakyRelu(x),
      relu: relu(x),
      sigmoid: sigmoid(x),
      tanh: tanh(x),
      exp: exp(x),
      log: log(x),
      sqrt: sqrt(x),
      add: add(x, 1),
      mul: mul(x, 0),
      maximum: maximum(x, 0),
      minimum: minimum(x, 0),
      sum: sum(x),
      mean: mean(x),
      softmax: softmax(x),
      matmul: matmul(x, two, { transposeB: true }),
      conv: conv(x, two, { stride: [1], padding: [0] }),
    };
    it.each(Object.entries(outcomes))('%s', async (_, y) => {
      const steps = parameter('steps', zeros([]));
      const scores = defineProgram({ y });
      const learns = defineProgram({ y }, new Map([[steps, add(steps, sum(y))]]));
      for (const program of [scores, learns]) {
        await withExecutable(backend(), program, async (executable) => {
          const { y } = await executable.run({ x: ndarray([NaN, 1], [1, 1, 2]) });
          expect(numbers(y)[0]).toBeNaN();
        });
      }
    });

    it('infinities come from log 0 and 1 / 0', async () => {
      const zero = input('zero', []);
      const program = defineProgram({ log: log(zero), inverse: div(1, zero) });
      await withExecutable(backend(), program, async (executable) => {
        const fetched = await executable.run({ zero: ndarray([0], []) });
        expect(numbers(fetched.log)).toEqual([-Infinity]);
        expect(numbers(fetched.inverse)).toEqual([Infinity]);
      });
    });
  });
}

/** x [B, 1, 6, 6] → convolution, batch norm, addressed memory, transposed convolution; one step of Adam. */
function trainingStep(): Program<'loss' | 'y'> {
  const random = createRandom(2);
  const window = { kernel: [3, 3], stride: [2, 2], padding: [1, 1] };
  const encode = sequential(
    convolution({ name: 'encoder', random }, { from: 1, to: 3, ...window, bias: false }),
    batchNorm({ name: 'norm', random }, { channels: 3 }),
    activation(tanh),
  );
  const decode = transposedConvolution(
    { name: 'decoder', random },
    { from: 3, to: 1, ...window, outputPadding: [1, 1] },
  );
  const memory = parameter('memory', normal({ deviation: 1 })([5, 27], random));

  const x = input('x', ['batch', 1, 6, 6]);
  const query = reshape(encode(x, 'train'), ['batch', 27]);
  const weights = softmax(matmul(query, memory, { transposeB: true }));
  const read = reshape(matmul(weights, memory), ['batch', 3, 3, 3]);
  const y = decode(read, 'train');
  const loss = mean(square(sub(y, x)));
  return defineProgram({ loss, y }, adam(loss));
}

function adam(loss: Tensor): ReadonlyMap<Parameter, Tensor> {
  const [rate, decay1, decay2, epsilon] = [0.01, 0.9, 0.999, 1e-8];
  const step = parameter('step', zeros([]));
  const next = add(step, 1);
  const updates = new Map<Parameter, Tensor>([[step, next]]);
  const correction = (decay: number): Tensor => sub(1, exp(mul(next, Math.log(decay))));
  const parameters = inOrder([loss]).filter(isParameter);
  const gradients = differentiate(loss, parameters);
  for (const target of parameters) {
    const gradient = gradients.get(target);
    if (gradient === undefined) continue; // Running averages have updates of their own.
    const { name, initial } = target.op;
    const first = parameter(`${name}.first`, zeros(initial.shape));
    const second = parameter(`${name}.second`, zeros(initial.shape));
    const m = add(mul(first, decay1), mul(gradient, 1 - decay1));
    const v = add(mul(second, decay2), mul(square(gradient), 1 - decay2));
    const size = add(sqrt(div(v, correction(decay2))), epsilon);
    updates.set(first, m).set(second, v);
    updates.set(target, sub(target, mul(div(div(m, correction(decay1)), size), rate)));
  }
  return updates;
}
