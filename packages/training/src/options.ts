// Options are data: one table gives the types, the defaults, the checks, the flags and the docs.

import { MemaeError } from '@memae/graph';

/** One option: enough to type it, default it, check it and print it as a flag. */
export type Option =
  | {
      readonly type: 'integer' | 'number';
      /** Where it is `auto`, the option also takes that word: the data decide. */
      readonly default: number | 'auto';
      /** Smallest and largest value allowed. */
      readonly min?: number;
      readonly max?: number;
      readonly about: string;
    }
  | { readonly type: 'boolean'; readonly default: boolean; readonly about: string }
  | {
      readonly type: 'choice';
      readonly of: readonly string[];
      readonly default: string;
      readonly about: string;
    }
  | {
      readonly type: 'text';
      readonly default: string;
      readonly pattern: RegExp;
      /** What the pattern says, in words. */
      readonly takes: string;
      readonly about: string;
    };

/** Options by name; a dot groups them: `memory.slots`. */
export type OptionTable = Readonly<Record<string, Option>>;

/** The values of a table's options. */
export type OptionsOf<T extends OptionTable> = { readonly [K in keyof T]: ValueOf<T[K]> };

/** The same once the data are known: nothing is `auto` any more. */
export type SettledOf<T extends OptionTable> = {
  readonly [K in keyof T]: Exclude<ValueOf<T[K]>, 'auto'>;
};

type ValueOf<O extends Option> = O extends {
  type: 'choice';
  of: readonly (infer V extends string)[];
}
  ? V
  : O extends { type: 'boolean' }
    ? boolean
    : O extends { type: 'text' }
      ? string
      : number | (O extends { default: 'auto' } ? 'auto' : never);

/** Options as they come from a command line or a file. */
export type RawOptions = Readonly<Record<string, string | number | boolean>>;

/**
 * Defaults, with the raw values over them, checked against the table.
 * @throws `DETECTOR_BAD_OPTION` naming the option, what it takes and what came.
 */
export function resolveOptions<const T extends OptionTable>(
  table: T,
  raw: RawOptions = {},
): OptionsOf<T> {
  const unknown = Object.keys(raw).find((name) => !Object.hasOwn(table, name));
  if (unknown !== undefined) {
    throw new MemaeError(
      'DETECTOR_BAD_OPTION',
      `There is no option ${unknown}. Known: ${Object.keys(table).join(', ')}.`,
    );
  }
  return Object.fromEntries(
    Object.entries(table).map(([name, option]) => {
      const value = raw[name];
      return [name, value === undefined ? option.default : parse(name, option, value)];
    }),
  ) as OptionsOf<T>;
}

function parse(name: string, option: Option, raw: string | number | boolean): unknown {
  const refuse = (): never => {
    throw new MemaeError(
      'DETECTOR_BAD_OPTION',
      `Option ${name} takes ${describeOption(option)}, but "${raw}" came.`,
    );
  };
  if (option.type === 'boolean') {
    if (raw === true || raw === 'true') return true;
    return raw === false || raw === 'false' ? false : refuse();
  }
  if (option.type === 'choice') {
    return option.of.includes(String(raw)) ? String(raw) : refuse();
  }
  if (option.type === 'text') {
    return option.pattern.test(String(raw)) ? String(raw) : refuse();
  }
  if (raw === 'auto' && option.default === 'auto') return raw;
  const value = typeof raw === 'string' && raw.trim() !== '' ? Number(raw) : raw;
  if (typeof value !== 'number' || !Number.isFinite(value)) return refuse();
  if (option.type === 'integer' && !Number.isInteger(value)) return refuse();
  const { min = -Infinity, max = Infinity } = option;
  return value >= min && value <= max ? value : refuse();
}

/** What an option takes, in words: `a whole number of 1 or more`. */
export function describeOption(option: Option): string {
  if (option.type === 'boolean') return 'true or false';
  if (option.type === 'choice') return `one of ${option.of.join(', ')}`;
  if (option.type === 'text') return option.takes;
  const kind = option.type === 'integer' ? 'a whole number' : 'a number';
  return `${kind}${describeRange(option)}${option.default === 'auto' ? ', or auto' : ''}`;
}

function describeRange({ min, max }: { readonly min?: number; readonly max?: number }): string {
  if (min !== undefined && max !== undefined) return ` from ${min} to ${max}`;
  if (min !== undefined) return ` of ${min} or more`;
  return max === undefined ? '' : ` of ${max} or less`;
}
