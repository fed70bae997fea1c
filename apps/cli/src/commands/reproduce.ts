// `memae reproduce`: the paper's tables and figures, run here and told beside its own.

import { cpus, totalmem } from 'node:os';
import { relative, resolve } from 'node:path';
import { openBackend } from '@memae/backend';
import { type Request, type Written, experiments, reportOn, reproduce } from '@memae/experiments';
import { type Ends, type Scaling, scalings } from '@memae/datasets';
import type { RawOptions } from '@memae/training';
import { Argument, InvalidArgumentError, Option } from '@commander-js/extra-typings';
import packageJson from '../../package.json' with { type: 'json' };
import { defineCommand, requireOut } from '../command.ts';
import { type CliContext, type Output, programOf } from '../context.ts';
import { dataFolders } from '../data-source.ts';
import { cliError } from '../error.ts';
import { imageSize, requireAgreed, setting, wholeNumber } from '../parse.ts';
import { createProgress } from '../progress.ts';
import { locateData } from '../run-config.ts';
import { tellTrials } from '../tell-trials.ts';
import { use } from '../use.ts';

interface ReproduceFlags {
  readonly out?: string | undefined;
  readonly data?: readonly string[] | undefined;
  readonly case?: readonly string[] | undefined;
  readonly methods?: readonly string[] | undefined;
  readonly seeds?: number | undefined;
  readonly budget?: 'quick' | 'full' | undefined;
  readonly preset?: string | undefined;
  readonly set?: RawOptions | undefined;
  readonly epochs?: number | undefined;
  readonly size?: readonly [number, number] | undefined;
  readonly stride?: number | undefined;
  readonly limit?: number | undefined;
  readonly testStride?: number | undefined;
  readonly ends?: Ends | undefined;
  readonly edition?: string | undefined;
  readonly scaling?: Scaling | undefined;
  readonly slots?: readonly string[] | undefined;
  readonly against?: 'anomalies' | 'turned' | undefined;
  readonly reportOnly?: true | undefined;
  readonly json?: true | undefined;
  readonly seed?: number | undefined;
  readonly engine?: string | undefined;
  readonly threads?: number | undefined;
}

export function reproduceCommand(context: CliContext, finish: (output: Output) => void) {
  return defineCommand(
    'reproduce',
    {
      summary: 'Run an experiment of the paper and write a report beside its figures',
      examples: [
        'memae reproduce table1 --out reports/table1',
        'memae reproduce table1 --data strokes --case 2,5 --methods ae,memae --seeds 2 --out reports/strokes',
        'memae reproduce table1 --data mnist --budget full --threads 1 --out reports/mnist',
        'memae reproduce table3 --set memory.shrinkage=1 --epochs 20 --out reports/kdd',
        'memae reproduce table2 --size 64x64 --stride 4 --epochs 20 --out reports/ped2',
        'memae reproduce table1 --report-only --out reports/mnist',
      ],
      seed: 'the first seed; --seeds counts from it (default: 1)',
      engine: 'what computes, as memae list tells them (default: ort)',
    },
    context,
  )
    .addArgument(
      new Argument('<experiment>', 'what is run').choices(experiments.map(({ id }) => id)),
    )
    .option('--out <folder>', 'where trials and reports go; what is there already is not run again')
    .option('--data <names>', 'data sets by name, or folders, with commas between', list)
    .option('--case <names>', 'normal classes of images, protocols of tables', list)
    .option('--methods <ids>', 'see memae list', list)
    .option('--seeds <number>', 'how many seeds', wholeNumber({ min: 1 }))
    .addOption(
      new Option(
        '--budget <name>',
        'minutes on two cores, or as the paper (default: quick)',
      ).choices(['quick', 'full'] as const),
    )
    .option('--preset <name>', 'named settings, for the methods that have them')
    .option(
      '--set <name=value>',
      'an option, for the methods that have it; may be repeated',
      setting,
    )
    .option('--epochs <number>', 'short for --set training.epochs=…', wholeNumber({ min: 1 }))
    .option('--size <height>x<width>', 'resize pictures and frames', imageSize)
    .option('--stride <frames>', 'from one training clip to the next', wholeNumber({ min: 1 }))
    .option('--limit <number>', 'at most so many samples of each class', wholeNumber({ min: 1 }))
    .option('--test-stride <frames>', 'from one test clip to the next', wholeNumber({ min: 1 }))
    .addOption(
      new Option('--ends <what>', 'first and last frames of test videos').choices([
        'trim',
        'repeat',
      ] as const),
    )
    .option('--edition <name>', 'of CIFAR-10, or of the labels of videos')
    .addOption(new Option('--scaling <name>', 'of the columns of a table').choices(scalings))
    .option('--slots <numbers>', 'figure7: the sizes of the memory', list)
    .addOption(
      new Option(
        '--against <what>',
        'table1: turned tests held-out normal samples against themselves mirrored and turned',
      ).choices(['anomalies', 'turned'] as const),
    )
    .option('--report-only', 'run nothing; write the report of what is there')
    .action(async (experiment, flags) => {
      finish(await run(experiment, { ...flags, out: requireOut(flags.out) }, context));
    });
}

async function run(
  experiment: string,
  flags: ReproduceFlags & { readonly out: string },
  context: CliContext,
): Promise<Output> {
  const { engine = 'ort', out } = flags;
  const folder = resolve(context.cwd, out);
  const request = requestOf(flags, context);
  if (flags.reportOnly === true) {
    return describe(
      await reportOn(folder, { experiment, request, registry: context.registry }),
      context,
    );
  }
  const progress = createProgress(context, { json: flags.json === true });
  const threads = flags.threads === undefined ? {} : { threads: flags.threads };
  try {
    const written = await use(await openBackend(context.backends(threads), engine), (backend) =>
      reproduce({
        experiment,
        out: folder,
        request,
        registry: context.registry,
        backend,
        ...dataFolders(context),
        signal: context.signal,
        clock: context.clock,
        about: {
          hardware: hardware(flags.threads),
          versions: { memae: packageJson.version, node: process.versions.node },
          command: commandLine(experiment, { flags, context }),
        },
        onProgress: tellTrials(progress, context),
      }),
    );
    return describe(written, context);
  } finally {
    progress.end();
  }
}

function requestOf(flags: ReproduceFlags, { cwd }: CliContext): Request {
  const { data, case: cases, methods, seeds, seed: firstSeed, budget, slots } = flags;
  const { size, stride, testStride, ends, limit, edition, scaling, against } = flags;
  const given = <T extends object>(values: T): Partial<{ [K in keyof T]: NonNullable<T[K]> }> =>
    Object.fromEntries(
      Object.entries(values).filter(([, value]) => value !== undefined),
    ) as Partial<{ [K in keyof T]: NonNullable<T[K]> }>;
  const short = flags.epochs === undefined ? {} : { 'training.epochs': flags.epochs };
  return {
    ...given({ cases, methods, seeds, firstSeed, budget }),
    ...given({ data: data?.map((name) => locateData(name, cwd)) }),
    ...given({ slots: slots?.map(memorySize) }),
    options: {
      ...flags.set,
      ...requireAgreed(
        { ...given({ preset: flags.preset }), ...short },
        { flag: '--set', long: flags.set },
      ),
    },
    reading: given({
      size,
      stride,
      testStride,
      ends,
      edition,
      limit,
      scaling,
      against: against === 'turned' ? against : undefined,
    }),
  };
}

function memorySize(text: string): number {
  if (/^[1-9]\d*$/.test(text)) return Number(text);
  throw cliError('CLI_USAGE', `--slots takes whole numbers of 1 or more, but "${text}" came.`);
}

/** `a,b` as two words. */
function list(text: string): string[] {
  const words = text.split(',');
  if (words.every((word) => word.trim() !== '')) return words;
  throw new InvalidArgumentError('Words with commas between were expected, as a,b; one is empty.');
}

/** The command again, with what was said and no more. */
function commandLine(
  experiment: string,
  { flags, context }: { readonly flags: ReproduceFlags; readonly context: CliContext },
): string {
  const { set = {}, size, ...others } = flags;
  const words = Object.entries(others).flatMap(([name, value]) =>
    value === undefined || value === true
      ? []
      : [`--${dashed(name)}`, Array.isArray(value) ? value.join(',') : String(value)],
  );
  const settings = Object.entries(set).flatMap(([name, value]) => ['--set', `${name}=${value}`]);
  const sized = size === undefined ? [] : ['--size', size.join('x')];
  const all = ['reproduce', experiment, ...words, ...sized, ...settings];
  return [programOf(context), ...all.map(quoted)].join(' ');
}

/** A word as a shell takes it. */
function quoted(word: string): string {
  return /^[\w./:,=+-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}

/** `testStride` as `test-stride`. */
function dashed(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

function hardware(threads: number | undefined): string {
  const cores = cpus();
  const memory = (totalmem() / 2 ** 30).toFixed(0);
  const used = threads === undefined ? '' : `, ${threads} engine thread${threads === 1 ? '' : 's'}`;
  return `${cores[0]?.model.trim() ?? 'unknown processor'}, ${cores.length} cores, ${memory} GiB${used}`;
}

function describe({ findings, text, files }: Written, { cwd }: CliContext): Output {
  const shown = (path: string): string => relative(cwd, path) || path;
  return {
    document: { ...findings, files },
    text: `${text}\n${shown(files.html)}, ${shown(files.markdown)} and ${shown(files.json)} are written.\n`,
  };
}
