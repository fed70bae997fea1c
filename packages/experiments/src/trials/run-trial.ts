// One trial through the whole line: split → train (or go on training) → score the test → measure → one row.

import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Backend } from '@memae/backend';
import type { Split } from '@memae/datasets';
import { createRandom, hasCode } from '@memae/graph';
import {
  type AnyDetectorPlugin,
  type FitContext,
  type FittedDetector,
  type RawOptions,
  fileCheckpoints,
} from '@memae/training';
import { lookInto } from './look.ts';
import { measureTest } from './measure-test.ts';
import { clearPictures, writePictures } from './pictures.ts';
import type { HistorySummary, TrialData, TrialRow } from './rows.ts';
import { writeScores } from './scores.ts';
import type { Source } from './source.ts';
import { type Trial, trialId } from './trial.ts';

export interface TrialContext extends Pick<FitContext, 'signal' | 'onStep' | 'onEpoch'> {
  readonly source: Source;
  readonly plugin: AnyDetectorPlugin;
  readonly backend: Backend;
  /** Holds a folder a trial: a checkpoint while it runs, scores and pictures after. */
  readonly folder: string;
  /** Whether pictures are kept. */
  readonly pictures: boolean;
  readonly clock: () => number;
  readonly onWarning?: (message: string) => void;
  /** For the row: what ran, and on what. */
  readonly about: Pick<TrialRow, 'hardware' | 'versions' | 'command'>;
}

/** What is wrong with a checkpoint left by other settings, or damaged: the trial can be run without it. */
const unusable = ['TRAIN_CHECKPOINT_MISMATCH', 'TRAIN_CHECKPOINT_CORRUPT'];

/** No scores are kept of a test set larger than this; their figures are. */
const keptScores = 50_000;

/**
 * Runs a trial, from the checkpoint in its folder where one lies there that fits. Trials of one case and seed share
 * their split whatever the method, and what their networks have in common starts from the same numbers.
 * @throws `TRAIN_ABORTED` when the signal fires, the checkpoint being saved; else as the method and the metrics
 */
export async function runTrial(trial: Trial, context: TrialContext): Promise<TrialRow> {
  const { source, plugin, backend, clock } = context;
  const id = trialId(trial);
  const folder = join(context.folder, id);
  const checkpoint = join(folder, 'checkpoint.safetensors');
  await mkdir(folder, { recursive: true });

  const random = createRandom(trial.seed);
  const split = await source.split(trial.case, trial.seed);
  const raw = optionsOf(trial, plugin);
  const warnings: string[] = [];
  const warn = (message: string): void => {
    warnings.push(message);
    context.onWarning?.(message);
  };
  const fit = async (): Promise<FittedDetector> =>
    plugin.createFrom(raw).fit(split.train, {
      backend,
      random: random.fork('fit'),
      validation: split.validation,
      checkpoints: fileCheckpoints(checkpoint),
      clock,
      ...(context.signal && { signal: context.signal }),
      ...(context.onStep && { onStep: context.onStep }),
      ...(context.onEpoch && { onEpoch: context.onEpoch }),
      onWarning: warn,
    });
  const detector = await fit().catch(async (error: unknown) => {
    if (!unusable.some((code) => hasCode(error, code))) throw error;
    const { message } = error as Error;
    warn(`${message} It is removed, and the trial starts anew.`);
    await rm(checkpoint, { force: true });
    return fit();
  });
  try {
    const started = clock();
    const { modality, classOf } = source;
    const { signal } = context;
    const test = {
      ...{ test: split.test, normal: split.validation, backend, onWarning: warn },
      ...(signal && { signal }),
    };
    const { scored, figures } = await measureTest(detector, test);
    const scoring = (clock() - started) / 1000;
    const options = plugin.resolve(raw, split.train);
    if (scored.keys.length <= keptScores) await writeScores(folder, { modality, scored });
    await clearPictures(folder);
    if (context.pictures) {
      const range = options['input.range'] === 'symmetric' ? 'symmetric' : 'unit';
      const look = { test: split.test, scored, classOf, backend, range } as const;
      await writePictures(
        folder,
        await lookInto(detector, { ...look, random: random.fork('examples') }),
      );
    }
    return {
      format: 1,
      trial,
      id,
      options,
      data: {
        ...dataOf(split, scored.labels),
        cases: source.cases.length,
        fingerprint: await source.fingerprint(),
      },
      figures,
      seconds: { training: trainingSeconds(detector), scoring },
      history: summaryOf(detector, options),
      warnings,
      engine: backend.description ?? backend.id,
      ...context.about,
    };
  } finally {
    await detector[Symbol.asyncDispose]();
  }
}

/** Removes the checkpoint of a trial whose row is on the disk. */
export async function clearCheckpoint(folder: string, trial: Trial): Promise<void> {
  await rm(join(folder, trialId(trial), 'checkpoint.safetensors'), { force: true });
}

/** The options that a method is given: its trial's own over those of the budget that it knows. */
export function optionsOf(
  { options, budget }: Pick<Trial, 'options' | 'budget'>,
  plugin: AnyDetectorPlugin,
): RawOptions {
  const known = Object.entries(budget.options).filter(([name, value]) =>
    knows(plugin, { name, value }),
  );
  return { ...Object.fromEntries(known), ...options };
}

/** Whether a setting is one of a method's; of presets, only those that it has. */
export function knows(
  plugin: AnyDetectorPlugin,
  { name, value }: { readonly name: string; readonly value: RawOptions[string] },
): boolean {
  return name === 'preset'
    ? Object.hasOwn(plugin.presets, String(value))
    : Object.hasOwn(plugin.options, name);
}

function dataOf(
  { name, protocol, ...parts }: Split,
  labels: Uint8Array,
): Omit<TrialData, 'cases' | 'fingerprint'> {
  return {
    name,
    protocol,
    modality: parts.train.modality,
    sampleShape: parts.train.sampleShape,
    train: parts.train.length,
    validation: parts.validation.length,
    test: labels.length,
    anomalies: labels.reduce((count, label) => count + label, 0),
  };
}

function trainingSeconds({ history }: FittedDetector): number {
  return history.reduce((total, { seconds }) => total + seconds, 0);
}

function summaryOf({ history }: FittedDetector, options: RawOptions): HistorySummary {
  const values = history.map((epoch) => epoch.values);
  const losses = values.map(({ validationLoss = NaN }) => validationLoss);
  const kept = Number(options['training.patience']) > 0 ? losses.indexOf(Math.min(...losses)) : -1;
  return { epochs: history.length, first: values[0] ?? {}, last: values.at(kept) ?? {} };
}
