// `memae drift`: whether new data are still like those that a run was trained on and calibrated by.

import { resolve } from 'node:path';
import { createRandom } from '@memae/graph';
import {
  type ColumnDrift,
  type Drift,
  collectInputs,
  driftOf,
  tellColumn,
  watched,
} from '@memae/scoring';
import { defaultSeed, defineCommand } from '../command.ts';
import type { CliContext, Output } from '../context.ts';
import { cliError } from '../error.ts';
import { exitCodes } from '../exit.ts';
import { openRun } from '../open-run.ts';
import { between0and1, dataOption, imageSize } from '../parse.ts';
import { createProgress, figure } from '../progress.ts';
import { type FileFlags, openFiles } from '../scored-files.ts';
import { use } from '../use.ts';

interface DriftFlags extends FileFlags {
  readonly level?: number | undefined;
  readonly fail?: true | undefined;
  readonly json?: true | undefined;
  readonly engine?: string | undefined;
  readonly threads?: number | undefined;
}

export function driftCommand(context: CliContext, finish: (output: Output) => void) {
  return defineCommand(
    'drift',
    {
      summary:
        'Compare new data with those of a finished run: scores, false alarms, and each column',
      examples: [
        'memae drift runs/sales march.csv',
        'memae drift runs/good pictures/ --size 64x64 --json',
        'memae drift runs/sales march.csv --fail || memae train --continue runs/sales --data march.csv --out runs/march',
      ],
      engine: 'what computes: ort',
      exits: ' 3 the data have changed, with --fail ·',
    },
    context,
  )
    .argument('<run>', 'the folder that memae train wrote')
    .argument('<files...>', 'normal data, as for score')
    .option(
      '--level <share>',
      'how often data that have not changed may be called changed (default: 0.01)',
      between0and1,
    )
    .option('--fail', 'exit with status 3 where the data have changed')
    .option('--size <height>x<width>', 'as for score', imageSize)
    .option('--data-option <name=value>', 'of files of tables: format and where', dataOption)
    .action(async (run, files, flags) => {
      finish(await drift({ run, files }, flags, context));
    });
}

async function drift(
  { run, files }: { readonly run: string; readonly files: readonly string[] },
  flags: DriftFlags,
  context: CliContext,
): Promise<Output> {
  const progress = createProgress(context, { json: flags.json === true });
  return use(await openRun(resolve(context.cwd, run), flags, context), async (scorer) => {
    const { manifest } = scorer;
    if (manifest.calibration === undefined && manifest.inputs === undefined) {
      throw cliError(
        'CLI_USAGE',
        `${run} is of an earlier version and keeps nothing to compare with. Train it again with memae train.`,
      );
    }
    if (manifest.inputs === undefined) {
      progress.onWarning(
        `${run} keeps no summary of its training data, as models of memae start and of earlier versions do not: only scores are compared.`,
      );
    }
    const inputs = collectInputs(manifest, createRandom(defaultSeed));
    const scores: number[] = [];
    for await (const dataset of openFiles(files, { manifest, flags, context, progress })) {
      for await (const part of scorer.score(watched(dataset, inputs))) {
        for (const score of part.scores) scores.push(score);
        progress.status(`scored ${scores.length} samples`);
      }
    }
    progress.end();
    const { level = 0.01 } = flags;
    const found = driftOf(manifest, { scores, inputs: inputs.collected(), level });
    return {
      document: { run, ...found },
      text: describe(run, found),
      status: flags.fail === true && found.drifted ? exitCodes.drifted : exitCodes.ok,
    };
  });
}

/** Columns that are told where nothing has changed. */
const unchangedTold = 3;

function describe(
  run: string,
  { drifted, level, samples, scores, alarms, columns }: Drift,
): string {
  const p = (pValue: number): string => (pValue < 1e-4 ? 'p < 0.0001' : `p = ${figure(pValue)}`);
  const mark = (test: { readonly drifted: boolean; readonly pValue: number }): string =>
    `${p(test.pValue)}${test.drifted ? '  changed' : ''}`;
  const percent = (share: number): string => `${figure(100 * share)} %`;
  const changed = columns?.filter((column) => column.drifted) ?? [];
  const told = changed.length > 0 ? changed : (columns?.slice(0, unchangedTold) ?? []);
  const columnLine = (column: ColumnDrift): string =>
    `    ${tellColumn(column)}  ${mark(column)}\n`;
  return [
    `${run} and ${samples} new samples: ${drifted ? 'the data have changed' : 'no change found'} (level ${percent(level)})\n`,
    scores === undefined
      ? ''
      : `  scores   median ${figure(scores.was)} → ${figure(scores.is)}  ${mark(scores)}\n`,
    alarms === undefined
      ? ''
      : `  alarms   ${percent(alarms.rate)}, 95 % interval ${alarms.interval.map(percent).join(' to ')}` +
        `${alarms.nominal === null ? '' : `, nominal ${percent(alarms.nominal)}`}  ${mark(alarms)}\n`,
    columns === undefined
      ? ''
      : `  inputs   ${changed.length} of ${columns.length} have changed${told.length > 0 ? '; those that moved most:' : ''}\n`,
    ...told.map(columnLine),
  ].join('');
}
