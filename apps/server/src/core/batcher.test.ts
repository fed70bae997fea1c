import { type OnnxExecutable, openOnnx } from '@memae/backend/ort';
import { defineProgram, input, mean, ndarray, square } from '@memae/graph';
import { encodeOnnx } from '@memae/onnx';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type BatchLimits, createBatcher } from './batcher.ts';
import type { BatchReport } from './observer.ts';
import { rowsOf } from './rows.ts';

const width = 3;
let model: OnnxExecutable;
beforeAll(async () => {
  const x = input('x', ['batch', width]);
  model = await openOnnx(
    encodeOnnx(defineProgram({ score: mean(square(x), { axes: [1] }), x2: square(x) })),
  );
});
afterAll(() => model[Symbol.asyncDispose]());

/** A batcher on the model, which computes only while the gate is open; and what it did. */
function open(limits: Partial<BatchLimits> = {}, instances = 1) {
  const reports: BatchReport[] = [];
  const held: (() => void)[] = [];
  const gate = { open: true };
  const run: OnnxExecutable['run'] = async (feeds, outputs) => {
    if (!gate.open) await new Promise<void>((resolve) => held.push(resolve));
    return model.run(feeds, outputs);
  };
  const batcher = createBatcher({
    ...{ maxBatchSize: 8, maxQueueDelayMicroseconds: 0, maxQueueSize: 100, ...limits },
    instances: Array.from({ length: instances }, () => ({ ...model, run })),
    input: 'x',
    outputs: {
      score: { dtype: 'float32', dims: ['batch'] },
      x2: { dtype: 'float32', dims: ['batch', width] },
    },
    clock: () => performance.now(),
    onBatch: (report) => reports.push(report),
  });
  const ask = (rows: readonly number[], more: { timeout?: number; signal?: AbortSignal } = {}) =>
    batcher.run(
      ndarray(
        rows.flatMap((row) => [row, row, row]),
        [rows.length, width],
      ),
      {
        ...{ outputs: ['score'], timeout: 10_000, ...more },
      },
    );
  return {
    batcher,
    ask,
    reports,
    hold: () => {
      gate.open = false;
    },
    release: () => {
      gate.open = true;
      for (const resolve of held.splice(0)) resolve();
    },
  };
}

test('whatever the batches, every request gets its own scores', async () => {
  const requests = fc.array(fc.array(fc.nat(1000), { minLength: 1, maxLength: 8 }), {
    minLength: 1,
    maxLength: 30,
  });
  const limits = { maxBatchSize: fc.integer({ min: 8, max: 20 }), delay: fc.constantFrom(0, 500) };
  await fc.assert(
    fc.asyncProperty(
      ...([requests, limits.maxBatchSize, limits.delay, fc.integer({ min: 1, max: 3 })] as const),
      async (all, maxBatchSize, maxQueueDelayMicroseconds, instances) => {
        const { ask, reports } = open({ maxBatchSize, maxQueueDelayMicroseconds }, instances);
        const answers = await Promise.all(all.map((rows) => ask(rows)));
        answers.forEach(({ score }, i) => {
          expect([...(score?.data ?? [])]).toEqual(
            (all[i] ?? []).map((row) => Math.fround(row * row)),
          );
        });
        const sizes = reports.map(({ samples }) => rowsOf(samples));
        expect(Math.max(...sizes)).toBeLessThanOrEqual(maxBatchSize);
        expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(all.flat().length);
      },
    ),
    { numRuns: 30 },
  );
});

describe('requests', () => {
  test('that wait for the one instance are computed together, in their order', async () => {
    const { ask, reports, hold, release } = open();
    hold();
    const answers = [ask([1]), ask([2, 3]), ask([4, 5, 6, 7, 8]), ask([9])];
    release();
    await Promise.all(answers);
    expect(reports.map(({ samples }) => rowsOf(samples))).toEqual([1, 8]);
    expect(reports[1]?.queued).toHaveLength(3);
  });

  test('wait for others as long as they may, and no longer than it takes to fill a batch', async () => {
    const { ask, reports } = open({ maxQueueDelayMicroseconds: 50_000 });
    await Promise.all([ask([1]), ask([2])]);
    expect(reports.map(({ samples }) => rowsOf(samples))).toEqual([2]);
    expect(Math.max(...(reports[0]?.queued ?? []))).toBeGreaterThan(40);
    const began = performance.now();
    await Promise.all([ask([1, 2, 3, 4]), ask([5, 6, 7, 8])]);
    expect(performance.now() - began).toBeLessThan(40);
  });

  test('get the outputs that they asked for, and no others', async () => {
    const { batcher, hold, release } = open();
    hold();
    const samples = ndarray([1, 2, 3], [1, 3]);
    const ask = (outputs: string[]) => batcher.run(samples, { outputs, timeout: 10_000 });
    const answers = [ask(['score']), ask(['score']), ask(['x2'])];
    release();
    expect((await Promise.all(answers)).map((each) => Object.keys(each))).toEqual([
      ['score'],
      ['score'],
      ['x2'],
    ]);
    expect((await answers[2])?.['x2']).toEqual(ndarray([1, 4, 9], [1, 3]));
  });

  test('beyond the queue are refused; those in it are answered', async () => {
    const { batcher, ask, hold, release } = open({ maxQueueSize: 2 });
    hold();
    const answers = [ask([1]), ask([2]), ask([3])];
    expect(batcher.queued()).toBe(2);
    await expect(ask([4])).rejects.toMatchObject({ code: 'SERVER_BUSY' });
    release();
    expect(await Promise.all(answers)).toHaveLength(3);
  });

  test('that are late or left alone go, and others do not notice', async () => {
    const { batcher, ask, reports, hold, release } = open();
    hold();
    const leaving = new AbortController();
    const answers = [
      ask([1]),
      ask([2], { timeout: 20 }),
      ask([3], { signal: leaving.signal }),
      ask([4]),
    ];
    await expect(answers[1]).rejects.toMatchObject({ code: 'SERVER_DEADLINE' });
    leaving.abort();
    await expect(answers[2]).rejects.toMatchObject({ code: 'SERVER_CANCELLED' });
    await expect(ask([5], { signal: leaving.signal })).rejects.toMatchObject({
      code: 'SERVER_CANCELLED',
    });
    await expect(ask([6], { signal: AbortSignal.timeout(20) })).rejects.toMatchObject({
      code: 'SERVER_DEADLINE',
    });
    expect(batcher.queued()).toBe(1);
    release();
    expect((await answers[3])?.['score']).toEqual(ndarray([16], [1]));
    expect(reports.map(({ samples }) => rowsOf(samples))).toEqual([1, 1]);
  });

  test('of a batch that fails fail, and the next go on', async () => {
    const { batcher, ask } = open();
    const wrong = batcher.run(ndarray([1], [1, 1]), { outputs: ['score'], timeout: 1000 });
    await expect(wrong).rejects.toMatchObject({ code: 'BACKEND_FAILED' });
    expect((await ask([2]))['score']).toEqual(ndarray([4], [1]));
  });
});
