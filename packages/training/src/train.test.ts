import type { Backend } from '@memae/backend';
import { ortBackend } from '@memae/backend/ort';
import { referenceBackend } from '@memae/backend/reference';
import type { Dataset } from '@memae/datasets';
import {
  constant,
  greater,
  input,
  max,
  mean,
  mul,
  ndarray,
  parameter,
  withUpdate,
  zeros,
} from '@memae/graph';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { adam } from './adam.ts';
import {
  distance,
  distances,
  memoryCheckpoints,
  number,
  numbers,
  refusal,
  tinyDataset,
  tinyObjective,
  tinyPlan,
  turningPlan,
} from './testing/small-problem.ts';
import type { EpochState, StepPlace, StepReport, TrainPlan } from './plan.ts';
import { train } from './train.ts';

let backend: Backend;
beforeAll(async () => {
  backend = await ortBackend({ threads: 1 }).open();
});
afterAll(() => backend[Symbol.asyncDispose]());

describe('train', () => {
  it('lowers the loss, and reports every step and epoch', async () => {
    const steps: StepReport[] = [];
    const told: number[] = [];
    const { parameters, history } = await train(backend, {
      objective: tinyObjective(),
      dataset: tinyDataset(),
      plan: tinyPlan({
        epochs: 20,
        onStep: (report) => steps.push(report),
        onEpoch: ({ epoch }) => told.push(epoch),
      }),
    });
    expect(steps.map(({ step }) => step)).toEqual(Array.from({ length: 80 }, (_, i) => i + 1));
    expect(steps.slice(3, 6).map(({ epoch }) => epoch)).toEqual([1, 2, 2]);
    expect(told).toEqual(history.map(({ epoch }) => epoch));
    expect(history).toHaveLength(20);
    const [first, last] = [history[0]?.values, history.at(-1)?.values];
    expect(last?.['loss']).toBeLessThan(0.8 * (first?.['loss'] ?? 0));
    expect(first?.['badColumns']).toBeGreaterThanOrEqual(1);
    expect(first?.['badColumns']).toBeLessThanOrEqual(4);
    expect(parameters.get('norm.running_mean')?.shape).toEqual([3]);
  });

  it('lets a lone sample join the batch before it, so that the epoch’s loss is over all samples', async () => {
    const sizes: number[] = [];
    const dataset = tinyDataset(17);
    const watched: Dataset = {
      ...dataset,
      async *batches(options) {
        for await (const batch of dataset.batches(options)) {
          sizes.push(batch.samples.shape[0] ?? 0);
          yield batch;
        }
      },
    };
    const plan = tinyPlan({ epochs: 1 });
    await train(backend, { objective: tinyObjective(), dataset: watched, plan });
    expect(sizes).toEqual([8, 9]);
  });

  it('gives each epoch its own order', async () => {
    const orders: string[] = [];
    const dataset = tinyDataset();
    const watched: Dataset = {
      ...dataset,
      async *batches(options) {
        const keys: string[] = [];
        for await (const batch of dataset.batches(options)) {
          keys.push(...batch.keys);
          yield batch;
        }
        orders.push(keys.join());
      },
    };
    await train(backend, { objective: tinyObjective(), dataset: watched, plan: tinyPlan() });
    expect(new Set(orders).size).toBe(3);
  });

  it('tells samples a second and the time left from the clock it is given', async () => {
    let now = 5000;
    const steps: StepReport[] = [];
    const { history } = await train(backend, {
      objective: tinyObjective(),
      dataset: tinyDataset(),
      plan: tinyPlan({
        clock: () => (now += 500),
        onStep: (report) => steps.push(report),
      }),
    });
    // Half a second a step of 8 samples; 99 samples in three epochs.
    expect(steps[0]).toMatchObject({ samplesPerSecond: 16, secondsLeft: (99 - 8) / 16 });
    expect(steps[2]).toMatchObject({ samplesPerSecond: 16, secondsLeft: (99 - 24) / 16 });
    expect(steps[4]).toMatchObject({ samplesPerSecond: 16, secondsLeft: (66 - 8) / 16 });
    expect(steps.at(-1)?.secondsLeft).toBe(0);
    expect(history[0]?.seconds).toBe(2.5);
  });

  it('does without a clock', async () => {
    const steps: StepReport[] = [];
    const plan = tinyPlan({ epochs: 1, onStep: (report) => steps.push(report) });
    await train(backend, { objective: tinyObjective(), dataset: tinyDataset(), plan });
    expect(steps[0]).toMatchObject({ samplesPerSecond: 0, secondsLeft: 0 });
  });

  it('ends after maxSteps, and counts the time left to there', async () => {
    let now = 0;
    const steps: StepReport[] = [];
    const { history } = await train(backend, {
      objective: tinyObjective(),
      dataset: tinyDataset(),
      plan: tinyPlan({
        maxSteps: 6,
        clock: () => (now += 1000),
        onStep: (report) => steps.push(report),
      }),
    });
    expect(steps).toHaveLength(6);
    expect(steps[0]?.secondsLeft).toBe(5);
    expect(steps.at(-1)?.secondsLeft).toBe(0);
    expect(history.map(({ epoch }) => epoch)).toEqual([1, 2]);
  });

  it('adds the loss on held-out samples, in score mode', async () => {
    const { loss, measures = {}, score } = tinyObjective();
    const { history } = await train(backend, {
      objective: { loss, measures },
      dataset: tinyDataset(),
      plan: tinyPlan({ validation: { dataset: tinyDataset(20, 9), loss: score } }),
    });
    const losses = history.map(({ values }) => values['validationLoss'] ?? NaN);
    expect(losses.every(Number.isFinite)).toBe(true);
    expect(losses[2]).toBeLessThan(losses[0] ?? 0);
  });

  it('stops early and returns the best parameters', async () => {
    const given = { objective: { loss: distance }, dataset: numbers(10, 10) };
    const { parameters, history } = await train(backend, {
      ...given,
      plan: { ...turningPlan(), patience: 3 },
    });
    expect(history).toHaveLength(13);
    expect(parameters.get('place')?.data[0]).toBeCloseTo(1, 1);
    const all = await train(backend, { ...given, plan: turningPlan() });
    expect(all.history).toHaveLength(30);
    expect(all.parameters.get('place')?.data[0]).toBeGreaterThan(2.5);
  });

  it('stops when most held-out samples are learned, and what is left is in few', async () => {
    // Eight at 3.1 and one at 0: from a place of 1.55 on, the one is farther away than the eight.
    const dataset = numbers(...Array.from({ length: 8 }, () => 3.1), 0);
    const validation = { dataset, loss: distance, errors: distances };
    const epochs = async (changes: Partial<TrainPlan>): Promise<number> => {
      const plan = { ...turningPlan(), validation, ...changes };
      const given = { objective: { loss: distance }, dataset: numbers(10, 10), plan };
      return (await train(backend, given)).history.length;
    };
    expect(await epochs({ untilQuantile: 0.5 })).toBe(16);
    expect(await epochs({ untilQuantile: 0.99 })).toBe(30);
    expect(await epochs({ untilQuantile: 1 })).toBe(30);
    expect(await epochs({})).toBe(30);
  });

  it('hands over checkpoints that do not change afterwards', async () => {
    const checkpoints = memoryCheckpoints();
    const { history } = await train(backend, {
      objective: tinyObjective(),
      dataset: tinyDataset(),
      plan: tinyPlan({ checkpoints }),
    });
    const epochs = checkpoints.saved.map(({ progress }) => (progress as { epoch: number }).epoch);
    expect(epochs).toEqual([1, 2, 3]);
    const told = checkpoints.saved.map(
      ({ progress }) => (progress as { history: unknown[] }).history.length,
    );
    expect(told).toEqual([1, 2, 3]);
    expect(history).toHaveLength(3);
    const weights = checkpoints.saved.map(({ parameters }) =>
      parameters.get('encoder.weight')?.data.join(),
    );
    expect(new Set(weights).size).toBe(3);
  });

  it('feeds what the loss takes beside the samples, each step from a stream of its own', async () => {
    const seen: { readonly place: StepPlace; readonly drawn: number }[] = [];
    const level = input('level', []);
    const { history } = await train(backend, {
      objective: {
        loss: mul(distance, level),
        measures: { level: mean(level) },
        feeds: (place, random) => {
          seen.push({ place, drawn: random.uniform() });
          return { level: ndarray([1 + place.epochs], []) };
        },
      },
      dataset: numbers(1, 2, 3, 4, 5),
      plan: tinyPlan({ epochs: 2, batchSize: 2 }),
    });
    expect(seen.map(({ place }) => place)).toEqual([
      { epochs: 0, samples: 2 },
      { epochs: 0.4, samples: 3 },
      { epochs: 1, samples: 2 },
      { epochs: 1.4, samples: 3 },
    ]);
    expect(new Set(seen.map(({ drawn }) => drawn)).size).toBe(4);
    expect(history[1]?.values['level']).toBeCloseTo((2 * 2 + 3 * 2.4) / 5, 5);
  });

  it('goes on from parameters changed between epochs, telling what was seen; not after the last', async () => {
    const states: EpochState[] = [];
    const { parameters } = await train(backend, {
      objective: { loss: distance, measures: { large: max(greater(number, 2.5), { axes: [0] }) } },
      dataset: numbers(1, 2, 3),
      plan: tinyPlan({
        optimizer: adam({ learningRate: 0 }),
        betweenEpochs: (state) => {
          states.push(state);
          return Promise.resolve(state.epoch === 1 ? new Map([['place', ndarray([7], [])]]) : null);
        },
      }),
    });
    expect(states.map(({ epoch, seen }) => ({ epoch, seen }))).toEqual([
      { epoch: 1, seen: { large: [1] } },
      { epoch: 2, seen: { large: [1] } },
    ]);
    expect(states.map((state) => state.parameters.get('place')?.data[0])).toEqual([0, 7]);
    expect(states[0]?.random.uniform()).not.toBe(states[1]?.random.uniform());
    expect(parameters.get('place')?.data[0]).toBe(7);
  });

  it('works on every engine alike', async () => {
    const run = (engine: Backend) =>
      train(engine, { objective: tinyObjective(), dataset: tinyDataset(), plan: tinyPlan() });
    const [ours, right] = [await run(backend), await run(await referenceBackend.open())];
    for (const [i, { values }] of right.history.entries()) {
      expect(ours.history[i]?.values['loss']).toBeCloseTo(values['loss'] ?? NaN, 4);
    }
  });
});

describe('divergence', () => {
  it('is named when the loss stops being finite; the last checkpoint stays', async () => {
    const checkpoints = memoryCheckpoints();
    const given = { objective: { loss: distance }, dataset: numbers(1, 2, 3, 4) };
    await train(backend, { ...given, plan: tinyPlan({ epochs: 1, checkpoints }) });
    const wild = tinyPlan({
      checkpoints,
      batchSize: 2,
      optimizer: adam({ learningRate: 1e30 }),
    });
    const error = await refusal(train(backend, { ...given, plan: wild }));
    expect(error.code).toBe('TRAIN_DIVERGED');
    expect(error.message).toContain('in epoch 2, at step 3: the loss became Infinity.');
    expect(error.message).toContain('Lower the learning rate');
    expect(checkpoints.saved).toHaveLength(1);
  });

  it('is named when the loss on held-out samples is not finite', async () => {
    const checkpoints = memoryCheckpoints();
    const validation = { dataset: numbers(1e30), loss: distance };
    const error = await refusal(
      train(backend, {
        objective: { loss: distance },
        dataset: numbers(1, 2),
        plan: tinyPlan({ validation, checkpoints }),
      }),
    );
    expect(error.code).toBe('TRAIN_DIVERGED');
    expect(error.message).toContain('in epoch 1, at step 1: the validation loss became Infinity.');
    expect(checkpoints.saved).toHaveLength(0);
  });

  it('is named when a parameter is not finite though the loss is', async () => {
    const counter = parameter('counter', zeros([]));
    const loss = withUpdate(distance, counter, mul(constant(Infinity), 1));
    const checkpoints = memoryCheckpoints();
    const error = await refusal(
      train(backend, {
        objective: { loss },
        dataset: numbers(1, 2),
        plan: tinyPlan({ checkpoints }),
      }),
    );
    expect(error.message).toContain('in epoch 1, at step 1: counter is no longer finite.');
    expect(checkpoints.saved).toHaveLength(0);
  });
});

describe('a plan that cannot be followed', () => {
  const held = { dataset: numbers(), loss: distance };
  it.each<[Partial<TrainPlan>, number[], string]>([
    [{ epochs: 0 }, [1], 'Training takes a positive whole number of epochs, but 0 came.'],
    [{ epochs: NaN }, [1], 'but NaN came.'],
    [{ epochs: 1.5 }, [1], 'but 1.5 came.'],
    [{ patience: 2 }, [1], 'Early stopping (patience) looks at the loss on held-out samples, but'],
    [{ saveEvery: 0 }, [1], 'saveEvery is a positive number of seconds, but 0 came.'],
    [{ untilQuantile: 1.5 }, [1], 'untilQuantile is a share above 0 and up to 1, but 1.5 came.'],
    [{ untilQuantile: 0.9 }, [1], 'untilQuantile looks at the errors of held-out samples, but'],
    [{}, [], 'Training needs samples, but numbers has none.'],
    [{ validation: held }, [1], 'Training needs samples, but numbers has none.'],
  ])('is refused before anything is loaded: %o, %j', async (changes, values, message) => {
    const checkpoints = {
      load: () => Promise.reject(new Error('it was asked for a checkpoint')),
      save: () => Promise.resolve(),
    };
    const error = await refusal(
      train(backend, {
        objective: { loss: distance },
        dataset: numbers(...values),
        plan: tinyPlan({ checkpoints, ...changes }),
      }),
    );
    expect(error.code).toBe('TRAIN_BAD_PLAN');
    expect(error.message).toContain(message);
  });
});
