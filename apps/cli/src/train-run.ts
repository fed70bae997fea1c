// One run from data to artifact: split → train → threshold → export.

import { rm } from 'node:fs/promises';
import { type Backend, openBackend } from '@memae/backend';
import {
  type LabelledDataset,
  type Modality,
  type VideoTestSet,
  fingerprint,
  scoredLength,
} from '@memae/datasets';
import { type Random, createRandom } from '@memae/graph';
import { adviceOn, summariseInputs } from '@memae/scoring';
import { type Artifact, readParameters } from '@memae/onnx';
import type { EpochReport, FittedDetector, NormalDecision } from '@memae/training';
import { writeRunConfig } from './config-files.ts';
import type { CliContext } from './context.ts';
import { ancestryOf, openParent, requireSameSamples } from './continued-run.ts';
import { type AnySplit, openData } from './data-source.ts';
import { cliError } from './error.ts';
import { decide, exportRun, preparationOf, requireCalibration } from './export-run.ts';
import type { Progress } from './progress.ts';
import type { RunConfig } from './run-config.ts';
import { type RunFolder, isFinished, makeFolder, requireFree } from './run-folder.ts';
import { lockRun } from './run-lock.ts';
import { type SavedRun, runCheckpoints } from './saved-run.ts';
import { use } from './use.ts';

export interface TrainedRun {
  readonly config: RunConfig;
  /** The data set and, where there are several, its edition. */
  readonly name: string;
  /** Who is normal, and how samples were divided. */
  readonly protocol: string;
  readonly modality: Modality;
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
  /** Whether a run that lies in the folder may be lost. */
  readonly force?: boolean;
  readonly threads?: number;
  /** Seconds from one checkpoint within an epoch to the next. */
  readonly saveEvery?: number;
}

/** Trains, or goes on training, and writes the artifact; an earlier one in the folder stays until then. */
export async function trainRun(config: RunConfig, options: TrainRunOptions): Promise<TrainedRun> {
  const { folder, context, progress, saved, force = false, threads } = options;
  const started = context.clock();
  const random = createRandom(config.seed);
  const parent = config.continues && (await openParent(config.continues));
  const split = await openData(config, context, progress, parent?.manifest.preparation);
  if (parent !== undefined) requireSameSamples(split.train, parent.manifest);
  requireCalibration(scoredLength(split.validation), config);
  if ('description' in split) progress.note(`Data: ${split.description}`);
  if (!(await hasAnomalies(split.test))) {
    progress.onWarning(
      `${split.name} has no anomalies to test on. Evaluate with other labelled data, named by --data.`,
    );
  }
  const run = { config, fingerprint: await fingerprint(split.train) };
  const before = parent?.manifest.data;
  if (
    before?.name === split.name &&
    before.fingerprint !== run.fingerprint &&
    split.test.length > 0
  ) {
    progress.onWarning(
      `Of ${split.name} other samples are learned from now than by the run that training goes on from, so some that are to be ` +
        'tested may be among those that it learned. Evaluate on others, named by --data.',
    );
  }
  if (saved !== undefined) requireSameData(saved, run);

  const engines = context.backends(threads === undefined ? {} : { threads });
  return use(await openBackend(engines, config.engine), async (backend) => {
    await makeFolder(folder.path);
    return use(lockRun(folder), async () => {
      // Another training may have come and gone while the data were read.
      requireFree(folder, { resume: saved !== undefined, force });
      if (saved === undefined) await rm(folder.checkpoint, { force: true });
      // Beside a finished run lies its own configuration until the new one is done.
      if (!isFinished(folder)) await writeRunConfig(folder.config, config);
      return use(
        await fit(run, { ...options, backend, random, split, parent }),
        async (detector) => {
          const deciding = { ...config, backend };
          const { decision, threshold, calibration } = await decide(detector, split, deciding);
          context.signal.throwIfAborted();
          const advice = adviceOn(calibration, threshold);
          if (advice !== undefined) progress.onWarning(advice);
          const { name, protocol, train, validation, test } = split;
          const preparation = preparationOf(split, config);
          const inputs = await summariseInputs(train, {
            ...(preparation && { preparation }),
            input: { name: 'samples', dtype: train.dtype, dims: ['batch', ...train.sampleShape] },
            random: random.fork('inputs'),
          });
          await exportRun(detector, {
            folder: folder.path,
            config: { ...config, options: settledFor(train, { config, context }) },
            decision,
            threshold,
            calibration,
            data: { name, fingerprint: run.fingerprint, samples: train.length },
            ...(preparation && { preparation }),
            ...(inputs && { inputs }),
            ...(parent && { ancestry: ancestryOf(parent.manifest) }),
            backend,
            train,
            validation,
            random: random.fork('examples'),
          });
          await writeRunConfig(folder.config, config);
          await rm(folder.checkpoint, { force: true });
          return {
            config,
            name,
            protocol,
            modality: train.modality,
            samples: {
              train: train.length,
              validation: scoredLength(validation),
              test: scoredLength(test),
            },
            threshold,
            last: detector.history.at(-1) ?? { epoch: 0, values: {}, seconds: 0 },
            seconds: (context.clock() - started) / 1000,
          };
        },
      );
    });
  });
}

function fit(
  run: SavedRun,
  {
    folder,
    context: { registry, clock, signal },
    progress: { onStep, onEpoch, onWarning },
    saveEvery,
    ...rest
  }: TrainRunOptions & {
    readonly backend: Backend;
    readonly random: Random;
    readonly split: AnySplit;
    readonly parent: Artifact | undefined;
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
      ...(rest.parent && { start: readParameters(rest.parent.model) }),
      checkpoints: runCheckpoints(folder.checkpoint, run),
      ...(saveEvery !== undefined && { saveEvery }),
      clock,
      signal,
      onStep,
      onEpoch,
      onWarning,
    });
}

/** The method's options as they were for these data: nothing is `auto` any more. */
function settledFor(
  train: AnySplit['train'],
  { config, context }: { readonly config: RunConfig; readonly context: CliContext },
): RunConfig['options'] {
  return context.registry.get(config.method).resolve(config.options, train);
}

/** Looks no further than the first anomaly, and decodes no video for it. */
async function hasAnomalies(test: LabelledDataset | VideoTestSet): Promise<boolean> {
  if ('videos' in test) return test.videos.some(({ labels }) => labels.includes(1));
  for await (const { labels } of test.batches({ size: 1024 })) if (labels.includes(1)) return true;
  return false;
}

function requireSameData(saved: SavedRun, now: SavedRun): void {
  if (saved.fingerprint === now.fingerprint) return;
  throw cliError(
    'CLI_CHECKPOINT_DIFFERS',
    `The samples of ${now.config.data} have changed since the checkpoint was saved. ` +
      'Bring back the old ones, or train from the start with --force.',
  );
}
