// `memae score`: one line a sample, of any files, by what was exported.

import { once } from 'node:events';
import { isAbsolute, relative, resolve } from 'node:path';
import { tiledOf } from '@memae/datasets';
import { createRandom } from '@memae/graph';
import {
  type Judgement,
  collectInputs,
  grossDrift,
  judge,
  judgementOf,
  watched,
} from '@memae/scoring';
import { defaultSeed, defineCommand } from '../command.ts';
import type { CliContext, Output } from '../context.ts';
import { csvLine, shortest } from '../csv.ts';
import { strictOption } from '../data-options.ts';
import { cliError } from '../error.ts';
import { type ExplainFlags, explainOption, explaining, topOption } from '../explain-scores.ts';
import { openRun } from '../open-run.ts';
import { dataOption, imageSize, wholeNumber } from '../parse.ts';
import { createProgress } from '../progress.ts';
import { type LiveFlags, requireOneSource, scoreLiveSource } from '../score-live.ts';
import { requireSpare } from '../require-spare.ts';
import { type FileFlags, openFiles } from '../scored-files.ts';
import { falseAlarmsOption, sensitivityOption, thresholdRuleOption } from '../threshold-flags.ts';
import { type Row, type Tally, count, flagged, lineOf, passOver, rowsOf } from '../score-rows.ts';
import { use } from '../use.ts';
import { beyondKept, nothingKept, outputDiffers, readKept, writeRows } from '../write-rows.ts';

interface ScoreFlags extends LiveFlags, FileFlags, ExplainFlags {
  readonly out?: string | undefined;
  readonly resume?: true | undefined;
}

export function scoreCommand(context: CliContext, finish: (output: Output) => void) {
  return defineCommand(
    'score',
    {
      summary: 'Score files with a finished run: pictures, videos, tables, or a live source',
      examples: [
        'memae score runs/five digits-idx3-ubyte.gz --out scores.csv',
        'memae score runs/good pictures/ photo.jpg --size 64x64 > scores.csv',
        'memae score runs/good pictures/ --json',
        'memae score runs/ped2 frames/ monday.mp4 --out scores.csv',
        'memae score runs/ped2 --live rtsp://camera/stream --reconnect 10',
        'memae score runs/kdd kddcup99 --out scores.csv',
        'memae score runs/kdd kddcup99 --threshold-rule conformal --false-alarms 0.01 --out scores.csv',
        'memae score runs/good pictures/ --sensitivity 0.7',
        'memae score runs/sales new.csv --out scores.csv',
        'memae score runs/sales new.csv --out scores.csv --resume',
        'memae score runs/good pictures/ --explain why --top 50 --out scores.csv',
      ],
      engine: 'what computes: ort',
    },
    context,
  )
    .argument('<run>', 'the folder that memae train wrote')
    .argument(
      '[files...]',
      'as the model takes them: pictures, IDX files and folders of them; video files and folders of numbered frames, a row a ' +
        'frame; ' +
        "kddcup99, flows, or files in KDDCUP99's layout, a row a row; CSV, TSV, JSON and Parquet files with the model's columns",
    )
    .option(
      '--out <file>',
      'a CSV file: key, score, normalised (0.5 at the threshold), label (1: anomalous); p_value with the rule conformal',
    )
    .option('--resume', 'go on with a file that was stopped, by its rows in <file>.partial')
    .addOption(thresholdRuleOption())
    .addOption(falseAlarmsOption('that of the run'))
    .addOption(sensitivityOption())
    .addOption(explainOption())
    .addOption(topOption())
    .option(
      '--size <height>x<width>',
      'resize pictures (frames come to what the model takes by themselves)',
      imageSize,
    )
    .addOption(strictOption())
    .option('--data-option <name=value>', 'of files of tables: format and where', dataOption)
    .option(
      '--live <source>',
      'instead of files, a line a frame as it comes: rtsp:// and other addresses, /dev/video0, lavfi:testsrc, a video file',
    )
    .option('--frames <number>', 'with --live: end after so many frames', wholeNumber({ min: 1 }))
    .option('--duration <seconds>', 'with --live: end after so long', wholeNumber({ min: 1 }))
    .option(
      '--realtime',
      'with --live: play a file at its own pace, letting go of frames if need be',
    )
    .option(
      '--reconnect <times>',
      'with --live: try again so often in a row when the network fails (default: 0)',
      wholeNumber({ min: 0 }),
    )
    .option(
      '--alarm-begin <frames>',
      'with --live: flagged frames in a row that begin an alarm (default: 3)',
      wholeNumber({ min: 1 }),
    )
    .option(
      '--alarm-end <frames>',
      'with --live: frames in a row, not flagged, that end it (default: 10)',
      wholeNumber({ min: 1 }),
    )
    .action(async (run, files, flags) => {
      const { live } = flags;
      requireOneSource(files, flags);
      if (flags.top !== undefined && flags.explain === undefined) {
        throw cliError(
          'CLI_USAGE',
          '--top says how many are explained: name a folder by --explain.',
        );
      }
      finish(
        await (live === undefined
          ? score({ run, files }, flags, context)
          : scoreLiveSource({ run, source: live }, flags, context)),
      );
    });
}

async function score(
  { run, files }: { readonly run: string; readonly files: readonly string[] },
  flags: ScoreFlags,
  context: CliContext,
): Promise<Output> {
  const { cwd } = context;
  const progress = createProgress(context, { json: flags.json === true });
  return use(await openRun(resolve(cwd, run), flags, context), async (scorer) => {
    const judgement = judgementOf(scorer.manifest, flags);
    if (judgement.advice !== undefined) progress.onWarning(judgement.advice);
    const absolute = files.some((file) => isAbsolute(file));
    const tally: Tally = { samples: 0, flagged: 0, judged: false };
    const inputs = collectInputs(scorer.manifest, createRandom(defaultSeed));
    const why = await explaining(flags, { scorer, run, files, judgement, context });
    const header = csvLine([
      ...['key', 'score', 'normalised', 'label'],
      ...(judgement.calibration === undefined ? [] : ['p_value']),
    ]);
    const out =
      flags.out === undefined
        ? undefined
        : await requireSpare(flags.out, {
            ...{ run, inputs: files, cwd },
            kind: scorer.manifest.preparation?.kind,
          });
    const kept =
      out !== undefined && flags.resume === true
        ? await readKept(out, { header, counts: flagged(header) })
        : nothingKept;
    if (flags.resume === true) {
      progress.note(
        kept.rows === 0
          ? 'There are no rows to go on from: scoring starts from the beginning.'
          : `Going on after ${kept.rows} rows.`,
      );
    }
    tally.flagged = kept.counted;
    async function* scored(): AsyncGenerator<Row[]> {
      const { manifest } = scorer;
      for await (const dataset of openFiles(files, { manifest, flags, context, progress })) {
        // A row of a series comes of several windows, one of a picture of several tiles; reasons are told of all rows.
        const anew =
          manifest.preparation?.kind === 'series' ||
          tiledOf(dataset) !== undefined ||
          why !== undefined;
        const rest = passOver(dataset, {
          samples: anew ? 0 : kept.rows - tally.samples,
          onPassed: (samples) => {
            tally.samples += samples;
          },
        });
        for await (const part of scorer.score(watched(rest, inputs))) {
          const keys = part.keys.map((key) =>
            absolute || !isAbsolute(key) ? key : relative(cwd, key),
          );
          const judged = judge({ ...part, keys }, judgement);
          await why?.take(judged);
          yield rowsOf(judged);
          progress.status(`scored ${tally.samples} samples`);
        }
      }
      progress.end();
      const gross = grossDrift(scorer.manifest, inputs.collected());
      if (gross !== undefined) progress.onWarning(gross);
    }
    /** Written as they come: there may be more than memory holds. */
    async function* lines(): AsyncGenerator<readonly string[]> {
      for await (const rows of scored()) {
        const from = tally.samples;
        count(tally, rows, kept.rows - from);
        yield out === undefined
          ? rows.map(lineOf)
          : beyondKept(out, { lines: rows.map(lineOf), from, kept });
      }
      if (out !== undefined && tally.samples < kept.rows) throw outputDiffers(out, tally.samples);
    }
    if (out !== undefined && flags.out !== undefined) {
      const onPartial = (partial: string, rows: number): void => {
        progress.note(
          `${relative(cwd, partial)} holds the first ${rows} rows; the same command with --resume goes on from there.`,
        );
      };
      await writeRows(out, { header, rows: lines(), kept, onPartial });
      const told = summary(judgement, tally);
      const reasons = await why?.finish();
      return {
        document: { ...told, ...reasons?.document, out: flags.out },
        text:
          `${flags.out}: ${told.samples} samples, ${told.flagged ?? 'none'} above the threshold\n` +
          (reasons?.text ?? ''),
      };
    }
    if (flags.json === true) {
      const scores: Row[] = [];
      for await (const rows of scored()) {
        count(tally, rows, 0);
        scores.push(...rows);
        if (scores.length > mostTold) throw tooMany();
      }
      const reasons = await why?.finish();
      return { document: { ...summary(judgement, tally), ...reasons?.document, scores }, text: '' };
    }
    let begun = false;
    for await (const some of lines()) {
      await print(context, `${begun ? '' : header}${some.join('')}`);
      begun = true;
    }
    const reasons = await why?.finish();
    if (reasons !== undefined) progress.note(reasons.text.trimEnd());
    return { document: undefined, text: '' };
  });
}

/** Samples that one JSON document tells of. */
const mostTold = 100_000;

function tooMany() {
  return cliError(
    'CLI_TOO_MANY',
    `One JSON document tells of ${mostTold} samples at most, but there are more. Write them to a file by --out, or leave ` +
      'out --json: rows are printed as they come.',
  );
}

/** Waits until the reader has taken it; one that has seen enough is no error. */
async function print({ stdout }: CliContext, text: string): Promise<void> {
  if (stdout.writable && !stdout.write(text)) await once(stdout, 'drain').catch(() => undefined);
}

function summary(
  { decision, rule, falseAlarms }: Judgement,
  {
    samples,
    flagged,
    judged,
  }: { readonly samples: number; readonly flagged: number; readonly judged: boolean },
) {
  return {
    samples,
    flagged: judged ? flagged : null,
    threshold: shortest(decision?.threshold),
    thresholdRule: rule ?? null,
    falseAlarms: falseAlarms ?? null,
  };
}
