// One run from data to artifact: pool → one-class split → train → threshold → export.

import { rm } from 'node:fs/promises';
import { type Backend, openBackend } from '@memae/backend';
import { type Split, type Pool, fingerprint, oneClassSplit } from '@memae/datasets';
import { type Random, createRandom } from '@memae/graph';
import type { EpochReport, FittedDetector, NormalDecision } from '@memae/training';
import { writeRunConfig } from './config-files.ts';
import type { CliContext } from './context.ts';
import { openData } from './data-source.ts';
import { cliError } from './error.ts';
import { decide, exportRun } from './export-run.ts';
import type { Progress } from './progress.ts';
import type { RunConfig } from './run-config.ts';
import { type RunFolder, isFinished, makeFolder } from './run-folder.ts';
import { type SavedRun, runCheckpoints } from './saved-run.ts';
import { use } from './use.ts';

export interface TrainedRun {
  readonly config: RunConfig;
  readonly samples: { readonly train: number; readonly validation: number; readonly test: number };
  readonly threshold: NormalDecision['threshold'];
  readonly last: EpochReport;
  readonly seconds: number;
}

export interface TrainRunOptions {
  readonly folder: RunFolder;
  readonly context: CliContext;
  readonly progress: Progress;
  /** The run to go on with; its checkpoint lies in the folder. */
  readonly saved?: SavedRun;
  readonly threads?: number;
}

/** Trains, or goes on training, and writes the artifact; an earlier one in the folder stays until then. */
export async function trainRun(config: RunConfig, options: TrainRunOptions): Promise<TrainedRun> {
  const { folder, context, progress, saved, threads } = options;
  const started = context.clock();
  const random = createRandom(config.seed);
  const pool = await openData(config, context, progress);
  const split = oneClassSplit({ ...pool, normal: config.normal, random: random.fork('split') });
  warnWithoutAnomalies(pool, progress);
  const run = { config, fingerprint: await fingerprint(split.train) };
  if (saved !== undefined) requireSameData(saved, run);

  const engines = context.backends(threads === undefined ? {} : { threads });
  return use(await openBackend(engines, config.engine), async (backend) => {
    await makeFolder(folder.path);
    if (saved === undefined) await rm(folder.checkpoint, { force: true });
    // Beside a finished run lies its own configuration until the new one is done.
    if (!isFinished(folder)) await writeRunConfig(folder.config, config);
    return use(await fit(run, { ...options, backend, random, split }), async (detector) => {
      const { decision, threshold } = await decide(detector, split.validation, config);
      context.signal.throwIfAborted();
      const [train, validation, test] = [split.train, split.validation, split.test];
      await exportRun(detector, {
        folder: folder.path,
        config,
        decision,
        threshold,
        data: { name: pool.name, fingerprint: run.fingerprint, samples: train.length },
        engine: backend.description ?? backend.id,
      });
      await writeRunConfig(folder.config, config);
      await rm(folder.checkpoint, { force: true });
      return {
        config,
        samples: { train: train.length, validation: validation.length, test: test.length },
        threshold,
        last: detector.history.at(-1) ?? { epoch: 0, values: {}, seconds: 0 },
        seconds: (context.clock() - started) / 1000,
      };
    });
  });
}

function fit(
  run: SavedRun,
  {
    folder,
    context: { registry, clock, signal },
    progress: { onStep, onEpoch, onWarning },
    ...rest
  }: TrainRunOptions & {
    readonly backend: Backend;
    readonly random: Random;
    readonly split: Split<'image'>;
  },
): Promise<FittedDetector> {
  const { method, options } = run.config;
  return registry
    .get(method)
    .createFrom(options)
    .fit(rest.split.train, {
      backend: rest.backend,
      random: rest.random.fork('fit'),
      validation: rest.split.validation,
      checkpoints: runCheckpoints(folder.checkpoint, run),
      clock,
      signal,
      onStep,
      onEpoch,
      onWarning,
    });
}

function warnWithoutAnomalies({ name, labels }: Pool, { onWarning }: Progress): void {
  if (labels.some((label) => label !== labels[0])) return;
  onWarning(
    `${name} has one class only, so no anomalies. Evaluate with other labelled data, named by --data.`,
  );
}

function requireSameData(saved: SavedRun, now: SavedRun): void {
  if (saved.fingerprint === now.fingerprint) return;
  throw cliError(
    'CLI_CHECKPOINT_DIFFERS',
    `The samples of ${now.config.data} have changed since the checkpoint was saved. ` +
      'Bring back the old ones, or train from the start with --force.',
  );
}
