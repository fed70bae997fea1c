// Everything that decides what a training run comes to, as data: from flags, from a file, in `run.json`.

import { resolve } from 'node:path';
import { isAddress, knownData } from '@memae/datasets';
import { type NormalRule, normalRules } from '@memae/metrics';
import { defaultFalseAlarms } from '@memae/scoring';
import type { RawOptions, Registry } from '@memae/training';
import * as v from 'valibot';
import { defaultSeed } from './command.ts';
import {
  type DataOptions,
  dataOptionsSchema,
  locateLabels,
  parseDataOptions,
} from './data-options.ts';
import { cliError } from './error.ts';

/** A run, resolved: the contents of `run.json`. */
export interface RunConfig {
  readonly format: 1;
  /** A known name, an address, or an absolute path. */
  readonly data: string;
  /** Of images, the class that is normal. */
  readonly normal: string | null;
  /** At most so many samples of each class, or rows. */
  readonly limit: number | null;
  /** Height and width that pictures and frames are resized to. */
  readonly size: readonly [number, number] | null;
  /** What else was said of the data; what was not is as the data set has it. */
  readonly dataOptions: DataOptions;
  readonly method: string;
  readonly preset: string | null;
  /** All options of the method, each with its value. */
  readonly options: RawOptions;
  readonly seed: number;
  /** How the threshold is chosen by the validation scores. */
  readonly thresholdRule: NormalRule;
  /** The share of normal samples that may be flagged. */
  readonly falseAlarms: number;
  readonly engine: string;
  /** The finished run that training goes on from. */
  readonly continues?: ContinuedRun;
}

export interface ContinuedRun {
  /** An absolute path. */
  readonly run: string;
  /** What its model was then. */
  readonly modelSha256: string;
}

/** What a person has said of a run so far; options of the data may still be words. */
export type GivenConfig = {
  readonly [K in keyof Omit<RunConfig, 'dataOptions'>]?: RunConfig[K] | undefined;
} & { readonly dataOptions?: Readonly<Record<string, unknown>> | undefined };

const defaultMethod = 'memae';
const positive = v.pipe(v.number(), v.safeInteger(), v.minValue(1));
const schema = v.strictObject({
  format: v.literal(1),
  data: v.string(),
  normal: v.nullable(
    v.pipe(
      v.union([v.string(), v.number()]),
      v.transform((value) => String(value)),
    ),
  ),
  limit: v.nullable(positive),
  size: v.nullable(v.tuple([positive, positive])),
  // Runs of the first version have none.
  dataOptions: v.optional(dataOptionsSchema, {}),
  method: v.string(),
  preset: v.nullable(v.string()),
  options: v.pipe(v.unknown(), v.check(isNested, 'Expected options'), v.transform(flatten)),
  seed: v.pipe(v.number(), v.safeInteger(), v.minValue(0)),
  thresholdRule: v.optional(v.picklist(normalRules), 'quantile'),
  falseAlarms: v.optional(v.pipe(v.number(), v.gtValue(0), v.ltValue(1)), defaultFalseAlarms),
  // Runs of the first version have it in place of the two before.
  quantile: v.optional(v.pipe(v.number(), v.minValue(0), v.maxValue(1))),
  engine: v.string(),
  continues: v.exactOptional(v.strictObject({ run: v.string(), modelSha256: v.string() })),
});
const partial = v.partial(schema);

/** A whole configuration, as `run.json` and checkpoints hold it; `undefined` when it is none. */
export function parseRunConfig(value: unknown): RunConfig | undefined {
  const result = v.safeParse(schema, value);
  return result.success ? withRate(result.output) : undefined;
}

/**
 * A configuration from a file, in which anything may be missing. Options may be grouped:
 * `{ memory: { slots: 100 } }` is `{ 'memory.slots': 100 }`.
 * @throws `CLI_USAGE` naming the file, the key and what was expected.
 */
export function parseGivenConfig(value: unknown, file: string): GivenConfig {
  const result = v.safeParse(partial, withoutNulls(value), { abortEarly: true });
  if (result.success) return withRate(result.output);
  const [issue] = result.issues;
  const known = Object.keys(schema.entries).join(', ');
  const where = v.getDotPath(issue) ?? 'the whole';
  throw cliError(
    'CLI_USAGE',
    issue.expected === 'never'
      ? `${file}: there is no key ${where}. Known keys: ${known}.`
      : `${file}: ${where}: ${issue.message}. Known keys: ${known}.`,
  );
}

/** A key with nothing under it, or one for editors, says nothing. */
function withoutNulls(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const said = Object.entries(value).filter(([key, inner]) => inner !== null && key !== '$schema');
  return Object.fromEntries(said);
}

/** The quantile of the first version as the rate of false alarms that it stands for. */
function withRate<Config extends { readonly quantile?: number | undefined }>({
  quantile,
  ...config
}: Config) {
  if (quantile === undefined) return config;
  return { ...config, falseAlarms: Number((1 - quantile).toFixed(12)) };
}

/** What is given, the later over the earlier. */
export function mergeConfigs(earlier: GivenConfig, later: GivenConfig): GivenConfig {
  const said = Object.fromEntries(Object.entries(later).filter(([, value]) => value !== undefined));
  return {
    ...earlier,
    ...said,
    options: { ...earlier.options, ...later.options },
    dataOptions: { ...earlier.dataOptions, ...later.dataOptions },
  };
}

/**
 * Refuses a preset beside a file whose options say otherwise: they would win, and it would be told as the run's.
 * @throws `CLI_USAGE`, `DETECTOR_UNKNOWN`
 */
export function requirePresetCounts(
  { preset, method }: GivenConfig,
  { file, name, registry }: { file: GivenConfig; name: string; registry: Registry },
): void {
  if (typeof preset !== 'string' || preset === file.preset) return;
  const { presets } = registry.get(method ?? file.method ?? defaultMethod);
  const sets = Object.hasOwn(presets, preset) ? (presets[preset] ?? {}) : {};
  const { options = {} } = file;
  const others = Object.keys(sets).filter(
    (key) => Object.hasOwn(options, key) && String(options[key]) !== String(sets[key]),
  );
  if (others.length === 0) return;
  throw cliError(
    'CLI_USAGE',
    `--preset ${preset} sets ${others.join(', ')}, but ${name} says otherwise and would win. Leave --preset out, ` +
      'or take those options out of the file.',
  );
}

/**
 * Fills in what was not said.
 * @throws `CLI_USAGE` for missing data or an option of them that there is not, `DETECTOR_UNKNOWN`, `DETECTOR_BAD_OPTION`.
 */
export function resolveConfig(
  given: GivenConfig,
  { registry, cwd }: { readonly registry: Registry; readonly cwd: string },
): RunConfig {
  const { data, method = defaultMethod, preset = null, options = {} } = given;
  if (data === undefined) {
    throw cliError(
      'CLI_USAGE',
      `--data is missing: name a data set (${knownNames.join(', ')}) or the path of a folder.`,
    );
  }
  return {
    format: 1,
    data: locateData(data, cwd),
    normal: given.normal ?? null,
    limit: given.limit ?? null,
    size: given.size ?? null,
    dataOptions: locateLabels(parseDataOptions(given.dataOptions ?? {}), cwd),
    method,
    preset,
    options: registry.get(method).resolve(preset === null ? options : { preset, ...options }),
    seed: given.seed ?? defaultSeed,
    thresholdRule: given.thresholdRule ?? 'quantile',
    falseAlarms: given.falseAlarms ?? defaultFalseAlarms,
    engine: given.engine ?? 'ort',
    ...(given.continues && { continues: given.continues }),
  };
}

const knownNames: readonly string[] = knownData.map(({ name }) => name);

/** A known name or an address as it is, a path from the root. */
export function locateData(data: string, cwd: string): string {
  return knownNames.includes(data) || isAddress(data) ? data : resolve(cwd, data);
}

/** How data are called to people: a known data set with its edition, the user's own by its path. */
export function callData(data: string, name: string): string {
  return knownNames.includes(data) ? name : data;
}

function isNested(value: unknown): boolean {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    Object.values(value).every(
      (inner) => ['string', 'number', 'boolean'].includes(typeof inner) || isNested(inner),
    )
  );
}

function flatten(value: unknown, prefix = ''): RawOptions {
  return Object.fromEntries(
    Object.entries(value as Readonly<Record<string, unknown>>).flatMap(([key, inner]) =>
      typeof inner === 'object'
        ? Object.entries(flatten(inner, `${prefix}${key}.`))
        : [[`${prefix}${key}`, inner as string | number | boolean] as const],
    ),
  );
}
