// Words of the command line as values.

import { InvalidArgumentError } from '@commander-js/extra-typings';
import type { RawOptions } from '@memae/training';
import { cliError } from './error.ts';

/** `7`, not below `min`, nor above `max`. */
export function wholeNumber({
  min,
  max,
}: {
  readonly min: number;
  readonly max?: number;
}): (text: string) => number {
  return (text) => {
    const value = Number(text);
    const within = value >= min && value <= (max ?? Number.MAX_SAFE_INTEGER);
    if (/^\d+$/.test(text) && within) return value;
    const range = max === undefined ? `of ${min} or more` : `from ${min} to ${max}`;
    throw new InvalidArgumentError(`A whole number ${range} was expected.`);
  };
}

/** `0.05`, more than 0 and less than 1. */
export function between0and1(text: string): number {
  const value = Number(text);
  if (value > 0 && value < 1) return value;
  throw new InvalidArgumentError('A number above 0 and below 1 was expected, as 0.05.');
}

/** `28x28`: height and width. */
export function imageSize(text: string): [height: number, width: number] {
  const [, height, width] = /^(\d{1,5})[x×](\d{1,5})$/.exec(text) ?? [];
  if (Number(height) > 0 && Number(width) > 0) return [Number(height), Number(width)];
  throw new InvalidArgumentError(
    'A height and a width of five digits at most were expected, as 28x28.',
  );
}

/** `memory.slots=100`, joined to those before it. */
export function setting(text: string, before: RawOptions = {}): RawOptions {
  return { ...before, ...pair(text, 'memory.slots=100') };
}

/** `protocol=B`, likewise. */
export function dataOption(text: string, before: RawOptions = {}): RawOptions {
  return { ...before, ...pair(text, 'protocol=B') };
}

/**
 * What flags say that are short for another, as `--epochs 2` for `--set training.epochs=2`.
 * @throws `CLI_USAGE` where that says something else
 */
export function requireAgreed<Options extends RawOptions>(
  short: Options,
  { flag, long = {} }: { readonly flag: string; readonly long?: RawOptions | undefined },
): Options {
  for (const [name, value] of Object.entries(short)) {
    const other = Object.hasOwn(long, name) ? long[name] : value;
    if (String(other) === String(value)) continue;
    const own = `--${name.replace('training.', '')}`;
    throw cliError(
      'CLI_USAGE',
      `${name} is ${other} by ${flag}, but ${value} by ${own}, which is short for it: say it once.`,
    );
  }
  return short;
}

function pair(text: string, example: string): RawOptions {
  const [, name, value] = /^([^=]+)=(.*)$/s.exec(text) ?? [];
  if (name === undefined || value === undefined) {
    throw new InvalidArgumentError(`A setting was expected, as ${example}.`);
  }
  return { [name]: value };
}
