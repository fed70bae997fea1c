// `memae evaluate`: how well a finished run tells anomalies apart, on the samples that training left out.

import { resolve } from 'node:path';
import {
  type LabelledDataset,
  type Pool,
  fingerprint,
  labelledDataset,
  oneClassSplit,
} from '@memae/datasets';
import { createRandom, hasCode } from '@memae/graph';
import { averagePrecision, confusionAt, f1Max, rocAuc } from '@memae/metrics';
import type { Manifest } from '@memae/onnx';
import { defineCommand } from '../command.ts';
import type { CliContext, Output } from '../context.ts';
import { openData } from '../data-source.ts';
import { cliError } from '../error.ts';
import { imageSize, wholeNumber } from '../parse.ts';
import { createProgress, figure } from '../progress.ts';
import { readRunConfig } from '../config-files.ts';
import { type RunConfig, locateData } from '../run-config.ts';
import { runFolder } from '../run-folder.ts';
import { openScorer } from '../scorer.ts';
import { use } from '../use.ts';

interface EvaluateFlags {
  readonly data?: string | undefined;
  readonly normal?: string | undefined;
  readonly limit?: number | undefined;
  readonly size?: readonly [number, number] | undefined;
  readonly seed?: number | undefined;
  readonly json?: true | undefined;
  readonly engine?: string | undefined;
  readonly threads?: number | undefined;
}

export function evaluateCommand(context: CliContext, finish: (output: Output) => void) {
  return defineCommand(
    'evaluate',
    {
      summary: 'Measure a finished run on the test samples that its training left out',
      examples: [
        'memae evaluate runs/five',
        'memae evaluate runs/five --data mnist --json',
        'memae evaluate runs/good --data other-pictures/ --normal good',
      ],
      seed: "the split's seed (default: that of the run)",
      engine: 'what computes: ort',
    },
    context,
  )
    .argument('<run>', 'the folder that memae train wrote')
    .option('--data <name|folder>', 'the data of the run (default), or other labelled data')
    .option('--normal <class>', 'the class that is normal (default: that of the run)')
    .option('--limit <number>', 'as for train (default: that of the run)', wholeNumber({ min: 1 }))
    .option('--size <height>x<width>', 'as for train (default: that of the run)', imageSize)
    .action(async (run, flags) => {
      finish(await evaluate(run, flags, context));
    });
}

async function evaluate(run: string, flags: EvaluateFlags, context: CliContext): Promise<Output> {
  const folder = runFolder(resolve(context.cwd, run));
  const progress = createProgress(context, { json: flags.json === true });
  return use(await openScorer(folder.path, flags, context), async ({ manifest, score }) => {
    const request = requested(flags, await readRunConfig(folder.config), context.cwd);
    const pool = await openData(request, context, progress);
    progress.end();
    const { seed = manifest.seed } = flags;
    const { part, dataset } = await choose(pool, { ...request, seed, manifest });
    if (part === 'all') {
      progress.note(
        `${request.data} is not what the model was trained on: all of its ${dataset.length} samples are ` +
          `scored, class ${request.normal} as normal.`,
      );
    }
    const labels = await labelsOf(dataset);
    const { scores } = await score(dataset);
    return describe(manifest, { ...request, run, part, scores, labels });
  });
}

/** What to evaluate on. */
interface Request extends Pick<RunConfig, 'data' | 'normal' | 'limit' | 'size'> {
  /** Whether data other than those of the run were asked for. */
  readonly other: boolean;
}

function requested(flags: EvaluateFlags, config: RunConfig | undefined, cwd: string): Request {
  const { data = config?.data, normal = config?.normal } = flags;
  if (data === undefined || normal === undefined) {
    throw cliError(
      'CLI_USAGE',
      'There is no run.json beside the model that says what it was trained on: name --data and --normal.',
    );
  }
  const located = locateData(data, cwd);
  return {
    data: located,
    normal,
    limit: flags.limit ?? config?.limit ?? null,
    size: flags.size ?? config?.size ?? null,
    other: located !== config?.data,
  };
}

/** Samples with the truth about each, and which part of the data they are. */
interface Chosen {
  readonly part: 'test' | 'all';
  readonly dataset: LabelledDataset;
}

/**
 * The test part of the split that training made; of other data, all samples.
 * @throws `CLI_DATA_DIFFERS` when the run's own data are no longer those it was trained on;
 *   `DATASET_EMPTY` when the normal class is missing.
 */
async function choose(
  pool: Pool,
  {
    data,
    normal,
    other,
    seed,
    manifest,
  }: Request & { readonly seed: number; readonly manifest: Manifest },
): Promise<Chosen> {
  const known = pool.classes.indexOf(normal);
  try {
    const random = createRandom(seed).fork('split');
    const { train, test } = oneClassSplit({ ...pool, normal, random });
    if ((await fingerprint(train)) === manifest.data.fingerprint)
      return { part: 'test', dataset: test };
  } catch (error) {
    // Of other data, one normal sample is enough.
    if (!(other && known >= 0 && hasCode(error, 'DATASET_EMPTY'))) throw error;
  }
  if (!other) {
    throw cliError(
      'CLI_DATA_DIFFERS',
      `The samples of ${data} are not those that the model was trained on: the data, the class, the limit ` +
        'or the seed has changed. Name other labelled data by --data to evaluate on all of it.',
    );
  }
  return {
    part: 'all',
    dataset: labelledDataset({
      name: pool.name,
      modality: 'image',
      samples: pool.images,
      labels: pool.labels.map((label) => (label === known ? 0 : 1)),
      ...(pool.keys === undefined ? {} : { keys: pool.keys }),
    }),
  };
}

async function labelsOf(dataset: LabelledDataset): Promise<Uint8Array> {
  const all: number[] = [];
  for await (const { labels } of dataset.batches({ size: 1024 })) all.push(...labels);
  return Uint8Array.from(all);
}

function describe(
  { threshold, method }: Manifest,
  {
    run,
    data,
    normal,
    part,
    scores,
    labels,
  }: Request &
    Pick<Chosen, 'part'> & {
      readonly run: string;
      readonly scores: Float32Array;
      readonly labels: Uint8Array;
    },
): Output {
  const samples = labels.length;
  const anomalies = labels.reduce((count, label) => count + label, 0);
  const auroc = rocAuc(scores, labels);
  const aupr = averagePrecision(scores, labels);
  const { value: best } = f1Max(scores, labels);
  const at = threshold === null ? undefined : confusionAt(threshold.value, scores, labels);
  const row = (name: string, value: number): string => `  ${name.padEnd(10)}${value.toFixed(4)}\n`;
  return {
    document: {
      auroc,
      aupr,
      f1Max: best,
      samples,
      anomalies,
      threshold: threshold?.value ?? null,
      precision: at?.precision ?? null,
      recall: at?.recall ?? null,
      f1: at?.f1 ?? null,
      method,
      data,
      normal,
      part,
    },
    text:
      `${run}: ${method} on ${data}, class ${normal} as normal; ` +
      `${part === 'test' ? 'the test part' : 'all samples'}, ${samples} with ${anomalies} anomalies\n` +
      row('AUROC', auroc) +
      row('AUPR', aupr) +
      row('F1-max', best) +
      (at === undefined || threshold === null
        ? ''
        : `at the threshold ${figure(threshold.value)}:\n` +
          row('precision', at.precision) +
          row('recall', at.recall) +
          row('F1', at.f1)),
  };
}
