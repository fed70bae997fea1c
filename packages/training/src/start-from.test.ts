import { referenceBackend } from '@memae/backend/reference';
import { arrayDataset } from '@memae/datasets';
import { createRandom, input, mean, mul, ndarray, parameter, square, sub } from '@memae/graph';
import { expect, test } from 'vitest';
import { adam, train } from './index.ts';

const x = input('samples', ['batch', 1]);
const dataset = arrayDataset({
  name: 'twos',
  modality: 'tabular',
  samples: ndarray([2, 2, 2, 2], [4, 1]),
});
/** Learns one number, 2, from 0 on. */
const objective = () => ({
  loss: mean(square(sub(x, mul(parameter('guess', ndarray([0], [1])), 1)))),
});
const plan = (epochs: number) => ({
  epochs,
  batchSize: 4,
  optimizer: adam({ learningRate: 0.1 }),
  random: createRandom(1),
});

test('training goes on where a model was left', async () => {
  const backend = await referenceBackend.open();
  const first = await train(backend, { objective: objective(), dataset, plan: plan(10) });
  const second = await train(backend, {
    objective: objective(),
    dataset,
    plan: { ...plan(5), start: first.parameters },
  });
  const left = 2 - (first.parameters.get('guess')?.data[0] ?? NaN);
  expect(left).toBeLessThan(1.9);
  expect(second.history[0]?.values['loss']).toBeCloseTo(left ** 2, 5);
  expect(second.history[0]?.epoch).toBe(1);
  await backend[Symbol.asyncDispose]();
});

test('a model of another network is refused by name', async () => {
  const backend = await referenceBackend.open();
  for (const start of [new Map(), new Map([['guess', ndarray([1, 2], [2])]])]) {
    await expect(
      train(backend, { objective: objective(), dataset, plan: { ...plan(1), start } }),
    ).rejects.toMatchObject({
      code: 'TRAIN_BAD_START',
      message: expect.stringContaining('guess') as string,
    });
  }
  await backend[Symbol.asyncDispose]();
});
