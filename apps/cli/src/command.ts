// What every command has alike: its help, the options they share, and refusals that name what is known.

import { availableParallelism } from 'node:os';
import { Command, type CommanderError, Option } from '@commander-js/extra-typings';
import type { CliContext } from './context.ts';
import { cliError } from './error.ts';
import { wholeNumber } from './parse.ts';

/** The seed of everything drawn, unless another is asked for. */
export const defaultSeed = 7;

export interface CommandText {
  readonly summary: string;
  readonly examples: readonly string[];
  /** What the seed draws; without it, the option is taken and does nothing. */
  readonly seed?: string;
  /** More exit statuses, as ` 3 what it means ·`. */
  readonly exits?: string;
  /** What the engine computes, likewise. */
  readonly engine?: string;
}

const idle = 'taken by every command; of no effect here';

/** A command with `--json`, `--seed`, `--engine` and `--threads`. */
export function defineCommand(name: string, text: CommandText, context: CliContext) {
  const engines = context.backends({}).map(({ id }) => id);
  const examples = text.examples.map((example) => `  ${example}\n`).join('');
  const command = new Command(name)
    .summary(text.summary)
    .description(`${text.summary}.`)
    .option('--json', 'print exactly one JSON document on stdout')
    .option('--seed <number>', text.seed ?? idle, wholeNumber({ min: 0 }))
    .addOption(new Option('--engine <name>', text.engine ?? idle).choices(engines))
    .option(
      '--threads <number>',
      text.engine === undefined ? idle : 'threads of the engine (default: one a core)',
      // Threads that outnumber the cores wait in loops; thousands of them stop a machine.
      wholeNumber({ min: 1, max: Math.max(64, availableParallelism()) }),
    )
    .addHelpText(
      'after',
      `\nExamples:\n${examples}\n` +
        `Exit status: 0 done · 1 the job failed · 2 wrong usage ·${text.exits ?? ''} 130 interrupted · 143 terminated`,
    );
  return command;
}

/** Lets a command and those under it print to the context's streams, and throw where they would exit. */
export function prepare(command: Command, context: CliContext): void {
  command
    .configureOutput({
      writeOut: (text) => context.stdout.write(text),
      // What is wrong is told once, by whoever catches the error.
      writeErr: () => undefined,
    })
    .exitOverride((error) => {
      throw error.exitCode === 0 ? error : usageError(error, command);
    });
  for (const option of command.options) {
    command.on(`option:${option.name()}`, (value: unknown) => {
      // Else `--explain --out scores.csv` would write into a folder called "--out".
      if (option.required && command.options.some(({ long }) => long === value))
        throw refusal(
          command,
          `"${option.flags}" needs what it names, but "${String(value)}" came, an option itself.`,
        );
      if (value === '' && /<.*(file|folder|path)/.test(option.flags))
        throw refusal(command, `"${option.flags}" needs what it names, but it is empty.`);
    });
  }
  // An empty path would be that of the folder one is in, as a shell gives it for a variable that is not set.
  command.hook('preAction', (_, called) => {
    if (called.args.includes('')) throw refusal(called as Command, 'A name or a path is empty.');
  });
  for (const child of command.commands) prepare(child as Command, context);
}

/**
 * Where the result goes. Looked at after all else, so that a misspelt `--oot` is called what it is.
 * @throws `CLI_USAGE`
 */
export function requireOut(out: string | undefined): string {
  if (out !== undefined) return out;
  throw cliError('CLI_USAGE', '--out is missing: name where the result goes, as --out runs/five.');
}

function usageError(error: CommanderError, command: Command): Error {
  const children = command.commands.map((child) => child.name()).join(', ');
  const said = error.message.replace(/^error: /, '').replaceAll('\n', ' ');
  const known: Readonly<Record<string, string>> = {
    'commander.help': `Name a command: ${children}.`,
    'commander.unknownCommand': `${said}. Known: ${children}.`,
    'commander.unknownOption': `${said}. Known: ${command.options.map(({ long }) => long).join(', ')}.`,
  };
  const what = known[error.code] ?? (/[.)]$/.test(said) ? said : `${said}.`);
  return refusal(command, what);
}

function refusal(command: Command, message: string): Error {
  return cliError('CLI_USAGE', `${message} "${pathOf(command)} --help" tells more.`);
}

function pathOf(command: Command): string {
  const names: string[] = [];
  for (let at: Command | null = command; at !== null; at = at.parent as Command | null) {
    names.unshift(at.name());
  }
  return names.join(' ');
}
