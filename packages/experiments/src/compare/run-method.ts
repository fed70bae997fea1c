// One method through the whole line: train → score → figures of merit → threshold → export → score again.

import type { Backend } from '@memae/backend';
import type { LabelledBatch, Split } from '@memae/datasets';
import type { Random } from '@memae/graph';
import { averagePrecision, confusionAt, f1Max, rocAuc, rocCurve } from '@memae/metrics';
import {
  type AnyDetectorPlugin,
  type FittedDetector,
  type RawOptions,
  decideFromNormal,
  withDecision,
} from '@memae/training';
import type {
  ComparisonProgress,
  ExportedModel,
  MemoryPictures,
  MethodOutcome,
} from './comparison.ts';
import { exportModel, largestDifference, runExported } from './exported-model.ts';
import { memoryPictures } from './memory-pictures.ts';
import { wholeOf } from './samples.ts';

/** A method, with options that are its own. */
export interface MethodToCompare {
  readonly plugin: AnyDetectorPlugin;
  readonly options?: RawOptions;
  /** A short name, for the columns of tables; by default the plug-in's title. */
  readonly label?: string;
}

/** What all methods of a comparison are given alike. */
export interface MethodContext {
  readonly split: Split<'image'>;
  /** The test set, whole. */
  readonly test: LabelledBatch;
  readonly budget: RawOptions;
  readonly random: Random;
  readonly backend: Backend;
  readonly threads?: number;
  readonly falseAlarms?: number;
  readonly clock: () => number;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: ComparisonProgress) => void;
}

/**
 * Trains a method, scores the test, sets the threshold by normal samples, and scores the test again with the
 * exported model.
 * @throws as the method; `EXPERIMENT_EXPORT_DIFFERS`
 */
export async function runMethod(
  { plugin, options = {}, label = plugin.title }: MethodToCompare,
  context: MethodContext,
): Promise<MethodOutcome> {
  const { split, test, budget, random, clock, falseAlarms = 0.05 } = context;
  const { id, title, citation } = plugin;
  const raw = { ...options, ...budget };
  const started = clock();
  const detector = await plugin.createFrom(raw).fit(split.train, {
    backend: context.backend,
    random: random.fork('fit'),
    validation: split.validation,
    clock,
    ...(context.signal && { signal: context.signal }),
    onStep: (report) => context.onProgress?.({ kind: 'step', method: id, report }),
    onEpoch: (report) => context.onProgress?.({ kind: 'epoch', method: id, report }),
    onWarning: (message) => context.onProgress?.({ kind: 'warning', method: id, message }),
  });
  const seconds = (clock() - started) / 1000;
  try {
    const { labels } = test;
    const scores = await detector.score(test.samples);
    const held = await detector.score((await wholeOf(split.validation)).samples);
    const { decision, threshold, calibration } = decideFromNormal(held, {
      rule: 'quantile',
      falseAlarms,
    });
    return {
      id,
      label,
      title,
      citation,
      options: plugin.resolve(raw),
      history: detector.history,
      seconds,
      scores,
      auroc: rocAuc(scores, labels),
      aupr: averagePrecision(scores, labels),
      f1Max: f1Max(scores, labels).value,
      roc: rocCurve(scores, labels),
      threshold,
      calibration,
      normaliser: { kind: 'logistic', center: decision.threshold, scale: decision.scale },
      confusion: confusionAt(threshold.value, scores, labels),
      ...(await handOn(detector, { id, scores, decision, context })),
    };
  } finally {
    await detector[Symbol.asyncDispose]();
  }
}

/** Exports the detector, holds the exported model against its scores, and looks into the memory. */
async function handOn(
  { program, decodedItems }: FittedDetector,
  {
    id,
    scores,
    decision,
    context: { backend, test, threads },
  }: {
    readonly id: string;
    readonly scores: Float32Array;
    readonly decision: Parameters<typeof withDecision>[1];
    readonly context: MethodContext;
  },
): Promise<{ exported: ExportedModel; memory?: MemoryPictures }> {
  const exported = exportModel(withDecision(program, decision), { method: id });
  const { score, weights } = await runExported(exported.model, {
    samples: test.samples,
    outputs: ['score', 'weights'],
    ...(threads && { threads }),
  });
  const difference = largestDifference(scores, score?.data ?? new Float32Array(), { method: id });
  const looksInside = decodedItems !== undefined && weights?.shape.length === 2;
  return {
    exported: { ...exported, largestDifference: difference },
    ...(looksInside && {
      memory: await memoryPictures(decodedItems, { backend, weights, labels: test.labels }),
    }),
  };
}
