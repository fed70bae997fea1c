// The paper's experiment on images, for any methods: one class is normal; each method learns it on
// the same samples, with the same budget and seed, and is asked which test samples are not of it.

import type { Backend } from '@memae/backend';
import {
  type LabelledBatch,
  type Split,
  type Pool,
  fingerprint,
  oneClassSplit,
} from '@memae/datasets';
import { createRandom } from '@memae/graph';
import type { RawOptions } from '@memae/training';
import { experimentError } from '../error.ts';
import type {
  Comparison,
  ComparisonProgress,
  DataFacts,
  MethodOutcome,
  TestFacts,
} from './comparison.ts';
import { type ExampleCounts, chooseExamples, viewExamples } from './examples.ts';
import { type MethodToCompare, runMethod } from './run-method.ts';
import { wholeOf } from './samples.ts';

export interface ComparisonOptions {
  readonly pool: Pool;
  /** The class to learn, by name or, for digits, by number. */
  readonly normal: string | number;
  /** The baseline first, the method under study last. */
  readonly methods: readonly MethodToCompare[];
  /** Options that every method gets over its own: `{ 'training.epochs': 20 }`. */
  readonly budget?: RawOptions;
  readonly seed: number;
  readonly backend: Backend;
  /** Threads to run exported models with; all cores, unless named. */
  readonly threads?: number;
  /** The share of normal samples that may be flagged, by the validation scores; by default 0.05. */
  readonly falseAlarms?: number;
  readonly examples?: ExampleCounts;
  /** Milliseconds, from any start. */
  readonly clock: () => number;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: ComparisonProgress) => void;
}

/**
 * Trains, tests and exports each method in turn. All start from the same random stream, so what they
 * have in common starts from the same numbers and sees the samples in the same order.
 * @throws `EXPERIMENT_BAD_OPTION`, `EXPERIMENT_EXPORT_DIFFERS`; else as `oneClassSplit` and the methods.
 */
export async function runComparison(options: ComparisonOptions): Promise<Comparison> {
  const { pool, normal, methods, budget = {}, seed, backend, threads, clock } = options;
  const { examples: counts = { drawn: 5, hardest: 3 }, signal, onProgress } = options;
  requireDistinct(methods.map(({ plugin }) => plugin.id));
  const started = clock();
  const random = createRandom(seed);
  const split = oneClassSplit({ ...pool, normal, random: random.fork('split') });
  const test = await wholeOf(split.test);
  const data = await dataFacts(options, split, test);
  onProgress?.({ kind: 'data', data });

  const outcomes: MethodOutcome[] = [];
  for (const method of methods) {
    signal?.throwIfAborted();
    const outcome = await runMethod(method, { ...options, budget, random, split, test });
    outcomes.push(outcome);
    onProgress?.({ kind: 'method', method: outcome.id, outcome });
  }

  const facts = testFacts(pool, test);
  const choices = chooseExamples(facts, {
    methods: outcomes,
    random: random.fork('examples'),
    counts,
  });
  const examples = await viewExamples(choices, {
    test,
    facts,
    methods: outcomes,
    ...(threads && { threads }),
  });
  return {
    data,
    seed,
    engine: backend.description ?? backend.id,
    budget,
    seconds: (clock() - started) / 1000,
    test: facts,
    methods: outcomes,
    examples,
  };
}

async function dataFacts(
  { pool, normal }: ComparisonOptions,
  { train, validation }: Split<'image'>,
  { labels, keys }: LabelledBatch,
): Promise<DataFacts> {
  return {
    name: pool.name,
    classes: pool.classes,
    normal: String(normal),
    fingerprint: await fingerprint(train),
    sampleShape: train.sampleShape,
    train: train.length,
    validation: validation.length,
    test: keys.length,
    anomalies: labels.reduce((count, label) => count + label, 0),
  };
}

/** The class of each test sample is looked up by its key. */
function testFacts({ name, labels, classes, keys }: Pool, test: LabelledBatch): TestFacts {
  const classOf = new Map(
    Array.from(labels, (label, i) => [keys?.[i] ?? `${name}/${i}`, classes[label] ?? '']),
  );
  return {
    keys: test.keys,
    labels: test.labels,
    classes: test.keys.map((key) => classOf.get(key) ?? ''),
  };
}

function requireDistinct(ids: readonly string[]): void {
  if (ids.length > 0 && new Set(ids).size === ids.length) return;
  throw experimentError(
    'EXPERIMENT_BAD_OPTION',
    `A comparison takes one method or more, each once, but ${ids.join(', ') || 'none'} came.`,
  );
}
