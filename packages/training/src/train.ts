// The training loop: any objective, any engine, one program a step.

import type { Backend, Executable } from '@memae/backend';
import type { Dataset } from '@memae/datasets';
import {
  MemaeError,
  type ParameterValues,
  type Program,
  type Random,
  type Tensor,
  bindParameters,
  defineProgram,
} from '@memae/graph';
import type { CheckpointStore } from './checkpoint-store.ts';
import { type EpochSums, addBatch, epochValues, startEpoch } from './epoch-meter.ts';
import type { Optimizer } from './optimizer.ts';

/** What is minimised, over the input `samples`. */
export interface Objective {
  /** A scalar. */
  readonly loss: Tensor;
  /** What an epoch reports beside it: scalars are averaged; of vectors of zeros and ones, places that were one in any batch are counted. */
  readonly measures?: Readonly<Record<string, Tensor>>;
}

export interface TrainPlan {
  readonly epochs: number;
  readonly batchSize: number;
  readonly optimizer: Optimizer;
  /** Order of the samples; each epoch draws from a stream of its own. */
  readonly random: Random;
  /** Ends training after so many steps, if that comes first. */
  readonly maxSteps?: number;
  /** Loss on held-out samples after each epoch, from a graph in `score` mode. */
  readonly validation?: { readonly dataset: Dataset; readonly loss: Tensor };
  /** Ends training when the validation loss has not fallen for so many epochs; the best parameters are returned. */
  readonly patience?: number;
  readonly checkpoints?: CheckpointStore;
  /** What a checkpoint must agree with to be resumed: options, data, seed. */
  readonly fingerprint?: string;
  readonly signal?: AbortSignal;
  readonly clock?: () => number;
  readonly onStep?: (report: StepReport) => void;
  readonly onEpoch?: (report: EpochReport) => void;
}

/** Where training stands after a step. */
export interface StepReport {
  readonly epoch: number;
  readonly epochs: number;
  readonly step: number;
  readonly loss: number;
  readonly samplesPerSecond: number;
  readonly secondsLeft: number;
}

/** What an epoch came to; `values` holds `loss`, the measures and `validationLoss`. */
export interface EpochReport {
  readonly epoch: number;
  readonly values: Readonly<Record<string, number>>;
  readonly seconds: number;
}

export interface Trained {
  readonly parameters: ParameterValues;
  readonly history: readonly EpochReport[];
}

/** What a checkpoint says of how far training has come. */
interface Progress {
  readonly fingerprint: string;
  /** Epochs finished, and steps taken in the one after them. */
  epoch: number;
  stepInEpoch: number;
  step: number;
  sums: EpochSums;
  history: EpochReport[];
  best: { epoch: number; loss: number } | null;
}

/**
 * Trains from the parameters' initial values, or from the checkpoint that the store holds: with the
 * same plan a resumed run ends with the same parameters, bit for bit, as one that was never stopped.
 * @throws `TRAIN_DIVERGED` when the loss stops being finite (the last checkpoint stays as it was),
 * `TRAIN_ABORTED` when the signal fires (a checkpoint is saved first), `TRAIN_CHECKPOINT_MISMATCH`
 * when the checkpoint belongs to another run, `TRAIN_CHECKPOINT_CORRUPT`.
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
  const { checkpoints, fingerprint = '', clock = () => 0 } = plan;
  const program = stepProgram(objective, plan.optimizer);
  const loaded = (await checkpoints?.load()) ?? null;
  const progress = loaded === null ? start(fingerprint) : resumed(loaded.progress, fingerprint);
  let best: ParameterValues | null = bestOf(loaded?.parameters);
  const executable = await backend.compile(
    loaded === null ? program : bindParameters(program, loaded.parameters),
  );

  const save = async (): Promise<void> => {
    const now = await finiteParameters(executable, progress);
    const kept = [...(best ?? [])].map(([name, value]) => [bestPrefix + name, value] as const);
    await checkpoints?.save({ parameters: new Map([...now, ...kept]), progress });
  };

  try {
    while (!finished(progress, plan)) {
      const started = clock();
      await runEpoch({ executable, dataset, plan, progress, save, started });
      const values = epochValues(progress.sums);
      if (plan.validation !== undefined) {
        const parameters = await finiteParameters(executable, progress);
        const loss = await validationLoss(backend, plan.validation, parameters);
        values['validationLoss'] = loss;
        if (plan.patience !== undefined && loss < (progress.best?.loss ?? Infinity)) {
          progress.best = { epoch: progress.epoch + 1, loss };
          best = parameters;
        }
      }
      const report = { epoch: progress.epoch + 1, values, seconds: (clock() - started) / 1000 };
      progress.history.push(report);
      progress.epoch += 1;
      progress.stepInEpoch = 0;
      progress.sums = startEpoch();
      await save();
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

async function runEpoch({
  executable,
  dataset,
  plan,
  progress,
  save,
  started,
}: {
  readonly executable: Executable;
  readonly dataset: Dataset;
  readonly plan: TrainPlan;
  readonly progress: Progress;
  readonly save: () => Promise<void>;
  readonly started: number;
}): Promise<void> {
  const { clock = () => 0, signal, batchSize, epochs } = plan;
  const shuffle = plan.random.fork(`epoch ${progress.epoch}`);
  const already = progress.stepInEpoch;
  let seen = 0;
  let index = 0;
  for await (const { samples } of dataset.batches({
    size: batchSize,
    shuffle,
    last: 'merge-single',
  })) {
    index += 1;
    if (index <= already) continue;
    if (signal?.aborted === true) {
      await save();
      throw new MemaeError(
        'TRAIN_ABORTED',
        `Training was stopped in epoch ${progress.epoch + 1} after ${progress.step} steps` +
          (plan.checkpoints === undefined
            ? '.'
            : '; a checkpoint was saved, and training can be resumed.'),
      );
    }
    const values = await executable.run({ samples });
    const loss = Number(values['loss']?.data[0]);
    const count = samples.shape[0] ?? 0;
    if (!Number.isFinite(loss)) throw diverged(progress, `the loss became ${loss}`);
    addBatch(progress.sums, values, count);
    progress.step += 1;
    progress.stepInEpoch += 1;
    seen += count;
    const seconds = (clock() - started) / 1000;
    const left = dataset.length * (epochs - progress.epoch) - progress.sums.samples;
    plan.onStep?.({
      epoch: progress.epoch + 1,
      epochs,
      step: progress.step,
      loss,
      samplesPerSecond: seconds > 0 ? seen / seconds : 0,
      secondsLeft: seconds > 0 ? (left * seconds) / seen : 0,
    });
    if (progress.step >= (plan.maxSteps ?? Infinity)) return;
  }
}

async function validationLoss(
  backend: Backend,
  { dataset, loss }: NonNullable<TrainPlan['validation']>,
  parameters: ParameterValues,
): Promise<number> {
  const executable = await backend.compile(bindParameters(defineProgram({ loss }), parameters));
  try {
    const sums = startEpoch();
    for await (const { samples } of dataset.batches({ size: 256 })) {
      addBatch(sums, await executable.run({ samples }), samples.shape[0] ?? 0);
    }
    return epochValues(sums)['loss'] ?? NaN;
  } finally {
    await executable[Symbol.asyncDispose]();
  }
}

function finished(
  progress: Progress,
  { epochs, maxSteps = Infinity, patience }: TrainPlan,
): boolean {
  const { epoch, step, best } = progress;
  const stale = patience !== undefined && best !== null && epoch - best.epoch >= patience;
  return epoch >= epochs || step >= maxSteps || stale;
}

function start(fingerprint: string): Progress {
  return {
    fingerprint,
    epoch: 0,
    stepInEpoch: 0,
    step: 0,
    sums: startEpoch(),
    history: [],
    best: null,
  };
}

function resumed(saved: unknown, fingerprint: string): Progress {
  const progress = saved as Progress;
  if (progress.fingerprint === fingerprint) return progress;
  throw new MemaeError(
    'TRAIN_CHECKPOINT_MISMATCH',
    `The checkpoint belongs to another run: it was made with ${progress.fingerprint}, ` +
      `but this run has ${fingerprint}. Resume with the same options, data and seed, or start anew.`,
  );
}

const bestPrefix = 'best/';

function bestOf(parameters: ParameterValues | undefined): ParameterValues | null {
  const found = [...(parameters ?? [])].flatMap(([name, value]) =>
    name.startsWith(bestPrefix) ? [[name.slice(bestPrefix.length), value] as const] : [],
  );
  return found.length === 0 ? null : new Map(found);
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

function diverged(progress: Progress, what: string): MemaeError {
  return new MemaeError(
    'TRAIN_DIVERGED',
    `Training diverged in epoch ${progress.epoch + 1} at step ${progress.step + 1}: ${what}. ` +
      'Lower the learning rate, or look for extreme values in the data. The last checkpoint is unharmed.',
  );
}
