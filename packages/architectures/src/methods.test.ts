// What the methods make of drawn digits, and what each option changes.

import type { Backend } from '@memae/backend';
import { ortBackend } from '@memae/backend/ort';
import { arrayDataset } from '@memae/datasets';
import { defineProgram, ndarray } from '@memae/graph';
import type { AnyDetectorPlugin, Checkpoint, CheckpointStore, RawOptions } from '@memae/training';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  ae,
  aeL1,
  architectures,
  memae,
  memaeNonSpar,
  memaeWithoutEntropy,
  memaeWithoutShrinkage,
  vae,
} from './index.ts';
import { fitter } from './testing/fit.ts';
import { drawn, drawnDataset, quick } from './testing/strokes.ts';

let backend: Backend;
beforeAll(async () => {
  backend = await ortBackend({ threads: 1 }).open();
});
afterAll(() => backend[Symbol.asyncDispose]());

const fit = fitter(() => backend);

function average(scores: Float32Array): number {
  return scores.reduce((a, b) => a + b, 0) / scores.length;
}

describe('memae', () => {
  it('finds other digits more anomalous than the one it has learned', async () => {
    const dataset = drawnDataset([1], { count: 200 });
    const detector = await fit(memae, quick, { dataset });
    const normal = await detector.score(drawn([1], { count: 50, seed: 2 }));
    const others = await detector.score(drawn([0, 2, 3, 4, 5, 6, 7, 8, 9], { count: 90, seed: 3 }));
    expect(average(others)).toBeGreaterThan(1.15 * average(normal));
    const last = detector.history.at(-1)?.values;
    expect(last?.['loss']).toBeLessThan(detector.history[0]?.values['loss'] ?? 0);
    expect(last?.['emptyRows']).toBe(0);
  });

  it('shows single items as samples, where they are whole codes', async () => {
    const { decodedItems, program } = await fit(memae, { ...quick, 'memory.slots': 7 });
    if (decodedItems === undefined) return expect.fail('no decoded items');
    const executable = await backend.compile(decodedItems);
    const { items } = await executable.run({});
    expect(items.shape).toEqual([7, 1, 28, 28]);
    expect(Math.min(...items.data)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...items.data)).toBeLessThanOrEqual(1);
    expect(program.outputs['weights']?.dims).toEqual(['batch', 7]);
    const perPosition = await fit(memae, { ...quick, 'memory.query': 'position' });
    expect(perPosition.decodedItems).toBeUndefined();
    expect(perPosition.program.outputs['weights']?.dims).toEqual(['batch', 4, 4, 100]);
  });

  it('warns, with a remedy, of a λ that leaves nothing to read', async () => {
    const warned: string[] = [];
    const options = { ...quick, preset: 'paper', 'memory.shrinkage': 3 };
    await fit(memae, options, { onWarning: (message) => warned.push(message) });
    expect(warned).toEqual([
      'Epoch 1: shrinkage leaves 100 % of the readings empty, so nothing of them is learned. ' +
        'Lower memory.shrinkage, or set memory.emptyRows=unshrunk.',
    ]);
  });

  it('refuses a λ that must empty every row before training begins', async () => {
    const options = { preset: 'paper', 'memory.shrinkage': 7 };
    await expect(fit(memae, options)).rejects.toMatchObject({
      code: 'MEMORY_BAD_OPTION',
      message: expect.stringContaining('no weight exceeds 6.9453/N') as string,
    });
  });
});

describe.each(architectures)('$id', (plugin) => {
  it('learns something else from another seed', async () => {
    const options = { ...quick, 'training.steps': 1 };
    const probe = drawn([1], { count: 4 });
    const [one, two] = [await fit(plugin, options), await fit(plugin, options, { seed: 2 })];
    expect(await one.score(probe)).not.toEqual(await two.score(probe));
  });

  it('scores by the error between a sample and its reconstruction', async () => {
    const detector = await fit(plugin, { ...quick, 'training.steps': 2 });
    const { score, reconstruction, errorMap } = detector.program.outputs;
    if (reconstruction === undefined || errorMap === undefined) return expect.fail('no outputs');
    const executable = await backend.compile(defineProgram({ score, reconstruction, errorMap }));
    const samples = drawn([1, 2], { count: 2 });
    const found = await executable.run({ samples });
    let total = 0;
    for (let i = 0; i < 784; i += 1) {
      const error = (samples.data[i] ?? 0) / 255 - (found.reconstruction.data[i] ?? NaN);
      expect(found.errorMap.data[i]).toBeCloseTo(error ** 2, 5);
      total += error ** 2;
    }
    expect((found.score.data[0] ?? NaN) / total).toBeCloseTo(1, 5);
  });

  it('stopped and resumed, ends with the same scores', async () => {
    const probe = drawn([1, 2], { count: 6 });
    const unbroken = await (await fit(plugin, quick)).score(probe);
    let last: Checkpoint | null = null;
    const checkpoints: CheckpointStore = {
      load: () => Promise.resolve(last),
      save: (checkpoint) => {
        last = checkpoint;
        return Promise.resolve();
      },
    };
    const stop = new AbortController();
    const stopped = fit(plugin, quick, {
      checkpoints,
      signal: stop.signal,
      onStep: ({ step }) => {
        if (step === 4) stop.abort();
      },
    });
    await expect(stopped).rejects.toMatchObject({ code: 'TRAIN_ABORTED' });
    expect(await (await fit(plugin, quick, { checkpoints })).score(probe)).toEqual(unbroken);

    const refused = async (options: RawOptions, more: Parameters<typeof fit>[2]) => {
      const error: unknown = await fit(plugin, options, { checkpoints, ...more }).catch(
        (reason: unknown) => reason,
      );
      expect(error).toMatchObject({ code: 'TRAIN_CHECKPOINT_MISMATCH' });
      return (error as Error).message;
    };
    expect(await refused({ ...quick, 'training.rate': 0.5 }, {})).toContain(
      'another run: training.rate was 0.003, is 0.5. Resume',
    );
    expect(await refused(quick, { seed: 2 })).toContain('another run: randomness was');
    const other = drawnDataset([1], { count: 40, seed: 2 });
    expect(await refused(quick, { dataset: other })).toContain('another run: data was');
    expect(await refused(quick, { validation: other })).toContain('another run: validation was');
  });

  it('refuses a data set of one sample', async () => {
    await expect(fit(plugin, quick, { dataset: drawnDataset([1], { count: 1 }) })).rejects.toThrow(
      'Training needs two samples or more, but strokes has 1.',
    );
  });

  it('refuses samples in which a kernel does not fit', async () => {
    const dataset = arrayDataset({
      name: 'icons',
      modality: 'image',
      samples: ndarray(new Uint8Array(4 * 64), [4, 1, 8, 8]),
    });
    await expect(fit(plugin, { 'network.padding': 'none' }, { dataset })).rejects.toMatchObject({
      code: 'ARCHITECTURE_SAMPLE_TOO_SMALL',
    });
  });

  it('refuses numbers that a sigmoid cannot reach, naming the sample', async () => {
    const values = new Float32Array(5 * 64).fill(0.5);
    values[3 * 64 + 7] = -0.25;
    const samples = ndarray(values, [5, 1, 8, 8]);
    const dataset = arrayDataset({ name: 'maps', modality: 'image', samples });
    await expect(
      fit(plugin, { ...quick, 'network.output': 'sigmoid' }, { dataset }),
    ).rejects.toThrow(
      'With network.output=sigmoid samples must lie in [0, 1], but maps/3 holds -0.25. ' +
        'Scale the samples, or set network.output=linear.',
    );
    const linear = await fit(plugin, { ...quick, 'network.output': 'linear' }, { dataset });
    expect(await linear.score(samples)).toHaveLength(5);
  });

  it('refuses early stopping without held-out samples', async () => {
    const options = { ...quick, 'training.patience': 1 };
    await expect(fit(plugin, options)).rejects.toMatchObject({ code: 'TRAIN_BAD_PLAN' });
    const validation = drawnDataset([1], { count: 20, seed: 5 });
    const { history } = await fit(plugin, options, { validation });
    expect(history[0]?.values['validationLoss']).toBeGreaterThan(0);
  });
});

describe('memae-nonspar', () => {
  it('reads every item every time, and pays nothing for it', async () => {
    const { history } = await fit(memaeNonSpar, quick);
    const { nonZeroWeights, itemsInUse, penalty } = history.at(-1)?.values ?? {};
    expect([nonZeroWeights, itemsInUse, penalty]).toEqual([100, 100, undefined]);
  });
});

describe('the methods', () => {
  it('are the paper’s ablation, from the same start', async () => {
    const parametersOf = async (plugin: AnyDetectorPlugin) => {
      let start: Checkpoint['parameters'] = new Map();
      const checkpoints: CheckpointStore = {
        load: () => Promise.resolve(null),
        save: ({ parameters }) => {
          start = parameters;
          return Promise.resolve();
        },
      };
      const stopped = fit(plugin, quick, { checkpoints, signal: AbortSignal.abort() });
      await expect(stopped).rejects.toMatchObject({ code: 'TRAIN_ABORTED' });
      const network = [...start].filter(([name]) => !name.startsWith('adam.'));
      return new Map(network.map(([name, { data }]) => [name, data]));
    };
    const plain = [...(await parametersOf(ae)).keys()].sort();
    const full = await parametersOf(memae);
    expect([...full.keys()].sort()).toEqual([...plain, 'memory.items'].sort());
    for (const plugin of [memaeNonSpar, memaeWithoutShrinkage, memaeWithoutEntropy]) {
      const found = await parametersOf(plugin);
      expect([...found.keys()].sort()).toEqual([...full.keys()].sort());
      for (const [name, data] of found) expect(data).toEqual(full.get(name));
    }
    expect([...(await parametersOf(aeL1)).keys()].sort()).toEqual(plain);
  });

  it('pay for what they are to be sparse by', async () => {
    const penaltyOf = async (plugin: AnyDetectorPlugin) =>
      (await fit(plugin, { ...quick, 'training.steps': 1 })).history[0]?.values['penalty'];
    expect(await penaltyOf(memae)).toBeGreaterThan(0);
    expect(await penaltyOf(memaeWithoutShrinkage)).toBeGreaterThan(0);
    expect(await penaltyOf(aeL1)).toBeGreaterThan(0);
    expect(await penaltyOf(vae)).toBeGreaterThan(0);
    for (const plugin of [memaeNonSpar, memaeWithoutEntropy, ae]) {
      expect(await penaltyOf(plugin)).toBeUndefined();
    }
  });

  it('use every item where there is no shrinkage', async () => {
    const read = async (plugin: AnyDetectorPlugin) =>
      (await fit(plugin, quick)).history.at(-1)?.values['nonZeroWeights'];
    expect(await read(memaeWithoutShrinkage)).toBe(100);
    expect(await read(memaeWithoutEntropy)).toBeLessThan(100);
  });
});
