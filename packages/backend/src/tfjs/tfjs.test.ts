import {
  add,
  conv,
  defineProgram,
  expand,
  gradients,
  input,
  mul,
  ndarray,
  parameter,
  sum,
  zeros,
} from '@memae/graph';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import type { Backend, BackendProvider, Feeds } from '../backend.ts';
import { numbers } from '../contract/with-executable.ts';
import { openBackend } from '../open-backend.ts';
import { convolutionalDescent, denseDescent, drawn } from '../testing/descent.ts';
import { type TfjsOptions, tfjsBackend, tfjsBackends } from './index.ts';

const native = (await tfjsBackend('tfjs').unavailable()) === null;

async function withBackend(
  provider: BackendProvider,
  task: (backend: Backend) => Promise<void>,
): Promise<void> {
  const backend = await provider.open();
  try {
    await task(backend);
  } finally {
    await backend[Symbol.asyncDispose]();
  }
}

const batchOf = (size: number, shape: readonly number[]): Feeds => ({ x: drawn([size, ...shape]) });

describe.each([
  { id: 'tfjs', program: convolutionalDescent(), sample: [2, 5, 5] },
  { id: 'tfjs-wasm', program: denseDescent(), sample: [6] },
  { id: 'tfjs-cpu', program: convolutionalDescent(), sample: [2, 5, 5] },
] as const)('$id', ({ id, program, sample }) => {
  const provider = (options?: TfjsOptions) => tfjsBackend(id, options);
  const here = it.skipIf(id === 'tfjs' && !native);

  here('holds as many tensors after each step, and none when disposed of', async () => {
    await withBackend(provider(), async (backend) => {
      const before = tf.memory().numTensors;
      const executable = await backend.compile(program);
      const held: number[] = [];
      // Of two sizes: the last partial batch of an epoch has a plan of its own.
      for (let i = 0; i < 6; i += 1) {
        for (const size of [4, 3]) await executable.run(batchOf(size, sample));
        await executable.readParameters();
        held.push(tf.memory().numTensors - before);
      }
      expect(new Set(held).size, held.join()).toBe(1);
      // A plan that makes room for others takes its constants with it.
      for (const size of [5, 6, 7, 8, 9, 10]) await executable.run(batchOf(size, sample));
      const many = tf.memory().numTensors;
      for (const size of [11, 12, 13]) await executable.run(batchOf(size, sample));
      expect(tf.memory().numTensors).toBe(many);
      await executable[Symbol.asyncDispose]();
      expect(tf.memory().numTensors).toBe(before);
    });
  });

  here('learns', async () => {
    await withBackend(provider(), async (backend) => {
      const executable = await backend.compile(program);
      const feeds = batchOf(8, sample);
      const first = numbers((await executable.run(feeds)).loss)[0] ?? NaN;
      for (let i = 0; i < 20; i += 1) await executable.run(feeds);
      expect(numbers((await executable.run(feeds)).loss)[0]).toBeLessThan(first);
    });
  });

  here(
    'refuses a batch that takes more memory than there is, and names one that fits',
    async () => {
      await withBackend(provider({ memory: 20_000 }), async (backend) => {
        const executable = await backend.compile(program);
        const failure = executable.run(batchOf(4096, sample));
        await expect(failure).rejects.toMatchObject({
          code: 'BACKEND_OUT_OF_MEMORY',
          message: expect.stringMatching(
            new RegExp(
              `^${id}: a batch of 4096 takes about [\\d.]+ [KM]iB at its height, more than `,
            ),
          ) as string,
        });
        const error = await failure.catch((reason: unknown) => (reason as Error).message);
        const most = Number(/About (\d+) fit/.exec(error as string)?.[1]);
        await executable.run(batchOf(most, sample));
        await expect(executable.run(batchOf(most + 1, sample))).rejects.toMatchObject({
          code: 'BACKEND_OUT_OF_MEMORY',
        });
      });
    },
  );
});

describe('native TensorFlow', () => {
  const here = it.skipIf(!native);

  // TensorFlow waits ten seconds for memory to become free.
  here('that runs out of memory loses nothing', async () => {
    const total = parameter('total', zeros([]));
    const x = input('x', ['batch', 1, 1]);
    // 2⁵⁰ bytes a sample lie beyond any address.
    const wide = sum(mul(expand(x, ['batch', 2 ** 24, 2 ** 24]), 2));
    const program = defineProgram({ wide }, new Map([[total, add(total, sum(x))]]));
    await withBackend(tfjsBackend('tfjs', { memory: Infinity }), async (backend) => {
      const before = tf.memory().numTensors;
      const executable = await backend.compile(program);
      const run = executable.run({ x: ndarray([1, 2], [2, 1, 1]) });
      await expect(run).rejects.toMatchObject({
        code: 'BACKEND_OUT_OF_MEMORY',
        message: expect.stringContaining('Not even one sample fits by estimate') as string,
      });
      expect(numbers((await executable.readParameters()).get('total'))).toEqual([0]);
      await executable[Symbol.asyncDispose]();
      expect(tf.memory().numTensors).toBe(before);
    });
  });

  // TensorFlow's own gradient of such a filter corrupts memory: see convolution.ts.
  here('learns strided filters of one tap', async () => {
    const x = input('x', ['batch', 2, 17, 17]);
    const filter = parameter('filter', drawn([3, 2, 1, 1]));
    const loss = sum(conv(x, filter, { stride: [2, 2], padding: [0, 0] }));
    const [gradient = loss] = gradients(loss, [filter]).values();
    await withBackend(tfjsBackend('tfjs'), async (backend) => {
      const executable = await backend.compile(defineProgram({ gradient }));
      for (let i = 0; i < 100; i += 1) {
        const samples = drawn([1 + (i % 5), 2, 17, 17]);
        const found = numbers((await executable.run({ x: samples })).gradient);
        // Of Σ y the gradient is the sum of what each channel of the filter reads.
        const right = [0, 0];
        samples.data.forEach((value, at) => {
          const [column, row, channel] = [
            at % 17,
            Math.floor(at / 17) % 17,
            Math.floor(at / 289) % 2,
          ];
          if (column % 2 === 0 && row % 2 === 0) right[channel] = (right[channel] ?? 0) + value;
        });
        [...right, ...right, ...right].forEach((value, at) => {
          expect(found[at]).toBeCloseTo(value, 3);
        });
      }
    });
  });

  here('says what it computes with', async () => {
    await withBackend(tfjsBackend('tfjs'), (backend) => {
      expect(backend.description).toMatch(
        /^TensorFlow \d+\.\d+\.\d+, (CPU|GPU), @tensorflow\/tfjs-node/,
      );
      return Promise.resolve();
    });
  });

  // Where there is a GPU, the engine opens instead.
  here('on a GPU is refused where there is none, and nothing takes its place', async () => {
    const opened = openBackend(tfjsBackends(), 'tfjs-gpu');
    const found = await opened.then(
      async (backend) => {
        await backend[Symbol.asyncDispose]();
        return backend.description;
      },
      (error: unknown) => error,
    );
    if (typeof found === 'string') {
      expect(found).toContain('GPU');
      return;
    }
    expect(found).toMatchObject({ code: 'BACKEND_UNAVAILABLE' });
    expect(String(found)).toMatch(
      /finds no GPU: .* These can: tfjs, tfjs-node, tfjs-wasm, tfjs-cpu/,
    );
  });
});

describe('WebAssembly', () => {
  // Once one computes what it should, the engine may use it: see `wrong` in index.ts.
  it.each(['Conv3DBackpropInputV2', 'Conv3DBackpropFilterV2'])('has a wrong %s', async (name) => {
    const [xShape, filterShape, yShape] = [
      [1, 5, 5, 5, 2],
      [3, 3, 3, 2, 2],
      [1, 2, 2, 2, 2],
    ];
    const [x, dy, filter] = [drawn(xShape), drawn(yShape), drawn(filterShape)];
    const on = async (id: 'tfjs-wasm' | 'tfjs-cpu'): Promise<number[]> => {
      await tfjsBackend(id).unavailable();
      await tf.setBackend(id === 'tfjs-wasm' ? 'wasm' : 'cpu');
      return tf.tidy(() => {
        const tensor = ({ data, shape }: typeof x) => tf.tensor(data, [...shape]);
        const result = tf
          .engine()
          .runKernel<tf.Tensor>(
            name,
            name.includes('Input')
              ? { dy: tensor(dy), filter: tensor(filter) }
              : { x: tensor(x), dy: tensor(dy) },
            { strides: [2, 2, 2], pad: 'valid', inputShape: xShape, filterShape },
          );
        return [...result.dataSync()];
      });
    };
    const [found, right] = [await on('tfjs-wasm'), await on('tfjs-cpu')];
    const worst = right.map((value, i) => Math.abs(value - (found[i] ?? NaN)));
    expect(Math.max(...worst)).toBeGreaterThan(0.1);
  });

  it('refuses to train convolutions by the kernel that it lacks, when compiling', async () => {
    await withBackend(tfjsBackend('tfjs-wasm'), async (backend) => {
      await expect(backend.compile(convolutionalDescent())).rejects.toMatchObject({
        code: 'BACKEND_UNSUPPORTED_OP',
        message: expect.stringContaining('Conv2DBackpropFilter') as string,
      });
    });
  });
});

it('refuses to use no threads', async () => {
  await expect(openBackend([tfjsBackend('tfjs-cpu', { threads: 0 })])).rejects.toThrow(
    /threads must be a positive whole number, but 0 came/,
  );
});
