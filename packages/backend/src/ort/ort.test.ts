import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import {
  type AnyNdArray,
  type Graph,
  type Tensor,
  add,
  conv,
  convTranspose,
  defineProgram,
  gradients,
  inOrder,
  input,
  leakyRelu,
  matmul,
  mean,
  mul,
  ndarray,
  parameter,
  specialise,
  square,
  relu,
  sum,
  zeros,
} from '@memae/graph';
import { encodeOnnx } from '@memae/onnx';
import { describe, expect, it } from 'vitest';
import type { Backend } from '../backend.ts';
import { openBackend } from '../open-backend.ts';
import { referenceBackend } from '../reference/index.ts';
import { fromArray } from '../reference/value.ts';
import { expectClose } from '../contract/expect-close.ts';
import { channelsLast } from '../passes/channels-last.ts';
import { convolutionalDescent, drawn } from '../testing/descent.ts';
import { simplify } from '../passes/simplify.ts';
import { columnsOf } from './convolutions.ts';
import { ortBackend, openOnnx, openOnnxThread } from './index.ts';
import { createPacking, pack } from './pack.ts';
import { rowSums } from './row-sums.ts';

async function withBackend(task: (backend: Backend) => Promise<void>): Promise<void> {
  const backend = await ortBackend({ threads: 1 }).open();
  try {
    await task(backend);
  } finally {
    await backend[Symbol.asyncDispose]();
  }
}

describe('a transposed convolution that is scored by convolutions', () => {
  it.each([
    { size: [4, 6, 5], taps: 3, stride: [2, 2, 2], padding: [1, 1, 1], outputPadding: [1, 1, 1] },
    { size: [3, 5, 4], taps: 3, stride: [1, 2, 2], padding: [1, 1, 1], outputPadding: [0, 1, 1] },
    { size: [3, 2, 4], taps: 4, stride: [2, 1, 3], padding: [0, 1, 0], outputPadding: [0, 0, 2] },
    { size: [5, 4], taps: 4, stride: [2, 2], padding: [1, 1], outputPadding: [0, 0] },
    { size: [7], taps: 6, stride: [3], padding: [1], outputPadding: [2] },
  ])('gives what the reference gives: %o', async ({ size, taps, ...window }) => {
    const x = input('x', ['batch', 3, ...size]);
    const kernel = parameter('kernel', drawn([3, 6, ...size.map(() => taps)]));
    const program = defineProgram({ y: convTranspose(x, kernel, window) });
    expect(Buffer.from(encodeOnnx(program)).includes('ConvTranspose')).toBe(false);
    const feeds = { x: drawn([2, 3, ...size]) };
    const reference = await referenceBackend.open();
    const wanted = await (await reference.compile(program)).run(feeds);
    await withBackend(async (backend) => {
      const found = await (await backend.compile(program)).run(feeds);
      expectClose(found.y, fromArray(wanted.y), 'y');
    });
  });
});

describe('the passes of a training step', () => {
  const graph = simplify(specialise(convolutionalDescent(5), 4));
  const typesIn = (some: Graph): Set<string> =>
    new Set(
      inOrder([...Object.values(some.outputs), ...some.updates.values()]).map((x) => x.op.type),
    );

  it('turn every convolution into products, and sums over rows as well', () => {
    expect(typesIn(graph)).toContain('convKernelGradient');
    const lowered = typesIn(simplify(rowSums(simplify(channelsLast(graph, columnsOf(graph))))));
    expect(lowered).toContain('matmul');
    for (const type of ['conv', 'convTranspose', 'convKernelGradient']) {
      expect(lowered).not.toContain(type);
    }
  });

  it('leave one parameter, whose neighbouring slices are not taken apart and joined again', () => {
    const p = parameter('p', zeros([3]));
    const q = parameter('q', zeros([2, 2]));
    const untouched = {
      outputs: {},
      updates: new Map([
        [p, p],
        [q, q],
      ]),
    };
    const packed = simplify(pack(untouched, createPacking([p, q])));
    const [[state, next] = []] = [...packed.updates];
    expect(packed.updates.size).toBe(1);
    expect(state?.dims).toEqual([7]);
    expect(next).toBe(state);
  });

  it('do not repeat what a broadcast repeats anyway', () => {
    const x = input('x', [4, 3]);
    const loss = mean(square(mul(x, parameter('scale', zeros([1, 3])))));
    const scale = inOrder([loss]).find((t) => t.op.type === 'parameter');
    const found = gradients(
      loss,
      scale === undefined ? [] : [scale as ReturnType<typeof parameter>],
    );
    const outputs = Object.fromEntries([...found.values()].map((g, i) => [`g${i}`, g]));
    const types = inOrder(Object.values(simplify({ outputs, updates: new Map() }).outputs));
    expect(types.filter((t) => t.op.type === 'expand')).toEqual([]);
  });

  it('mask the gradient of relu, leaking or not, by a product', () => {
    const x = input('x', [4, 3]);
    const w = parameter('w', zeros([4, 3]));
    const typesOf = (act: (x: Tensor) => Tensor): Set<string> => {
      const [g] = gradients(sum(square(act(add(x, w)))), [w]).values();
      return typesIn(simplify({ outputs: { g: g ?? x }, updates: new Map() }));
    };
    expect(typesOf(relu)).not.toContain('where');
    const leaking = typesOf((y) => leakyRelu(y, 0.2));
    expect(leaking).not.toContain('where');
    expect(leaking).toContain('maximum');
    // A slope of −1 or 2 is no mask between two numbers of which the smaller stands for a false one.
    for (const slope of [-1, 2]) expect(typesOf((y) => leakyRelu(y, slope))).toContain('where');
  });

  it('sum products over a batch as one product of all rows', () => {
    const x = input('x', [5, 4, 3]);
    const w = parameter('w', drawn([3, 2]));
    const [g] = gradients(sum(square(matmul(x, w))), [w]).values();
    const order = inOrder(
      Object.values(simplify({ outputs: { g: g ?? x }, updates: new Map() }).outputs),
    );
    expect(order.some((t) => t.op.type === 'sum')).toBe(false);
    expect(order.filter((t) => t.op.type === 'matmul').map((t) => t.dims)).toContainEqual([3, 2]);
  });
});

describe('columns in blocks', () => {
  it('give what the reference engine gives, where one sample takes several', async () => {
    // 9 · 8 · 4 bytes a row and 128² rows: 4.7 MB of columns, of which a block holds 4.
    const x = input('x', ['batch', 8, 130, 130]);
    const down = parameter('down', drawn([5, 8, 3, 3]));
    const same = { stride: [1, 1], padding: [0, 0] };
    const y = conv(x, down, same);
    const up = parameter('up', drawn([5, 7, 3, 3]));
    const z = convTranspose(y, up, same);
    const loss = mean(sum(square(z), { axes: [1, 2, 3] }));
    const updates = new Map(gradients(loss, [down, up]));
    const program = defineProgram({ z }, updates);
    const feeds = { x: drawn([1, 8, 130, 130]) };
    const [ours, theirs] = await Promise.all(
      [ortBackend({ threads: 1 }), referenceBackend].map(async (provider) => {
        const backend = await provider.open();
        const executable = await backend.compile(program);
        const { z } = await executable.run(feeds);
        const parameters = await executable.readParameters();
        await backend[Symbol.asyncDispose]();
        return new Map<string, AnyNdArray>([...parameters, ['z', z]]);
      }),
    );
    for (const [name, expected] of theirs ?? []) {
      expectClose(ours?.get(name) ?? zeros([]), fromArray(expected), name);
    }
    expect(theirs?.size).toBe(3);
  });
});

describe('the engine', () => {
  it('keeps its parameters when the batch changes, more often than it keeps sessions', async () => {
    await withBackend(async (backend) => {
      const executable = await backend.compile(convolutionalDescent());
      const losses: number[] = [];
      for (const batch of [1, 2, 3, 4, 5, 6, 1, 2]) {
        const x = ndarray(new Float32Array(batch * 50).fill(0.5), [batch, 2, 5, 5]);
        losses.push((await executable.run({ x })).loss.data[0] ?? NaN);
      }
      // Every sample is alike, so each step lowers the loss of the next, whatever its batch.
      losses.slice(1).forEach((loss, i) => {
        expect(loss).toBeLessThan(losses[i] ?? NaN);
      });
    });
  });

  it('does not grow from step to step', async () => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    // What the native side holds is given back a turn after its JavaScript owner is collected.
    const used = async (): Promise<number> => {
      for (let turn = 0; turn < 3; turn += 1) {
        collect();
        await new Promise(setImmediate);
      }
      const { heapUsed, arrayBuffers } = process.memoryUsage();
      return heapUsed + arrayBuffers;
    };
    await withBackend(async (backend) => {
      const executable = await backend.compile(convolutionalDescent());
      const x = drawn([8, 2, 5, 5]);
      const steps = async (count: number): Promise<void> => {
        for (let i = 0; i < count; i += 1) await executable.run({ x });
      };
      // Code is compiled and recompiled now and then; what grows with the steps grows every time.
      const growth: number[] = [];
      for (let round = 0; round < 8; round += 1) {
        const before = await used();
        await steps(2000);
        growth.push((await used()) - before);
      }
      // One number kept a step would be 16 kB a round.
      expect(Math.min(...growth), growth.join()).toBeLessThan(10_000);
    });
  });

  it('is refused by name when asked for no threads', async () => {
    await expect(openBackend([ortBackend({ threads: 0 })])).rejects.toThrow(
      /ort \(threads must be a positive whole number, but 0 came\)/,
    );
  });

  it.each([openOnnx, openOnnxThread])(
    '%o opens finished models and names what is none',
    async (open) => {
      const x = input('x', ['batch', 2]);
      const model = await open(encodeOnnx(defineProgram({ y: add(x, 1), z: mul(x, 2) })));
      expect(model).toMatchObject({ inputs: ['x'], outputs: ['y', 'z'] });
      const feeds = { x: ndarray([1, 2, 3, 4], [2, 2]) };
      expect(await model.run(feeds)).toEqual({
        y: ndarray([2, 3, 4, 5], [2, 2]),
        z: ndarray([2, 4, 6, 8], [2, 2]),
      });
      expect(Object.keys(await model.run(feeds, ['z']))).toEqual(['z']);
      await expect(model.run({ x: ndarray([1], [1]) })).rejects.toMatchObject({
        code: 'BACKEND_FAILED',
      });
      await model[Symbol.asyncDispose]();
      await expect(open(new Uint8Array([1, 2, 3]))).rejects.toMatchObject({
        code: 'BACKEND_FAILED',
      });
    },
  );

  it('takes over the feeds of a thread that is to have them', async () => {
    const x = input('x', ['batch', 2]);
    const bytes = encodeOnnx(defineProgram({ y: add(x, 1) }));
    await using model = await openOnnxThread(bytes, { threads: 1, transferFeeds: true });
    const feeds = { x: ndarray([1, 2], [1, 2]) };
    expect(await model.run(feeds)).toEqual({ y: ndarray([2, 3], [1, 2]) });
    expect(feeds.x.data).toHaveLength(0);
  });

  it('computes in a thread of its own while the caller goes on, and answers all that came before its end', async () => {
    const x = input('x', ['batch', 512]);
    const square512 = parameter('w', zeros([512, 512]));
    const model = await openOnnxThread(
      encodeOnnx(defineProgram({ y: sum(matmul(matmul(x, square512), square512)) })),
      { threads: 1 },
    );
    const run = () => model.run({ x: zeros([2048, 512]) });
    const progress = { ticks: 0, done: false };
    const tick = (): void => {
      progress.ticks += 1;
      if (!progress.done) setImmediate(tick);
    };
    setImmediate(tick);
    const runs = [run(), run()];
    const closed = model[Symbol.asyncDispose]();
    await expect(run()).rejects.toMatchObject({ code: 'BACKEND_DISPOSED' });
    expect(await Promise.all(runs)).toHaveLength(2);
    progress.done = true;
    expect(progress.ticks).toBeGreaterThan(50);
    await closed;
  });
});
