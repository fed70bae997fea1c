// A run that is stopped and goes on ends as one that never was: the same bits, the same history.

import { join } from 'node:path';
import type { Backend } from '@memae/backend';
import { ortBackend } from '@memae/backend/ort';
import type { Dataset } from '@memae/datasets';
import { add, input, mean, mul, ndarray, normal, parameter, square } from '@memae/graph';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CheckpointStore, fileCheckpoints } from './checkpoint-store.ts';
import {
  distance,
  memoryCheckpoints,
  numbers,
  refusal,
  temporaryFolder,
  tinyDataset,
  tinyObjective,
  tinyPlan,
  turningPlan,
} from './testing/small-problem.ts';
import type { Objective, TrainPlan, Trained } from './plan.ts';
import type { Progress } from './progress.ts';
import { train } from './train.ts';

let backend: Backend;
beforeAll(async () => {
  backend = await ortBackend({ threads: 1 }).open();
});
afterAll(() => backend[Symbol.asyncDispose]());

const { loss, measures = {}, score } = tinyObjective();
const plans: Record<string, Partial<TrainPlan>> = {
  plain: {},
  'with validation and patience': {
    epochs: 6,
    validation: { dataset: tinyDataset(20, 9), loss: score },
    patience: 5,
  },
  'with a step limit': { maxSteps: 7 },
  'with parameters changed between epochs': {
    betweenEpochs: ({ random }) =>
      Promise.resolve(
        new Map([['encoder.bias', normal({ deviation: 1 })([3], random.fork('bias'))]]),
      ),
  },
};

// What the loss takes beside the samples: noise, and how far training has come.
const noise = input('noise', ['batch', 4]);
const progress = input('progress', []);
const shift = parameter('shift', ndarray([0, 0, 0, 0], [4]));
const objective: Objective = {
  loss: add(loss, mul(progress, mean(square(add(noise, shift))))),
  measures: { ...measures, progress },
  feeds: ({ epochs, samples }, random) => ({
    noise: normal({ deviation: 1 })([samples, 4], random),
    progress: ndarray([epochs], []),
  }),
};

function run(changes: Partial<TrainPlan>): Promise<Trained> {
  return train(backend, {
    objective,
    dataset: tinyDataset(),
    plan: tinyPlan(changes),
  });
}

/** Runs until the step given, or to the end; null where it was stopped. */
async function runUntil(
  step: number,
  changes: Partial<TrainPlan> & { readonly checkpoints: CheckpointStore },
): Promise<Trained | null> {
  const stop = new AbortController();
  const onStep: TrainPlan['onStep'] = (report) => {
    if (report.step === step) stop.abort();
  };
  return run({ ...changes, signal: stop.signal, onStep }).catch((error: unknown) => {
    expect(error).toMatchObject({ code: 'TRAIN_ABORTED' });
    return null;
  });
}

const bitsOf = ({ parameters }: Trained) =>
  [...parameters].map(([name, { data }]) => [name, [...new Uint32Array(data.slice().buffer)]]);
const valuesOf = ({ history }: Trained) => history.map(({ epoch, values }) => ({ epoch, values }));

describe.each(Object.entries(plans))('a run %s', (_, changes) => {
  let unbroken: Trained;
  beforeAll(async () => {
    unbroken = await run(changes);
  });

  // Four steps an epoch: at the first, at the end of an epoch, within one, before the last.
  it.each([1, 4, 6, 11])('stopped after step %i', async (step) => {
    const checkpoints = fileCheckpoints(join(await temporaryFolder(), 'checkpoint'));
    await runUntil(step, { ...changes, checkpoints });
    const resumed = await run({ ...changes, checkpoints });
    expect(bitsOf(resumed)).toEqual(bitsOf(unbroken));
    expect(valuesOf(resumed)).toEqual(valuesOf(unbroken));
  });

  it('killed at any step, from what was saved within the epoch', async () => {
    const store = memoryCheckpoints();
    let now = 0;
    // A step takes a second by this clock.
    const clock = (): number => (now += 1000);
    await run({ ...changes, checkpoints: store, clock, saveEvery: 2 });
    expect(store.saved.some(({ progress: at }) => (at as Progress).stepInEpoch === 2)).toBe(true);
    for (const checkpoint of store.saved) {
      const checkpoints = memoryCheckpoints();
      await checkpoints.save(checkpoint);
      const resumed = await run({ ...changes, checkpoints });
      expect(bitsOf(resumed)).toEqual(bitsOf(unbroken));
      expect(valuesOf(resumed)).toEqual(valuesOf(unbroken));
    }
  });

  it('stopped again and again', async () => {
    const checkpoints = fileCheckpoints(join(await temporaryFolder(), 'checkpoint'));
    let done: Trained | null = null;
    for (let step = 1; done === null && step < 40; step += 3) {
      done = await runUntil(step, { ...changes, checkpoints });
    }
    expect(done && bitsOf(done)).toEqual(bitsOf(unbroken));
    expect(done && valuesOf(done)).toEqual(valuesOf(unbroken));
  });

  it('resumed when it is done takes no step and gives the same', async () => {
    const checkpoints = memoryCheckpoints();
    await run({ ...changes, checkpoints });
    const steps: number[] = [];
    const again = await run({
      ...changes,
      checkpoints,
      onStep: ({ step }) => steps.push(step),
    });
    expect(steps).toEqual([]);
    expect(bitsOf(again)).toEqual(bitsOf(unbroken));
    expect(valuesOf(again)).toEqual(valuesOf(unbroken));
  });
});

it('early stopping returns the best parameters, also where the run was stopped after them', async () => {
  const early = (changes: Partial<TrainPlan>): Promise<Trained> =>
    train(backend, {
      objective: { loss: distance },
      dataset: numbers(10, 10),
      plan: { ...turningPlan(), patience: 3, ...changes },
    });
  const unbroken = await early({});
  const checkpoints = memoryCheckpoints();
  const stop = new AbortController();
  const onEpoch: TrainPlan['onEpoch'] = ({ epoch }) => {
    if (epoch === 12) stop.abort();
  };
  const { code } = await refusal(early({ checkpoints, signal: stop.signal, onEpoch }));
  expect(code).toBe('TRAIN_ABORTED');
  const resumed = await early({ checkpoints });
  expect(resumed.parameters.get('place')?.data[0]).toBeCloseTo(1, 1);
  expect(bitsOf(resumed)).toEqual(bitsOf(unbroken));
  expect(valuesOf(resumed)).toEqual(valuesOf(unbroken));
});

it('a checkpoint within an epoch comes every five minutes, where the plan says nothing', async () => {
  const checkpoints = memoryCheckpoints();
  let now = 0;
  // Two minutes a step, four steps an epoch: once within each, after six minutes.
  await run({ checkpoints, clock: () => (now += 120_000) });
  const places = checkpoints.saved.map(({ progress: at }) => (at as Progress).step);
  expect(places).toEqual([3, 4, 7, 8, 11, 12]);
});

describe('a signal', () => {
  it('that has fired already leaves a checkpoint of the start', async () => {
    const checkpoints = memoryCheckpoints();
    const error = await refusal(run({ checkpoints, signal: AbortSignal.abort() }));
    expect(error.code).toBe('TRAIN_ABORTED');
    expect(error.message).toBe(
      'Training was stopped in epoch 1, after 0 steps; a checkpoint was saved, and training can be resumed.',
    );
    const resumed = await run({ checkpoints });
    expect(bitsOf(resumed)).toEqual(bitsOf(await run({})));
  });

  it('without a place for checkpoints promises none', async () => {
    const error = await refusal(run({ signal: AbortSignal.abort() }));
    expect(error.message).toBe('Training was stopped in epoch 1, after 0 steps.');
  });

  it('at the end of an epoch lets it be reported, and stops in the next', async () => {
    const checkpoints = memoryCheckpoints();
    const told: number[] = [];
    const stop = new AbortController();
    const error = await refusal(
      run({
        checkpoints,
        signal: stop.signal,
        onStep: ({ step }) => {
          if (step === 4) stop.abort();
        },
        onEpoch: ({ epoch }) => told.push(epoch),
      }),
    );
    expect(error.message).toContain('in epoch 2, after 4 steps');
    expect(told).toEqual([1]);
  });

  it.each(['the samples', 'those held out', 'what comes between epochs'])(
    'that stops %s loses no step',
    async (where) => {
      const checkpoints = memoryCheckpoints();
      const stop = new AbortController();
      const stopping = (of: string): void => {
        if (of !== where) return;
        stop.abort();
        stop.signal.throwIfAborted();
      };
      /** Stopped as a video is while it is decoded: after two batches, or before the first. */
      const watched = (dataset: Dataset, of: string, after: number): Dataset => ({
        ...dataset,
        async *batches(options) {
          let count = 0;
          for await (const batch of dataset.batches(options)) {
            if (count === after) stopping(of);
            count += 1;
            yield batch;
          }
        },
      });
      const held = tinyDataset(20, 9);
      const plan = (validation: Dataset) =>
        tinyPlan({ validation: { dataset: validation, loss: score } });
      const error = await refusal(
        train(backend, {
          objective,
          dataset: watched(tinyDataset(), 'the samples', 2),
          plan: {
            ...plan(watched(held, 'those held out', 0)),
            checkpoints,
            signal: stop.signal,
            betweenEpochs: () =>
              new Promise((resolve) => {
                stopping('what comes between epochs');
                resolve(null);
              }),
          },
        }),
      );
      expect(error).toMatchObject({ code: 'TRAIN_ABORTED' });
      expect(checkpoints.saved).toHaveLength(1);
      const taken = where === 'the samples' ? 2 : 4;
      expect(checkpoints.saved[0]?.progress).toMatchObject({ epoch: 0, step: taken });
      const given = { objective, dataset: tinyDataset() };
      const resumed = await train(backend, { ...given, plan: { ...plan(held), checkpoints } });
      const unbroken = await train(backend, { ...given, plan: plan(held) });
      expect(bitsOf(resumed)).toEqual(bitsOf(unbroken));
      expect(valuesOf(resumed)).toEqual(valuesOf(unbroken));
    },
  );

  it('in the last step comes too late to stop anything', async () => {
    expect((await runUntil(12, { checkpoints: memoryCheckpoints() }))?.history).toHaveLength(3);
  });
});

it('time left and samples a second count from where the run goes on', async () => {
  const checkpoints = memoryCheckpoints();
  await runUntil(6, { checkpoints });
  let now = 0;
  const reports: { step: number; samplesPerSecond: number; secondsLeft: number }[] = [];
  await run({ checkpoints, clock: () => (now += 1000), onStep: (report) => reports.push(report) });
  // Step 7 is the third of epoch 2: 9 + 33 samples are left after it.
  expect(reports[0]).toMatchObject({ step: 7, samplesPerSecond: 8, secondsLeft: 42 / 8 });
});

describe('a checkpoint of another run', () => {
  const fingerprint = { method: 'memae', 'training.rate': 0.001, data: 'abc' };
  const mismatch = async (changes: Partial<TrainPlan>) => {
    const checkpoints = memoryCheckpoints();
    await run({ checkpoints, fingerprint });
    const error = await refusal(run({ checkpoints, fingerprint, ...changes }));
    expect(error.code).toBe('TRAIN_CHECKPOINT_MISMATCH');
    expect(checkpoints.saved).toHaveLength(3);
    return error.message;
  };

  it('is refused, naming what differs and only that', async () => {
    const other = { method: 'memae', 'training.rate': 0.01, slots: 5 };
    expect(await mismatch({ fingerprint: other })).toBe(
      'The checkpoint belongs to another run: training.rate was 0.001, is 0.01; ' +
        'data was abc, is not set; slots was not set, is 5. ' +
        'Resume with the same options, data and seed, or start anew.',
    );
  });

  it('is refused when it lacks a parameter, or has it in another shape', async () => {
    const checkpoints = memoryCheckpoints();
    await run({ checkpoints });
    const [{ parameters, progress }] = checkpoints.saved.slice(-1) as [
      (typeof checkpoints.saved)[number],
    ];
    const without = new Map(parameters);
    without.delete('adam.m');
    await checkpoints.save({ parameters: without, progress });
    const error = await refusal(run({ checkpoints }));
    expect(error.code).toBe('TRAIN_CHECKPOINT_MISMATCH');
    expect(error.message).toContain('it holds no adam.m of shape 41.');
  });
});

describe('a checkpoint whose progress no run makes', () => {
  const broken: readonly (readonly [object | string | null, string])[] = [
    [null, 'progress should be an object'],
    ['far', 'progress should be an object'],
    [{ fingerprint: undefined }, 'progress.fingerprint should be texts, numbers and booleans'],
    [{ fingerprint: { method: null } }, 'progress.fingerprint should be'],
    [{ epoch: 'two' }, 'progress.epoch should be a whole number of 0 or more'],
    [{ epoch: 1e9 }, 'it has finished 1000000000 epochs, but progress.history tells of 1'],
    [{ stepInEpoch: -5 }, 'progress.stepInEpoch should be a whole number of 0 or more'],
    [{ stepInEpoch: 1e9 }, 'progress.stepInEpoch is 1000000000, but an epoch has 5 steps'],
    [{ step: 0.5 }, 'progress.step should be a whole number of 0 or more'],
    [{ step: 1 }, 'progress.step is 1, but should lie between 2 and 7'],
    [{ step: 1e9 }, 'progress.step is 1000000000, but should lie between 2 and 7'],
    [{ sums: {} }, 'progress.sums should be samples, totals and what was seen'],
    [{ sums: { samples: 16, totals: {}, seen: null } }, 'progress.sums should be'],
    [{ history: null }, "progress.history should be each epoch's values"],
    [{ history: [{ epoch: 1 }] }, "progress.history should be each epoch's values"],
    [{ best: 5 }, 'progress.best should be an epoch and its loss, or null'],
  ];
  it.each(broken)('%j is refused by name', async (change, why) => {
    const checkpoints = memoryCheckpoints();
    await runUntil(6, { checkpoints });
    const last = checkpoints.saved.at(-1);
    if (last === undefined) return expect.fail('no checkpoint');
    const whole = change === null || typeof change === 'string';
    const progress = whole ? change : { ...(last.progress as Progress), ...change };
    await checkpoints.save({ ...last, progress });
    const error = await refusal(run({ checkpoints }));
    expect(error.code).toBe('TRAIN_CHECKPOINT_CORRUPT');
    expect(error.message).toContain(`The checkpoint cannot be used: ${why}`);
    expect(error.message).toContain('Remove it to train from the start.');
  });

  it('is none where a measure was not finite, which JSON writes as null', async () => {
    const checkpoints = memoryCheckpoints();
    await runUntil(6, { checkpoints });
    const [last] = checkpoints.saved.slice(-1);
    if (last === undefined) return expect.fail('no checkpoint');
    const progress = structuredClone(last.progress) as Progress;
    const [report] = progress.history;
    if (report === undefined) return expect.fail('no epoch');
    const values = { ...report.values, progress: null };
    await checkpoints.save({
      ...last,
      progress: { ...progress, history: [{ ...report, values }] },
    });
    expect((await run({ checkpoints })).history).toHaveLength(3);
  });
});
