// One command line from its words to its exit status. Nothing here ends the process.

import { Command, CommanderError } from '@commander-js/extra-typings';
import packageJson from '../package.json' with { type: 'json' };
import { prepare } from './command.ts';
import { dataCommand } from './commands/data.ts';
import { driftCommand } from './commands/drift.ts';
import { evaluateCommand } from './commands/evaluate.ts';
import { exportCommand } from './commands/export.ts';
import { infoCommand } from './commands/info.ts';
import { initCommand } from './commands/init.ts';
import { listCommand } from './commands/list.ts';
import { metricsCommand } from './commands/metrics.ts';
import { reproduceCommand } from './commands/reproduce.ts';
import { scoreCommand } from './commands/score.ts';
import { serveCommand } from './commands/serve.ts';
import { startCommand } from './commands/start.ts';
import { trainCommand } from './commands/train.ts';
import type { CliContext, Output } from './context.ts';
import { describeError, exitCodes } from './exit.ts';

export type { CliContext, Output } from './context.ts';
export { exitCodes } from './exit.ts';

/** Runs one command line (without the program's name) and returns its exit status; see `exitCodes`. */
export async function runCli(args: readonly string[], context: CliContext): Promise<number> {
  const json = args.includes('--json');
  let output: Output | undefined;
  const program = createProgram(context, (result) => {
    output = result;
  });
  try {
    await program.parseAsync(args, { from: 'user' });
  } catch (error) {
    // Help and version were asked for, and are printed.
    if (error instanceof CommanderError && error.exitCode === 0) return exitCodes.ok;
    const { status, code, message, stack } = describeError(error, context);
    // Over a line of progress, should there be one.
    if (context.stderr.isTTY === true) context.stderr.write('\r\x1b[2K');
    if (json) context.stdout.write(`${JSON.stringify({ error: { code, message } })}\n`);
    else context.stderr.write(`memae: ${code}: ${message}\n`);
    if (stack !== undefined) context.stderr.write(`${stack}\n`);
    return status;
  }
  if (output !== undefined) {
    context.stdout.write(json ? `${JSON.stringify(output.document)}\n` : output.text);
  }
  return output?.status ?? exitCodes.ok;
}

function createProgram(context: CliContext, finish: (output: Output) => void): Command {
  const program = new Command('memae')
    .description(packageJson.description)
    .version(packageJson.version)
    .addHelpText(
      'after',
      `
Examples:
  memae start
  memae train my-pictures/
  memae train --data mnist --normal 5 --method memae --out runs/five
  memae evaluate runs/five
  memae score runs/five pictures/ --out scores.csv
  memae serve runs/five
  memae metrics scores-of-anyone.csv

Each command tells more: memae train --help

Exit status: 0 done · 1 the job failed · 2 wrong usage · 3 the data have changed (drift --fail) · 130 interrupted · 143 terminated`,
    );
  const commands = [
    startCommand,
    listCommand,
    dataCommand,
    initCommand,
    trainCommand,
    evaluateCommand,
    scoreCommand,
    infoCommand,
    driftCommand,
    serveCommand,
    exportCommand,
    metricsCommand,
    reproduceCommand,
  ];
  for (const create of commands) program.addCommand(create(context, finish));
  prepare(program, context);
  return program;
}
