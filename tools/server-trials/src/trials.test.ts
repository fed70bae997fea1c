// Each trial in short, on one pair of models; `pnpm trials` runs them at length.

import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type KnownModel, openModel, temporaryFolder, trainModel } from './model.ts';
import { runTrial } from './trial.ts';
import { trials } from './trials.ts';

let scratch: Awaited<ReturnType<typeof temporaryFolder>>;
let models: [KnownModel, KnownModel];

beforeAll(async () => {
  scratch = await temporaryFolder();
  const train = async (seed: number): Promise<KnownModel> => {
    const folder = join(scratch.path, `${seed}`);
    await trainModel(folder, { data: 'flows', seed });
    return openModel(folder);
  };
  models = await Promise.all([train(1), train(2)]);
});
afterAll(async () => {
  for (const model of models) await model[Symbol.asyncDispose]();
  await scratch[Symbol.asyncDispose]();
});

/** Fewer would be over before the queue is full, or another model is loaded. */
const enough: Readonly<Record<string, number>> = { overload: 3000, reload: 3000 };

test.each(Object.entries(trials))('%s', async (name, trial) => {
  const { figures, broken } = await runTrial(trial, {
    models,
    requests: enough[name] ?? 200,
    seed: 1,
    onProgress: () => undefined,
  });
  expect(broken, JSON.stringify(figures)).toEqual([]);
});
