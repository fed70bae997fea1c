// `memae metrics`: the evaluator alone, on scores from anywhere.

import { basename, resolve } from 'node:path';
import { Option } from '@commander-js/extra-typings';
import { MemaeError } from '@memae/graph';
import {
  type FrameAuroc,
  type FrameAurocOptions,
  type Frames,
  type NormalisedParts,
  type Video,
  averagePrecision,
  equalErrorRate,
  f1Max,
  frameAuroc,
  groupByVideo,
  joinVideos,
  normaliseStream,
  normaliseVideos,
  rocAuc,
} from '@memae/metrics';
import { defineCommand } from '../command.ts';
import type { CliContext, Output } from '../context.ts';
import { cliError } from '../error.ts';
import { wholeNumber } from '../parse.ts';
import { type ColumnNames, type ScoreTable, readScores, recognised } from '../read-scores.ts';

interface MetricsFlags extends ColumnNames {
  readonly normality?: true | undefined;
  readonly join?: true | undefined;
  readonly macro?: NonNullable<FrameAurocOptions['macro']>;
  readonly causal?: number | undefined;
}

export function metricsCommand(context: CliContext, finish: (output: Output) => void) {
  const known = (role: keyof ColumnNames): string => recognised[role].join(' or ');
  return defineCommand(
    'metrics',
    {
      summary: 'Measure scores from anywhere: CSV files with a score and the truth of each sample',
      examples: [
        'memae metrics scores.csv',
        'memae metrics ped2.csv avenue.csv --json',
        'memae metrics part-1.csv part-2.csv --join',
        'memae metrics psnr.csv --score psnr --label is_abnormal --clip video_id --normality',
      ],
    },
    context,
  )
    .argument('<files...>', 'CSV files with a header; each is measured on its own')
    .option('--score <column>', `the score, higher = more anomalous (default: ${known('score')})`)
    .option('--label <column>', `the truth: 1 anomalous, 0 normal (default: ${known('label')})`)
    .option(
      '--clip <column>',
      `the video of a frame; without such a column, samples are on their own (default: ${known('clip')})`,
    )
    .option(
      '--frame <column>',
      `the place of a frame in its video; without it, rows are in order (default: ${known('frame')})`,
    )
    .option('--normality', 'scores tell how normal a sample is, as PSNR does: turn them round')
    .option('--join', 'measure all files as one')
    .addOption(
      new Option(
        '--macro <how>',
        'give every video a normal frame with its lowest and an anomalous one with its highest score, or leave out ' +
          'those with one kind of frame (default: pad)',
      ).choices(['pad', 'leave-out']),
    )
    .option(
      '--causal <frames>',
      'also scale each video by its first so many frames alone, as a stream must be',
      wholeNumber({ min: 1 }),
    )
    .action(async (files, flags) => {
      finish(await measure(files, flags, context));
    });
}

async function measure(
  files: readonly string[],
  flags: MetricsFlags,
  { cwd }: CliContext,
): Promise<Output> {
  const sets: Named[] = [];
  for (const file of files) {
    const table = await readScores(resolve(cwd, file), { shown: file, columns: flags });
    sets.push({ name: file, table: flags.normality === true ? turned(table) : table });
  }
  requireVideos(sets, flags);
  const measured = (flags.join === true ? [joined(sets)] : sets).map((set) =>
    measureSet(set, flags),
  );
  return { document: { sets: measured }, text: measured.map(describe).join('\n') };
}

/** What is said of videos must have some, and frames of videos are not joined with samples on their own. */
function requireVideos(
  sets: readonly Named[],
  flags: Pick<MetricsFlags, 'join' | 'macro' | 'causal'>,
): void {
  const alone = sets.find(({ table }) => table.clips === null);
  if (alone === undefined) return;
  const needs =
    flags.causal !== undefined
      ? '--causal is'
      : flags.macro !== undefined
        ? '--macro is'
        : flags.join === true && sets.some(({ table }) => table.clips !== null)
          ? 'the other files joined are'
          : undefined;
  if (needs === undefined) return;
  throw cliError(
    'CLI_USAGE',
    `${alone.name} has no column that tells videos apart (${recognised.clip.join(' or ')}), but ${needs} of videos. ` +
      'Name it by --clip, or add one.',
  );
}

interface Named {
  readonly name: string;
  readonly table: ScoreTable;
}

function turned(table: ScoreTable): ScoreTable {
  return { ...table, scores: table.scores.map((score) => -score) };
}

/** Clips of different files are different clips. */
function joined(sets: readonly Named[]): Named {
  const clips = sets.flatMap(({ name, table }) =>
    (table.clips ?? []).map((clip) => (sets.length === 1 ? clip : `${name}/${clip}`)),
  );
  const scores = sets.flatMap(({ table }) => table.scores);
  const labels = sets.flatMap(({ table }) => table.labels);
  return {
    name: sets.map(({ name }) => basename(name)).join(' + '),
    table: { scores, labels, clips: clips.length > 0 ? clips : null },
  };
}

interface Figures {
  readonly auroc: number;
  readonly aupr: number;
  readonly eer: number;
  readonly f1Max: number;
}

interface Measured {
  readonly name: string;
  readonly samples: number;
  readonly anomalies: number;
  /** Of scores as they are, all samples joined. */
  readonly raw: Figures;
  /** `null` for samples that are no frames of videos. */
  readonly videos:
    | (Omit<FrameAuroc, 'micro' | 'microNormalised'> & {
        readonly count: number;
        /** After min–max within each video. */
        readonly normalised: Figures;
        /** After scaling by each video's first frames. */
        readonly causal: (Figures & { readonly frames: number }) | null;
      })
    | null;
}

function measureSet({ name, table }: Named, { macro = 'pad', causal }: MetricsFlags): Measured {
  const { scores, labels, clips } = table;
  const samples = scores.length;
  const anomalies = labels.reduce((count, label) => count + label, 0);
  try {
    const raw = figures({ scores, labels });
    if (clips === null) return { name, samples, anomalies, raw, videos: null };
    const videos = groupByVideo(clips, { scores, labels });
    const { parts, macro: mean, singleClass, constant } = frameAuroc(videos, { macro });
    return {
      name,
      samples,
      anomalies,
      raw,
      videos: {
        count: videos.length,
        normalised: figures(joinVideos(normaliseVideos(videos))),
        causal:
          causal === undefined
            ? null
            : { frames: causal, ...figures(joinVideos(videos.map((v) => asStream(v, causal)))) },
        parts,
        macro: mean,
        singleClass,
        constant,
      },
    };
  } catch (error) {
    if (!(error instanceof MemaeError)) throw error;
    throw new MemaeError(error.code, `${name}: ${error.message}`, { cause: error });
  }
}

function asStream(video: Video, calibration: number): Video {
  return { ...video, scores: normaliseStream(video.scores, { calibration }) };
}

function figures({ scores, labels }: Frames | Pick<ScoreTable, 'scores' | 'labels'>): Figures {
  return {
    auroc: rocAuc(scores, labels),
    aupr: averagePrecision(scores, labels),
    eer: equalErrorRate(scores, labels).value,
    f1Max: f1Max(scores, labels).value,
  };
}

function describe({ name, samples, anomalies, raw, videos }: Measured): string {
  if (videos === null) {
    return `${name}: ${samples} samples, ${anomalies} of them anomalous\n${head}${row('as they are', raw)}`;
  }
  const { count, normalised, parts, causal, macro, singleClass, constant } = videos;
  const named = (about: string, names: readonly string[]): string =>
    names.length === 0 ? '' : `  ${about}: ${names.join(', ')}\n`;
  return (
    `${name}: ${samples} frames of ${count} videos, ${anomalies} of them anomalous\n${head}` +
    row('all frames, raw', raw) +
    row('all frames, min–max a video', normalised) +
    (parts === null ? '' : apart(parts)) +
    (causal === null ? '' : row(`all frames, by ${causal.frames} past ones`, causal)) +
    `  ${'mean over videos'.padEnd(width)}${macro.toFixed(4)}\n` +
    named('videos with one kind of frame', singleClass) +
    named('videos with one score throughout', constant)
  );
}

/** What the normalised AUROC is made of. */
function apart({ share, throughout, others }: NormalisedParts): string {
  const line = (part: number, of: string, area: number): string =>
    `    ${`${(100 * part).toFixed(0)} % in videos ${of}`.padEnd(width - 2)}${area.toFixed(4)}\n`;
  return line(share, 'all anomalous', throughout) + line(1 - share, 'that are not', others);
}

const width = 32;
const head = `  ${''.padEnd(width)}AUROC   AUPR    EER     F1-max\n`;

function row(name: string, { auroc, aupr, eer, f1Max: best }: Figures): string {
  const cells = [auroc, aupr, eer, best].map((value) => value.toFixed(4));
  return `  ${name.padEnd(width)}${cells.join('  ')}\n`;
}
