// `memae start`: a first look. The story is told as it happens; the page and the models stay.

import { resolve } from 'node:path';
import { openBackend } from '@memae/backend';
import { type StartOutcome, start } from '@memae/experiments';
import { defaultFalseAlarms } from '@memae/scoring';
import packageJson from '../../package.json' with { type: 'json' };
import { defaultSeed, defineCommand } from '../command.ts';
import { writeRunConfig } from '../config-files.ts';
import type { CliContext, Output } from '../context.ts';
import { dataFolders } from '../data-source.ts';
import { wholeNumber } from '../parse.ts';
import { createProgress } from '../progress.ts';
import { locateData } from '../run-config.ts';
import { runFolder } from '../run-folder.ts';
import { use } from '../use.ts';

interface StartFlags {
  readonly out?: string | undefined;
  readonly data?: string | undefined;
  readonly normal?: string | undefined;
  readonly epochs?: number | undefined;
  readonly json?: true | undefined;
  readonly seed?: number | undefined;
  readonly engine?: string | undefined;
  readonly threads?: number | undefined;
}

export function startCommand(context: CliContext, finish: (output: Output) => void) {
  return defineCommand(
    'start',
    {
      summary: 'Train an autoencoder and MemAE side by side and write a page that shows both',
      examples: [
        'memae start',
        'memae start --data strokes --normal 3 --epochs 5 --out first-look',
        'memae start --data pictures/ --normal good --json',
      ],
      seed: 'what is drawn: the split, the first parameters, the batches (default: 7)',
      engine: 'what computes, as memae list tells them (default: ort)',
    },
    context,
  )
    .option('--out <folder>', 'where the page and the models go (default: memae-start)')
    .option('--data <name|folder>', 'as for train (default: mnist if it comes, else strokes)')
    .option('--normal <class>', 'the class that is normal (default: 5, or the first)')
    .option('--epochs <number>', 'passes over the data', wholeNumber({ min: 1 }))
    .action(async (flags) => {
      finish(await firstLook(flags, context));
    });
}

async function firstLook(flags: StartFlags, context: CliContext): Promise<Output> {
  const { cwd, stdout, signal, clock } = context;
  const { out = 'memae-start', seed = defaultSeed, engine = 'ort', json = false } = flags;
  const progress = createProgress(context, { json });
  const threads = flags.threads === undefined ? {} : { threads: flags.threads };
  const data = flags.data === undefined ? undefined : locateData(flags.data, cwd);
  const folder = resolve(cwd, out);
  const program = context.env['MEMAE_PROGRAM'];
  const outcome = await use(await openBackend(context.backends(threads), engine), (backend) =>
    start({
      out: folder,
      seed,
      backend,
      signal,
      clock,
      ...threads,
      ...dataFolders(context),
      ...(data === undefined ? {} : { data }),
      ...(flags.normal === undefined ? {} : { normal: flags.normal }),
      ...(flags.epochs === undefined ? {} : { epochs: flags.epochs }),
      ...(program === undefined ? {} : { program }),
      versions: { memae: packageJson.version },
      print: (line) => {
        progress.end();
        if (!json) stdout.write(`${line}\n`);
      },
      onProgress: (happened) => {
        if (happened.kind === 'step') progress.onStep(happened.report);
        if (happened.kind === 'download') progress.onDownload(happened.progress);
      },
    }),
  );
  progress.end();
  await writeConfigs(outcome, { data, engine });
  return { document: documentOf(outcome), text: '' };
}

/** Beside each model, what `memae evaluate` needs to find its test samples again. */
async function writeConfigs(
  { comparison, artifacts }: StartOutcome,
  { data, engine }: { readonly data: string | undefined; readonly engine: string },
): Promise<void> {
  for (const { id, options, threshold } of comparison.methods) {
    await writeRunConfig(runFolder(artifacts[id] ?? '').config, {
      format: 1,
      data: data ?? comparison.data.name,
      normal: comparison.data.normal,
      limit: null,
      size: null,
      dataOptions: {},
      method: id,
      preset: null,
      options,
      seed: comparison.seed,
      thresholdRule: 'quantile',
      falseAlarms: 'falseAlarms' in threshold ? threshold.falseAlarms : defaultFalseAlarms,
      engine,
    });
  }
}

function documentOf({ comparison, report, artifacts }: StartOutcome): unknown {
  const { data, seed, engine, seconds, methods } = comparison;
  return {
    report,
    data,
    seed,
    engine,
    seconds,
    methods: methods.map(({ id, auroc, aupr, f1Max, threshold, confusion, ...method }) => ({
      id,
      artifact: artifacts[id],
      auroc,
      aupr,
      f1Max,
      threshold: threshold.value,
      precision: confusion.precision,
      recall: confusion.recall,
      f1: confusion.f1,
      seconds: method.seconds,
      largestDifference: method.exported.largestDifference,
    })),
  };
}
