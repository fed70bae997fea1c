// What one engine has learned is the same on every other: its scores, and where training goes on from.

import type { Backend, BackendProvider } from '@memae/backend';
import { ortBackend } from '@memae/backend/ort';
import { referenceBackend } from '@memae/backend/reference';
import { tfjsBackend } from '@memae/backend/tfjs';
import type { Samples } from '@memae/datasets';
import { type NdArray, defineProgram, hasCode, slice } from '@memae/graph';
import type { Checkpoint, CheckpointStore, ScoreProgram, StepReport } from '@memae/training';
import { afterAll, describe, expect, it } from 'vitest';
import { memae } from './index.ts';
import { type FitOptions, fitter } from './testing/fit.ts';
import { kinds } from './testing/kinds.ts';

const providers: readonly BackendProvider[] = [
  referenceBackend,
  ortBackend({ threads: 1 }),
  tfjsBackend('tfjs', { threads: 1 }),
  tfjsBackend('tfjs-wasm'),
  tfjsBackend('tfjs-cpu'),
];
const engines: Backend[] = [];
for (const provider of providers) {
  const reason = await provider.unavailable();
  if (reason === null) engines.push(await provider.open());
  else it.skip(`${provider.id} cannot run here: ${reason}`);
}
afterAll(async () => {
  for (const engine of engines) await engine[Symbol.asyncDispose]();
});

/** The scores on an engine; `null` if it lacks an operation of the network. */
async function scoresOn(
  engine: Backend,
  { outputs: { score } }: ScoreProgram,
  samples: Samples,
): Promise<Float32Array | null> {
  try {
    const executable = await engine.compile(defineProgram({ score }));
    const found = await executable.run({ samples });
    await executable[Symbol.asyncDispose]();
    return found.score.data as Float32Array;
  } catch (error) {
    if (engine.id === 'tfjs-wasm' && hasCode(error, 'BACKEND_UNSUPPORTED_OP')) return null;
    throw error;
  }
}

function keeping(): CheckpointStore {
  let last: Checkpoint | null = null;
  return {
    load: () => Promise.resolve(last),
    save: (checkpoint) => {
      last = checkpoint;
      return Promise.resolve();
    },
  };
}

describe.each(kinds)('$dataset.modality', ({ dataset, samples, options }) => {
  const few = { ...options, 'training.steps': 4 };
  const fitOn = (engine: Backend, more: FitOptions = {}) =>
    fitter(() => engine)(memae, few, { dataset, ...more });
  // Rows are quick to learn anywhere; of the rest, WebAssembly lacks a gradient and two are slow.
  const slow = ['reference', 'tfjs-wasm', 'tfjs-cpu'];
  const trainers = engines.filter(({ id }) => dataset.modality === 'tabular' || !slow.includes(id));

  it('a model scores alike on every engine, whichever has trained it', async () => {
    const probe = slice(samples as NdArray, 0, 4);
    for (const trainer of trainers) {
      const detector = await fitOn(trainer);
      const right = await detector.score(probe);
      const largest = Math.max(...right);
      for (const engine of engines) {
        const found = await scoresOn(engine, detector.program, probe);
        found?.forEach((score, i) => {
          const difference = Math.abs(score - (right[i] ?? NaN)) / largest;
          expect(difference, `of ${trainer.id} on ${engine.id}`).toBeLessThan(1e-4);
        });
      }
    }
  });

  it('a run stopped on one engine goes on upon another, with the loss that it would have had', async () => {
    /** The loss of each step. */
    const losses = async (engine: Backend, more: FitOptions = {}): Promise<number[]> => {
      const found: number[] = [];
      const onStep = ({ step, loss }: StepReport): void => void (found[step] = loss);
      await fitOn(engine, { ...more, onStep });
      return found;
    };
    for (const [i, from] of trainers.entries()) {
      const to = trainers[(i + 1) % trainers.length] ?? from;
      const unbroken = await losses(from);
      const checkpoints = keeping();
      const stop = new AbortController();
      const stopped = fitOn(from, {
        checkpoints,
        signal: stop.signal,
        onStep: ({ step }) => {
          if (step === 2) stop.abort();
        },
      });
      await expect(stopped).rejects.toMatchObject({ code: 'TRAIN_ABORTED' });
      const [, , , third = NaN] = await losses(to, { checkpoints });
      expect(third / (unbroken[3] ?? NaN), `${from.id} → ${to.id}`).toBeCloseTo(1, 4);
    }
  });
});
