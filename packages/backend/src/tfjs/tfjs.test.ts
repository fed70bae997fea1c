import {
  type Program,
  type Tensor,
  add,
  conv,
  convTranspose,
  createRandom,
  defineProgram,
  expand,
  gradients,
  input,
  matmul,
  mean,
  mul,
  ndarray,
  parameter,
  relu,
  sizeOf,
  square,
  sub,
  sum,
  tanh,
  zeros,
} from '@memae/graph';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import type { Backend, BackendProvider, Feeds } from '../backend.ts';
import { numbers } from '../contract/with-executable.ts';
import { openBackend } from '../open-backend.ts';
import { type TfjsOptions, tfjsBackend, tfjsBackends } from './index.ts';

const random = createRandom(5);
const drawn = (shape: readonly number[]): ReturnType<typeof zeros> =>
  ndarray(
    Float32Array.from({ length: sizeOf(shape) }, () => random.uniform(-1, 1)),
    shape,
  );

/** One step of gradient descent on the parameters of a loss. */
function descent(
  loss: Tensor,
  parameters: readonly ReturnType<typeof parameter>[],
): Program<'loss'> {
  const found = gradients(loss, parameters);
  const updates = parameters.map((p) => [p, sub(p, mul(found.get(p) ?? loss, 0.01))] as const);
  return defineProgram({ loss }, new Map(updates));
}

function dense(): Program<'loss'> {
  const x = input('x', ['batch', 6]);
  const [down, up] = [parameter('down', drawn([6, 3])), parameter('up', drawn([3, 6]))];
  return descent(mean(square(sub(matmul(tanh(matmul(x, down)), up), x))), [down, up]);
}

function convolutional(): Program<'loss'> {
  const x = input('x', ['batch', 2, 5, 5]);
  const [down, up] = [parameter('down', drawn([6, 2, 3, 3])), parameter('up', drawn([6, 2, 3, 3]))];
  const window = { stride: [2, 2], padding: [1, 1] };
  return descent(mean(square(sub(convTranspose(relu(conv(x, down, window)), up, window), x))), [
    down,
    up,
  ]);
}

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
  { id: 'tfjs', program: convolutional(), sample: [2, 5, 5] },
  { id: 'tfjs-wasm', program: dense(), sample: [6] },
  { id: 'tfjs-cpu', program: convolutional(), sample: [2, 5, 5] },
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
  here('that runs out of memory loses nothing', { timeout: 60_000 }, async () => {
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
  it('refuses to train convolutions by the kernel that it lacks, when compiling', async () => {
    await withBackend(tfjsBackend('tfjs-wasm'), async (backend) => {
      await expect(backend.compile(convolutional())).rejects.toMatchObject({
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
