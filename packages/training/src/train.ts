// The training loop: any objective, any engine, one program a step.

import type { Backend, Executable } from '@memae/backend';
import { type Dataset, batchFor } from '@memae/datasets';
import {
  MemaeError,
  type ParameterValues,
  type Program,
  bindParameters,
  defineProgram,
} from '@memae/graph';
import { thresholdFromNormal } from '@memae/metrics';
import { addBatch, epochValues, startEpoch } from './epoch-meter.ts';
import type { Optimizer } from './optimizer.ts';
import { startFrom } from './start-from.ts';
import { type Objective, type TrainPlan, type Trained, requirePlan } from './plan.ts';
import { type Progress, bestOf, resumeProgress, startProgress, toCheckpoint } from './progress.ts';

/**
 * Trains from the parameters' initial values, or from the checkpoint that the store holds: with the
 * same plan a resumed run ends with the same parameters, bit for bit, as one that was never stopped.
 * @throws `TRAIN_BAD_START` for values to start from that are of another network, `TRAIN_BAD_PLAN` for a plan that cannot be followed, `TRAIN_DIVERGED` when the loss, the
 * validation loss or a parameter stops being finite (the last checkpoint stays as it was),
 * `TRAIN_ABORTED` when the signal fires, or a data set is stopped by it (a checkpoint is saved
 * first), `TRAIN_CHECKPOINT_MISMATCH` when the checkpoint belongs to another run, `TRAIN_CHECKPOINT_CORRUPT`.
 */
export async function train(
  backend: Backend,
  {
    objective,
    dataset,
    plan,
  }: {
    readonly objective: Objective;
    readonly dataset: Dataset;
    readonly plan: TrainPlan;
  },
): Promise<Trained> {
  requirePlan(plan, dataset);
  const { checkpoints, start, fingerprint = {}, clock = () => 0 } = plan;
  const anew = stepProgram(objective, plan.optimizer);
  const program = start === undefined ? anew : startFrom(anew, { objective, start });
  const loaded = (await checkpoints?.load()) ?? null;
  const epochSteps = Math.ceil(dataset.length / plan.batchSize);
  const progress =
    loaded === null
      ? startProgress(fingerprint)
      : resumeProgress(loaded, { program, fingerprint, epochSteps });
  let best = bestOf(loaded);
  let executable = await backend.compile(
    loaded === null ? program : bindParameters(program, loaded.parameters),
  );

  const save = async (now: ParameterValues): Promise<void> => {
    await checkpoints?.save(toCheckpoint(progress, { now, best }));
  };

  try {
    // Steps taken in an epoch that is not finished: what follows its last step is still to be done.
    while (progress.stepInEpoch > 0 || !finished(progress, plan)) {
      const started = clock();
      const complete = await runEpoch({
        executable,
        objective,
        dataset,
        plan,
        progress,
        started,
        save: async () => save(await finiteParameters(executable, progress)),
      });
      let parameters = await finiteParameters(executable, progress);
      const taken = toCheckpoint(progress, { now: parameters, best });
      const stop = async (): Promise<never> => {
        await checkpoints?.save(taken);
        throw aborted(progress, plan);
      };
      // Whatever reads samples may be stopped by the signal while it does.
      const orStop = (error: unknown): Promise<never> => {
        if (isStop(error, plan)) return stop();
        throw error;
      };
      if (!complete) await stop();
      const values = epochValues(progress.sums);
      if (plan.validation !== undefined) {
        const { loss, errors } = await validate(backend, plan.validation, parameters).catch(orStop);
        if (!Number.isFinite(loss)) throw diverged(progress, `the validation loss became ${loss}`);
        values['validationLoss'] = loss;
        if (plan.untilQuantile !== undefined) {
          const quantile = plan.untilQuantile;
          values['validationQuantile'] = thresholdFromNormal(errors, { quantile });
          values['validationError'] = errors.reduce((a, b) => a + b, 0) / errors.length;
        }
        if (plan.patience !== undefined && loss < (progress.best?.loss ?? Infinity)) {
          progress.best = { epoch: progress.epoch + 1, loss };
          best = parameters;
        }
      }
      const report = { epoch: progress.epoch + 1, values, seconds: (clock() - started) / 1000 };
      progress.history.push(report);
      progress.epoch += 1;
      progress.stepInEpoch = 0;
      const { seen } = progress.sums;
      progress.sums = startEpoch();
      const { epoch } = progress;
      const random = plan.random.fork(`after epoch ${epoch}`);
      const changed = finished(progress, plan)
        ? null
        : await plan.betweenEpochs?.({ epoch, parameters, seen, random }).catch(orStop);
      if (changed) {
        parameters = new Map([...parameters, ...changed]);
        await executable[Symbol.asyncDispose]();
        executable = await backend.compile(bindParameters(program, parameters));
      }
      await save(parameters);
      plan.onEpoch?.(report);
    }
    const parameters = best ?? (await finiteParameters(executable, progress));
    return { parameters, history: progress.history };
  } finally {
    await executable[Symbol.asyncDispose]();
  }
}

function stepProgram(objective: Objective, optimizer: Optimizer): Program {
  return defineProgram({ ...objective.measures, loss: objective.loss }, optimizer(objective.loss));
}

interface EpochRun {
  readonly executable: Executable;
  readonly objective: Objective;
  readonly dataset: Dataset;
  readonly plan: TrainPlan;
  readonly progress: Progress;
  /** What the clock told when it began. */
  readonly started: number;
  /** Saves a checkpoint of the steps so far. */
  readonly save: () => Promise<void>;
}

/** Takes the steps of an epoch that are left; false where the signal fired before the last. */
async function runEpoch(run: EpochRun): Promise<boolean> {
  return takeSteps(run).catch((error: unknown) => {
    if (isStop(error, run.plan)) return false;
    throw error;
  });
}

async function takeSteps(run: EpochRun): Promise<boolean> {
  const { executable, objective, dataset, plan, progress, started } = run;
  const { clock = () => 0, signal, batchSize, epochs, maxSteps = Infinity, saveEvery = 300 } = plan;
  if (progress.step >= maxSteps) return true;
  const shuffle = plan.random.fork(`epoch ${progress.epoch}`);
  const already = progress.stepInEpoch;
  let seen = 0;
  let index = 0;
  let saved = started;
  for await (const { samples } of dataset.batches({
    size: batchSize,
    shuffle,
    last: 'merge-single',
  })) {
    index += 1;
    if (index <= already) continue;
    if (signal?.aborted === true) return false;
    const count = samples.shape[0] ?? 0;
    const place = {
      epochs: progress.epoch + progress.sums.samples / dataset.length,
      samples: count,
    };
    const more = objective.feeds?.(place, plan.random.fork(`step ${progress.step}`));
    const values = await executable.run({ samples, ...more });
    const loss = Number(values['loss']?.data[0]);
    progress.step += 1;
    progress.stepInEpoch += 1;
    if (!Number.isFinite(loss)) throw diverged(progress, `the loss became ${loss}`);
    addBatch(progress.sums, values, count);
    seen += count;
    const now = clock();
    const seconds = (now - started) / 1000;
    const left = Math.min(
      dataset.length * (epochs - progress.epoch) - progress.sums.samples,
      batchSize * (maxSteps - progress.step),
    );
    plan.onStep?.({
      epoch: progress.epoch + 1,
      epochs,
      step: progress.step,
      loss,
      samplesPerSecond: seconds > 0 ? seen / seconds : 0,
      secondsLeft: seconds > 0 ? (left * seconds) / seen : 0,
    });
    if (now - saved >= 1000 * saveEvery) {
      await run.save();
      saved = now;
    }
    if (progress.step >= maxSteps) return true;
  }
  return true;
}

function isStop(error: unknown, { signal }: TrainPlan): boolean {
  return signal?.aborted === true && error === signal.reason;
}

/** The mean loss over the held-out samples, and each one's own error. */
async function validate(
  backend: Backend,
  { dataset, loss, errors }: NonNullable<TrainPlan['validation']>,
  parameters: ParameterValues,
): Promise<{ readonly loss: number; readonly errors: readonly number[] }> {
  const program: Program = defineProgram({ loss, ...(errors && { errors }) });
  const executable = await backend.compile(bindParameters(program, parameters));
  try {
    const sums = startEpoch();
    const all: number[] = [];
    for await (const { samples } of dataset.batches({ size: batchFor(dataset.sampleShape) })) {
      const { errors: own, ...means } = await executable.run({ samples });
      addBatch(sums, means, samples.shape[0] ?? 0);
      all.push(...(own?.data ?? []));
    }
    return { loss: epochValues(sums)['loss'] ?? NaN, errors: all };
  } finally {
    await executable[Symbol.asyncDispose]();
  }
}

function finished(
  progress: Progress,
  { epochs, maxSteps = Infinity, patience, untilQuantile }: TrainPlan,
): boolean {
  const { epoch, step, best, history } = progress;
  const stale = patience !== undefined && best !== null && epoch - best.epoch >= patience;
  const { validationQuantile = Infinity, validationError = 0 } = history.at(-1)?.values ?? {};
  const learned = untilQuantile !== undefined && validationQuantile < validationError;
  return epoch >= epochs || step >= maxSteps || stale || learned;
}

async function finiteParameters(
  executable: Executable,
  progress: Progress,
): Promise<ParameterValues> {
  const parameters = await executable.readParameters();
  for (const [name, { data }] of parameters) {
    if (!data.every(Number.isFinite)) throw diverged(progress, `${name} is no longer finite`);
  }
  return parameters;
}

function aborted({ epoch, step }: Progress, { checkpoints }: TrainPlan): MemaeError {
  const saved =
    checkpoints === undefined ? '' : '; a checkpoint was saved, and training can be resumed';
  return new MemaeError(
    'TRAIN_ABORTED',
    `Training was stopped in epoch ${epoch + 1}, after ${step} steps${saved}.`,
  );
}

function diverged(progress: Progress, what: string): MemaeError {
  return new MemaeError(
    'TRAIN_DIVERGED',
    `Training diverged in epoch ${progress.epoch + 1}, at step ${progress.step}: ${what}. ` +
      'Lower the learning rate, or look for extreme values in the data. A checkpoint is unharmed, where one was saved.',
  );
}
