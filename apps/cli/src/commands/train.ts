// `memae train`: from flags and files to a resolved run, new or resumed, and what is said of it.

import { existsSync } from 'node:fs';
import { basename, join, parse, resolve } from 'node:path';
import { MemaeError } from '@memae/graph';
import type { NormalRule } from '@memae/metrics';
import { defaultFalseAlarms, inRule } from '@memae/scoring';
import type { RawOptions } from '@memae/training';
import { requireOut } from '../command.ts';
import { aboutDataOptions, shortDataOptions } from '../data-options.ts';
import { type CliContext, type Output, programOf } from '../context.ts';
import { continuedConfig } from '../continued-run.ts';
import { cliError } from '../error.ts';
import { isInterruption } from '../exit.ts';
import { requireAgreed, setting, wholeNumber } from '../parse.ts';
import { type Progress, createProgress, duration, figure } from '../progress.ts';
import { readGivenConfig, readRunConfig } from '../config-files.ts';
import {
  type GivenConfig,
  type RunConfig,
  callData,
  mergeConfigs,
  requirePresetCounts,
  resolveConfig,
} from '../run-config.ts';
import { readSavedRun, requireSameRun } from '../saved-run.ts';
import { type RunFlags, defineRunCommand } from '../run-flags.ts';
import { type RunFolder, requireFree, runFolder } from '../run-folder.ts';
import { requireUnlocked } from '../run-lock.ts';
import { tellOfStopping } from '../stopping.ts';
import { withSuitedSize } from '../suited-size.ts';
import { falseAlarmsOption, normalRuleOption } from '../threshold-flags.ts';
import { type TrainedRun, trainRun } from '../train-run.ts';

interface TrainFlags extends RunFlags {
  readonly out?: string | undefined;
  readonly data?: string | undefined;
  readonly limit?: number | undefined;
  readonly set?: RawOptions | undefined;
  readonly epochs?: number | undefined;
  readonly batch?: number | undefined;
  readonly thresholdRule?: NormalRule | undefined;
  readonly falseAlarms?: number | undefined;
  readonly config?: string | undefined;
  readonly continue?: string | undefined;
  readonly saveEvery?: number | undefined;
  readonly resume?: true | undefined;
  readonly force?: true | undefined;
  readonly json?: true | undefined;
  readonly seed?: number | undefined;
  readonly engine?: string | undefined;
  readonly threads?: number | undefined;
}

export function trainCommand(context: CliContext, finish: (output: Output) => void) {
  return defineRunCommand(
    'train',
    {
      summary: 'Train a method on normal samples of images, videos or a table, and export it',
      examples: [
        'memae train my-pictures/',
        'memae train --data mnist --normal 5 --method memae --out runs/five',
        'memae train --data strokes --normal 3 --limit 200 --epochs 2 --out runs/quick',
        'memae train --data pictures/ --normal good --size 64x64 --out runs/good',
        'memae train --data kddcup99 --data-option protocol=B --out runs/kdd',
        'memae train --data ucsd-ped2 --size 64x64 --data-option stride=2 --out runs/ped2',
        'memae train --data cifar10 --normal cat --out runs/cat',
        'memae train --data sales.csv --label fraud --out runs/sales',
        "memae train --data 'log/*.parquet' --columns bytes,port,host --out runs/log",
        'memae train --data mnist --normal 5 --preset paper --set memory.slots=50 --out runs/paper',
        'memae train --data kddcup99 --threshold-rule conformal --false-alarms 0.01 --out runs/kdd',
        'memae train --config run.yaml --out runs/again',
        'memae train --out runs/five --resume',
        'memae train --continue runs/sales --data march.csv --epochs 5 --out runs/sales-march',
      ],
      seed: 'what is drawn: the split, the first parameters, the batches (default: 7)',
      engine: 'what computes, as memae list tells them (default: ort)',
    },
    context,
  )
    .argument(
      '[name|path]',
      'the data, see memae list; or a folder of pictures, of videos or of IDX files; or a video, CSV, TSV, JSON or Parquet file',
    )
    .option('--out <folder>', 'where the run goes (default: runs/ and the name of the data)')
    .option('--data <name|path>', 'the data, in place of the argument')
    .option(
      '--limit <number>',
      'take at most so many samples of each class of images, or rows of a table',
      wholeNumber({ min: 1 }),
    )
    .option('--set <name=value>', 'an option of the method; may be repeated', setting)
    .option('--epochs <number>', 'short for --set training.epochs=…', wholeNumber({ min: 1 }))
    .option('--batch <number>', 'short for --set training.batch=…', wholeNumber({ min: 1 }))
    .addOption(normalRuleOption())
    .addOption(falseAlarmsOption(String(defaultFalseAlarms)))
    .option(
      '--config <file>',
      'YAML or JSON with the same keys as run.json; flags win over it, its options over a preset',
    )
    .option(
      '--save-every <seconds>',
      'from one checkpoint within an epoch to the next (default: 300)',
      wholeNumber({ min: 1 }),
    )
    .option(
      '--continue <run>',
      'go on from what a finished run learned, on new normal data, as another run',
    )
    .option('--resume', 'go on from the checkpoint in the folder')
    .option('--force', 'train over a finished or stopped run')
    .addHelpText('after', describeDataOptions())
    .action(async (data, flags) => {
      finish(await train({ ...flags, data: oneOf(data, flags.data) }, context));
    });
}

/** @throws `CLI_USAGE` for two. */
function oneOf(argument: string | undefined, flag: string | undefined): string | undefined {
  if (argument === undefined || flag === undefined) return argument ?? flag;
  throw cliError('CLI_USAGE', `The data are ${argument} or ${flag} (--data): name them once.`);
}

/**
 * `runs/` and the name of the data, where no folder is named.
 * @throws `CLI_USAGE` where no data are named, or they have no name that a folder could have
 */
function outFor(data: string | undefined, flags: TrainFlags, { cwd }: CliContext): string {
  if (data === undefined && flags.resume === undefined && flags.continue === undefined) {
    throw cliError(
      'CLI_USAGE',
      'Name the data to learn from: a folder, a file, or a data set of memae list, as memae train my-pictures/.',
    );
  }
  const name = data && parse(basename(resolve(cwd, data))).name;
  return requireOut(name && /^[\w .-]+$/.test(name) ? join('runs', name) : undefined);
}

async function train(flags: TrainFlags, context: CliContext): Promise<Output> {
  const asked = await givenBy(flags, context);
  const out = flags.out ?? outFor(asked.data, flags, context);
  const folder = runFolder(resolve(context.cwd, out));
  const given =
    flags.continue === undefined ? asked : await continuedConfig(flags.continue, asked, context);
  const force = flags.force === true;
  requireUnlocked(folder);
  requireFree(folder, { resume: flags.resume === true, force });
  const progress = createProgress(context, { json: flags.json === true });
  const resume = flags.resume === true && existsSync(folder.checkpoint);
  if (flags.resume === true && !resume) {
    progress.note(`There is no checkpoint in ${out} yet: training starts from the beginning.`);
  }
  const saved = resume ? await readSavedRun(folder.checkpoint) : undefined;
  const begun =
    saved?.config ??
    (flags.resume === true && !force ? await readRunConfig(folder.config) : undefined);
  const config =
    begun === undefined
      ? await newRun(given, context, progress)
      : requireSameRun(begun, given, context);
  const stopTelling = tellOfStopping(context.signal, progress);
  try {
    const result = await trainRun(config, {
      folder,
      context,
      progress,
      force,
      ...(saved === undefined ? {} : { saved }),
      ...(flags.threads === undefined ? {} : { threads: flags.threads }),
      ...(flags.saveEvery === undefined ? {} : { saveEvery: flags.saveEvery }),
    });
    return describe(result, out, programOf(context));
  } catch (error) {
    if (!isInterruption(error, context.signal) || !existsSync(folder.checkpoint)) throw error;
    throw interrupted(error, folder, { ...flags, out, program: programOf(context) });
  } finally {
    stopTelling();
    progress.end();
  }
}

/** Whoever goes on from a run keeps its size. */
async function newRun(
  given: GivenConfig,
  context: CliContext,
  progress: Progress,
): Promise<RunConfig> {
  const config = resolveConfig(given, context);
  return config.continues === undefined ? withSuitedSize(config, context, progress) : config;
}

async function givenBy(
  flags: TrainFlags,
  { cwd, registry }: Pick<CliContext, 'cwd' | 'registry'>,
): Promise<GivenConfig> {
  const { config: name = '' } = flags;
  const file = flags.config === undefined ? {} : await readGivenConfig(resolve(cwd, name));
  const { data, normal, limit, size, method, preset, seed, engine } = flags;
  const { thresholdRule, falseAlarms } = flags;
  requirePresetCounts({ preset, method }, { file, name, registry });
  const short = {
    ...(flags.epochs === undefined ? {} : { 'training.epochs': flags.epochs }),
    ...(flags.batch === undefined ? {} : { 'training.batch': flags.batch }),
  };
  return mergeConfigs(file, {
    ...{ data, normal, limit, size, method, preset, thresholdRule, falseAlarms, seed, engine },
    dataOptions: { ...flags.dataOption, ...shortDataOptions(flags) },
    options: { ...flags.set, ...requireAgreed(short, { flag: '--set', long: flags.set }) },
  });
}

function describe(run: TrainedRun, out: string, program: string): Output {
  const { config, name, protocol, modality, samples, threshold, seconds, last } = run;
  const limited =
    config.limit === null
      ? ''
      : `, at most ${config.limit} ${modality === 'tabular' ? 'rows' : 'samples a class'}`;
  const what = modality === 'tabular' ? 'label' : 'class';
  const who = config.normal === null ? '' : `, ${what} ${config.normal} as normal`;
  return {
    document: {
      out,
      method: config.method,
      data: config.data,
      name,
      normal: config.normal,
      protocol,
      seed: config.seed,
      options: config.options,
      samples,
      epochs: last.epoch,
      last: last.values,
      threshold: threshold.value,
      thresholdRule: threshold.rule,
      falseAlarms: threshold.falseAlarms,
      seconds,
    },
    text:
      `Trained ${config.method} on ${callData(config.data, name)}${limited}${who}: ` +
      `${samples.train} samples, ${last.epoch} epoch${last.epoch === 1 ? '' : 's'}, ${duration(seconds)}.\n` +
      `Threshold ${figure(threshold.value)}: ${inRule(threshold)}, by ${threshold.samples} normal sample${threshold.samples === 1 ? '' : 's'} ` +
      'kept for validation.\n' +
      `${quoted(out)} holds model.onnx, manifest.json, training-log.jsonl and run.json. Next:\n` +
      `  ${program} ${samples.test > 0 ? 'evaluate' : 'score'} ${quoted(out)}${samples.test > 0 ? '' : ' FILES'}\n`,
  };
}

function interrupted(
  cause: unknown,
  { checkpoint }: RunFolder,
  {
    out,
    threads,
    saveEvery,
    program,
  }: TrainFlags & { readonly out: string; readonly program: string },
): MemaeError {
  const same =
    (threads === undefined ? '' : ` --threads ${threads}`) +
    (saveEvery === undefined ? '' : ` --save-every ${saveEvery}`);
  return new MemaeError(
    'TRAIN_ABORTED',
    `Training was stopped; ${checkpoint} holds what was learned so far. Go on with:\n` +
      `  ${program} train --out ${quoted(out)} --resume${same}`,
    { cause },
  );
}

/** Options of the data, a line each. */
function describeDataOptions(): string {
  const lines = Object.entries(aboutDataOptions).map(
    ([name, about]) => `  ${`${name}:`.padEnd(14)}${about}\n`,
  );
  return `\nOptions of the data, as --data-option stride=2:\n${lines.join('')}`;
}

/** A path as a shell takes it. */
function quoted(path: string): string {
  return /^[\w./-]+$/.test(path) ? path : `'${path.replaceAll("'", String.raw`'\''`)}'`;
}
