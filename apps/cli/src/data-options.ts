// Options of the data, as `--data-option name=value` or `dataOptions` in a file gives them. Which of them fit which data
// is for @memae/datasets to say.

import { resolve } from 'node:path';
import { type OpenSplitOptions, scalings, tableProtocols } from '@memae/datasets';
import * as v from 'valibot';
import { cliError } from './error.ts';

/** A number, or digits. */
const whole = v.pipe(
  v.union([v.number(), v.pipe(v.string(), v.digits('a whole number'), v.transform(Number))]),
  v.safeInteger('a whole number'),
  v.minValue(1, 'a whole number of 1 or more'),
);
const yesNo = v.union(
  [
    v.boolean(),
    v.pipe(
      v.picklist(['true', 'false']),
      v.transform((word) => word === 'true'),
    ),
  ],
  'true or false',
);
const oneOf = <const Words extends readonly string[]>(words: Words) =>
  v.picklist(words, words.join(' or '));
const word = v.pipe(v.string(), v.nonEmpty('a word'));

const entries = {
  protocol: v.exactOptional(oneOf(tableProtocols)),
  scaling: v.exactOptional(oneOf(scalings)),
  dropConstant: v.exactOptional(yesNo),
  edition: v.exactOptional(oneOf(['binary', 'jpeg'])),
  colour: v.exactOptional(oneOf(['grey', 'rgb', 'auto'])),
  frames: v.exactOptional(whole),
  dilation: v.exactOptional(whole),
  stride: v.exactOptional(whole),
  testStride: v.exactOptional(whole),
  ends: v.exactOptional(oneOf(['trim', 'repeat'])),
  labels: v.exactOptional(word),
};

/** What each is, for help and README. */
export const aboutDataOptions: Readonly<Record<keyof typeof entries, string>> = {
  protocol: 'tables: A, the default, as in the paper, or B',
  scaling: 'tables: min-max, the default, standard or none',
  dropConstant: 'kddcup99: 120 features, true by default, or 121',
  edition: 'cifar10: binary or jpeg, by default the best that is there',
  colour: 'folders of pictures: auto, the default (rgb where a picture has colour), grey or rgb',
  frames: 'videos: frames of a clip, by default 16',
  dilation: 'videos: from one frame of a clip to the next, by default 1',
  stride: 'videos: from one training clip to the next, by default 1 frame',
  testStride: 'videos: from one test clip to the next, by default 1 frame',
  ends: 'videos: first and last frames of test videos have no clip, trim, or one filled up, repeat',
  labels: "videos: Avenue's edition, official or npy, or a file of frame labels",
};

/** As `run.json` holds them. */
export const dataOptionsSchema = v.strictObject(entries);
export type DataOptions = v.InferOutput<typeof dataOptionsSchema>;

/**
 * Checks what was given by flags, where all are words.
 * @throws `CLI_USAGE` naming the option and what it takes
 */
export function parseDataOptions(given: Readonly<Record<string, unknown>>): DataOptions {
  const result = v.safeParse(dataOptionsSchema, given, { abortEarly: true });
  if (result.success) return result.output;
  const [issue] = result.issues;
  const name = v.getDotPath(issue) ?? '';
  throw cliError(
    'CLI_USAGE',
    Object.hasOwn(entries, name)
      ? `--data-option ${name} takes ${issue.message}, but "${String(given[name])}" came.`
      : `There is no data option ${name}. Known: ${Object.keys(entries).join(', ')}.`,
  );
}

/** A file of labels from the root; the editions' own names stay. */
export function locateLabels(options: DataOptions, cwd: string): DataOptions {
  const { labels } = options;
  return labels === undefined || !/[./\\]/.test(labels)
    ? options
    : { ...options, labels: resolve(cwd, labels) };
}

/** The same as @memae/datasets takes them. */
export function asSplitOptions({
  protocol,
  scaling,
  dropConstant,
  edition,
  colour,
  ...video
}: DataOptions): Omit<OpenSplitOptions, 'random'> {
  return {
    ...(protocol !== undefined && { protocol }),
    ...(scaling !== undefined && { scaling }),
    ...(dropConstant !== undefined && { dropConstant }),
    ...(edition !== undefined && { edition }),
    ...(colour !== undefined && { colour }),
    ...(Object.keys(video).length > 0 && { video }),
  };
}
