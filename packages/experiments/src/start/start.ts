// `memae start`: from nothing to a trained memory, a page that shows it, and models to score with.

import { join, resolve } from 'node:path';
import { ae, memae } from '@memae/architectures';
import type { Backend } from '@memae/backend';
import type { Pool, Progress } from '@memae/datasets';
import { writeArtifact, writeFileAtomic } from '@memae/onnx';
import packageJson from '../../package.json' with { type: 'json' };
import type { Comparison, ComparisonProgress } from '../compare/comparison.ts';
import { runComparison } from '../compare/run-comparison.ts';
import { renderReport } from '../report/render-report.ts';
import { duration, subjectOf, whole } from '../report/words.ts';
import { requireWritable } from '../require-writable.ts';
import { artifactOf } from './artifact-of.ts';
import { choosePool } from './choose-pool.ts';
import { fromHere, linesOf, nextSteps, quoted } from './story.ts';

export interface StartOptions {
  /** The folder for `report.html` and an artifact a method, made if need be. */
  readonly out: string;
  /** A known name or a path, as `openPool` takes it; by default MNIST if it comes, else `strokes`. */
  readonly data?: string;
  /** The class to learn; by default `5`, or the first class where there is no 5. */
  readonly normal?: string | number;
  /** By default 20 for a digit of MNIST: as many as keep the whole under three minutes on two cores. */
  readonly epochs?: number;
  readonly seed?: number;
  /** A folder of data sets to look in first; `MEMAE_DATA` by convention. */
  readonly root?: string;
  /** A folder to keep downloads in; without it nothing is downloaded. */
  readonly cache?: string;
  readonly backend: Backend;
  /** Threads to run exported models with; all cores, unless named. */
  readonly threads?: number;
  /** How the command line is called, for the commands in the report: `npx memae`. */
  readonly program?: string;
  /** What else runs it, for the report: `{ memae: '0.1.0' }`. */
  readonly versions?: Readonly<Record<string, string>>;
  /** Milliseconds, from any start. */
  readonly clock: () => number;
  readonly signal?: AbortSignal;
  /** Takes the lines of the story, one by one, without line ends. */
  readonly print?: (line: string) => void;
  /** What happens between the lines: steps, epochs, downloads. */
  readonly onProgress?: (progress: StartProgress) => void;
}

export type StartProgress =
  ComparisonProgress | { readonly kind: 'download'; readonly progress: Progress };

export interface StartOutcome {
  readonly comparison: Comparison;
  /** Paths: of the page, and of each method's artifact by its id. */
  readonly report: string;
  readonly artifacts: Readonly<Record<string, string>>;
}

/**
 * Trains an autoencoder and MemAE on equal budgets, tests and exports both, holds the exported models
 * against the trainer's scores, and writes the artifacts and the report.
 * @throws `EXPERIMENT_UNWRITABLE` before any work, when the folder cannot be written; else as
 * `openPool`, `runComparison` and `writeArtifact`.
 */
export async function start(options: StartOptions): Promise<StartOutcome> {
  const { out, seed = 1, program = 'npx memae', backend, clock, signal, onProgress } = options;
  const print = options.print ?? (() => undefined);
  await requireWritable(out);

  const { pool, instead } = await choosePool(options.data, {
    ...(options.root !== undefined && { root: options.root }),
    ...(options.cache !== undefined && { cache: options.cache }),
    ...(signal && { signal }),
    onProgress: (progress) => onProgress?.({ kind: 'download', progress }),
  });
  if (instead !== undefined) {
    print('MNIST is not to be had here, so digits that the package draws serve instead.');
    print(`(${instead})`);
  }
  const normal = String(options.normal ?? (pool.classes.includes('5') ? 5 : pool.classes[0]));
  const epochs = options.epochs ?? epochsFor(pool, normal);
  print(
    `Data: ${pool.name}, ${whole(pool.labels.length)} samples; ` +
      `${subjectOf({ classes: pool.classes, normal }).normal} is normal.`,
  );

  const comparison = await runComparison({
    pool,
    normal,
    methods: [
      { plugin: ae, label: 'AE' },
      { plugin: memae, label: 'MemAE' },
    ],
    budget: { 'training.epochs': epochs },
    seed,
    backend,
    clock,
    ...(options.threads !== undefined && { threads: options.threads }),
    ...(signal && { signal }),
    onProgress: (progress) => {
      onProgress?.(progress);
      for (const line of linesOf(progress, epochs)) print(line);
    },
  });

  const artifacts: Record<string, string> = {};
  for (const method of comparison.methods) {
    artifacts[method.id] = join(out, method.id);
    await writeArtifact(join(out, method.id), artifactOf(comparison, method));
  }
  const report = resolve(out, 'report.html');
  const shown = quoted(fromHere(out));
  const wish = `--data ${quoted(options.data ?? pool.name)} --normal ${quoted(normal)}`;
  await writeFileAtomic(
    report,
    renderReport(comparison, {
      command: `${program} start ${wish} --epochs ${epochs} --seed ${seed} --out ${shown}`,
      versions: {
        '@memae/experiments': packageJson.version,
        node: process.versions.node,
        ...options.versions,
      },
      next: nextSteps(program, { wish, out: shown }),
    }),
  );
  print(`Done in ${duration(comparison.seconds)}. Open ${report}`);
  return { comparison, report, artifacts };
}

/** How many samples each method sees in all, at most: what two slow cores train on in a minute. */
const sampleBudget = 75_000;
const mostEpochs = 40;

function epochsFor({ labels, classes }: Pool, normal: string): number {
  const wanted = classes.indexOf(normal);
  const count = labels.reduce((sum, label) => sum + (label === wanted ? 1 : 0), 0);
  const trained = Math.max(1, 0.6 * count);
  return Math.min(mostEpochs, Math.max(1, Math.round(sampleBudget / trained)));
}
