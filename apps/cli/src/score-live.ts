// `memae score RUN --live SOURCE`: a line a frame as it comes, until the source, a limit or Ctrl-C ends it.

import { resolve } from 'node:path';
import type { LiveEvent } from '@memae/datasets';
import { type FrameScore, type ThresholdWish, judgementOf, scoreLive } from '@memae/scoring';
import type { CliContext, Output } from './context.ts';
import { csvLine, shortest } from './csv.ts';
import { ffmpegOf } from './data-source.ts';
import { cliError } from './error.ts';
import { openRun } from './open-run.ts';
import { type Progress, createProgress, duration } from './progress.ts';
import { use } from './use.ts';

export interface LiveFlags extends ThresholdWish {
  readonly live?: string | undefined;
  readonly frames?: number | undefined;
  readonly duration?: number | undefined;
  readonly realtime?: true | undefined;
  readonly reconnect?: number | undefined;
  readonly alarmBegin?: number | undefined;
  readonly alarmEnd?: number | undefined;
  readonly json?: true | undefined;
  readonly engine?: string | undefined;
  readonly threads?: number | undefined;
}

/** The flags that mean something for a live source alone, and for files alone. */
const liveOnly = ['frames', 'duration', 'realtime', 'reconnect', 'alarmBegin', 'alarmEnd'] as const;
const filesOnly = ['out', 'resume', 'explain', 'top', 'size', 'strict', 'dataOption'] as const;

/** @throws `CLI_USAGE` for files and a live source, or for neither, and for flags that are of the other */
export function requireOneSource(
  files: readonly string[],
  flags: LiveFlags & Readonly<Partial<Record<(typeof filesOnly)[number], unknown>>>,
): void {
  const { live } = flags;
  if ((live === undefined) !== files.length > 0) {
    throw cliError(
      'CLI_USAGE',
      live === undefined
        ? 'Name files to score, or a live source by --live.'
        : `Files (${files.join(', ')}) and a live source (${live}) both came: name one or the other.`,
    );
  }
  const other = (live === undefined ? liveOnly : filesOnly).find(
    (name) => flags[name] !== undefined,
  );
  if (other === undefined) return;
  const flag = `--${other.replaceAll(/[A-Z]/g, (capital) => `-${capital.toLowerCase()}`)}`;
  throw cliError(
    'CLI_USAGE',
    live === undefined
      ? `${flag} is for a live source: name one by --live, or leave it out.`
      : `${flag} is not for a live source, whose frames are sized as the model takes them, and told on stdout. Leave it out.`,
  );
}

const columns = ['frame', 'seconds', 'score', 'normalised', 'label', 'normality', 'alarm'] as const;

/** Writes to stdout as frames are scored; what comes back is the summary, which Ctrl-C brings, too. */
export async function scoreLiveSource(
  { run, source }: { readonly run: string; readonly source: string },
  flags: LiveFlags,
  context: CliContext,
): Promise<Output> {
  const { stdout, clock, cwd } = context;
  const json = flags.json === true;
  const progress = createProgress(context, { json });
  // What came before Ctrl-C is still scored.
  const unhurried = { signal: new AbortController().signal };
  const { threads, engine } = flags;
  const opening = { threads, engine, thread: true };
  return use(await openRun(resolve(cwd, run), opening, unhurried), async (scorer) => {
    const judgement = judgementOf(scorer.manifest, flags);
    if (judgement.advice !== undefined) progress.onWarning(judgement.advice);
    const { frames, duration: seconds, reconnect, alarmBegin, alarmEnd } = flags;
    const began = clock();
    const tally = { frames: 0, flagged: 0, alarms: 0, dropped: 0 };
    const scores = scoreLive(scorer, source, {
      judgement,
      clock,
      cwd,
      signal: context.signal,
      ...ffmpegOf(context),
      realtime: flags.realtime === true,
      ...(frames !== undefined && { frames }),
      ...(seconds !== undefined && { duration: seconds }),
      ...(reconnect !== undefined && { reconnect }),
      alarm: {
        ...(alarmBegin !== undefined && { begin: alarmBegin }),
        ...(alarmEnd !== undefined && { end: alarmEnd }),
      },
      onEvent: eventTeller(tally, { progress, clock }),
    });
    /** Whether anyone still reads. */
    const write = (text: string): Promise<boolean> =>
      new Promise((settle) => {
        stdout.write(text, (error) => {
          settle(!error);
        });
      });
    if (!json) await write(csvLine(columns));
    for await (const scored of scores) {
      tally.frames += 1;
      tally.flagged += scored.label ?? 0;
      tally.alarms += scored.alarm === 'begin' ? 1 : 0;
      const row = rounded(scored);
      const line = json ? `${JSON.stringify(row)}\n` : csvLine(columns.map((name) => row[name]));
      if (!(await write(line))) break;
    }
    const took = (clock() - began) / 1000;
    progress.note(
      `${source}: ${tally.frames} frames in ${duration(took)}, ${tally.flagged} above the threshold, ${tally.alarms} ` +
        `alarm${tally.alarms === 1 ? '' : 's'}; ${tally.dropped} more frames let go because scoring was slower than the source`,
    );
    return {
      document: {
        summary: { ...tally, seconds: took, threshold: shortest(judgement.decision?.threshold) },
      },
      text: '',
    };
  });
}

/** Drops are summed up every ten seconds. */
function eventTeller(
  tally: { dropped: number },
  { progress, clock }: { readonly progress: Progress; readonly clock: () => number },
): (event: LiveEvent) => void {
  let told = -Infinity;
  return (event) => {
    if (event.kind === 'lost') {
      progress.onWarning(`The source is lost (${event.reason}); trying again in ${event.wait} s.`);
      return;
    }
    tally.dropped += event.frames;
    if (clock() - told < 10_000) return;
    told = clock();
    progress.onWarning(
      `Frames come faster than they are scored: ${tally.dropped} were let go so far. Fewer frames a second, or a ` +
        'smaller model, would be seen whole.',
    );
  };
}

function rounded({ score, normalised, normality, seconds, ...rest }: FrameScore) {
  return {
    ...rest,
    seconds: Number(seconds.toFixed(3)),
    score: shortest(score),
    normalised: shortest(normalised ?? undefined),
    normality: Number(normality.toPrecision(6)),
  };
}
