// Data for trials: cut anew for each case and seed, and kept until the next, so that methods share their samples.

import { createHash } from 'node:crypto';
import {
  type Cifar10Edition,
  type Modality,
  type OpenSplitOptions,
  type Split,
  type TableProtocol,
  type VideoSplit,
  arrayDataset,
  fingerprint,
  firstOfEachClass,
  frameOf,
  knownData,
  modalityOf,
  oneClassSplit,
  openPool,
  openSplit,
  tableProtocols,
} from '@memae/datasets';
import { type Random, createRandom } from '@memae/graph';
import { experimentError } from '../error.ts';
import type { Reading } from './trial.ts';
import { turnedSplit } from './turned.ts';

export interface Source {
  readonly modality: Modality;
  /** What each split is named, with the edition of the data; unknown of tables and videos until they are read. */
  readonly name?: string;
  /** What can be normal: classes of images, protocols of a table; `all` of a video. */
  readonly cases: readonly string[];
  split(of: string, seed: number): Promise<Split>;
  /** SHA-256 (hexadecimal) of all samples and labels as they are read: the same whatever the case and the seed. */
  readonly fingerprint: () => Promise<string>;
  /** The class of a test sample, or the video that it is from, by its key. */
  readonly classOf: (key: string) => string;
}

/** Folders to look in and to keep downloads in, and who is told. */
export type SourceFolders = Pick<OpenSplitOptions, 'root' | 'cache' | 'signal' | 'onProgress'>;

/** Which ways of reading there are for each kind of data. */
const readings: Readonly<Record<Modality, readonly (keyof Reading)[]>> = {
  image: ['size', 'limit', 'edition', 'against'],
  tabular: ['limit', 'scaling'],
  video: ['size', 'edition', 'stride', 'testStride', 'ends'],
};

const cifar10Editions: readonly string[] = ['binary', 'jpeg'] satisfies Cifar10Edition[];

/**
 * Opens what `--data` names.
 * @throws `EXPERIMENT_BAD_OPTION` for a way of reading, or an edition, that there is not for these data; as `openPool`, and
 * with the first split as `openSplit`
 */
export async function openSource(
  data: string,
  { reading, ...folders }: SourceFolders & { readonly reading: Reading },
): Promise<Source> {
  const modality = await modalityOf(data);
  if (modality === 'tabular' && !knownData.some(({ name }) => name === data)) {
    throw experimentError(
      'EXPERIMENT_BAD_OPTION',
      `${data} has no protocols to compare by. Tables of your own are for memae train and memae evaluate.`,
    );
  }
  requireReadable(data, { modality, reading });
  const options = { ...folders, ...optionsFor(modality, reading) };
  const opened = await openers[modality](data, { reading, options });
  let last: { readonly name: string; readonly split: Promise<Split> } | undefined;
  const cut = (of: string, seed: number): Promise<Split> => {
    const name = `${of} ${seed}`;
    if (last?.name !== name) {
      last = { name, split: opened.split(of, createRandom(seed).fork('split')) };
    }
    return last.split;
  };
  // Of tables and videos one split tells: it holds all samples, but of a table those that its protocol leaves out.
  const { identity = async () => identityOf(await cut(opened.cases[0] ?? '', 1)) } = opened;
  let known: Promise<string> | undefined;
  return {
    modality,
    ...(opened.name !== undefined && { name: opened.name }),
    cases: opened.cases,
    classOf: opened.classOf,
    split: cut,
    fingerprint: () => (known ??= identity()),
  };
}

interface Opening {
  readonly reading: Reading;
  readonly options: SourceFolders & Omit<OpenSplitOptions, 'random'>;
}

type Opened = Pick<Source, 'name' | 'cases' | 'classOf'> & {
  split(of: string, random: Random): Promise<Split>;
  /** Tells the samples and labels apart from others. */
  readonly identity?: () => Promise<string>;
};

async function identityOf({ train, validation, test }: VideoSplit | Split): Promise<string> {
  const parts: (string | Uint8Array)[] = [];
  for (const part of [train, validation, test]) parts.push(await fingerprint(part));
  if ('videos' in test) {
    return digest([...parts, ...test.videos.map(({ labels }) => labels)]);
  }
  for await (const { labels } of test.batches({ size: 4096 })) parts.push(labels);
  return digest(parts);
}

function digest(parts: readonly (string | Uint8Array)[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(`${part.length}\n`).update(part);
  return hash.digest('hex');
}

/** Images stay in memory from split to split; a table is read, and videos are decoded, for each anew. */
const openers: Readonly<Record<Modality, (data: string, opening: Opening) => Promise<Opened>>> = {
  image: openImages,
  tabular: (data, { options }) =>
    Promise.resolve({
      cases: tableProtocols,
      classOf: () => '',
      split: (of, random) => openSplit(data, { ...options, random, protocol: of as TableProtocol }),
    }),
  video: (data, { options }) =>
    Promise.resolve({
      cases: ['all'],
      classOf: (key) => frameOf(key).video,
      split: (_, random) => openSplit(data, { ...options, random }),
    }),
};

async function openImages(data: string, { reading, options }: Opening): Promise<Opened> {
  const { limit, ...others } = options;
  const whole = await openPool(data, others);
  const pool = limit === undefined ? whole : firstOfEachClass(whole, limit);
  const { name, labels, classes, keys } = pool;
  const found = new Map(
    Array.from(labels, (label, i) => [keys?.[i] ?? `${name}/${i}`, classes[label] ?? '']),
  );
  return {
    name,
    cases: classes,
    classOf: (key) => found.get(key) ?? '',
    split: async (normal, random) => {
      const turned = reading.against === 'turned';
      const split = oneClassSplit({ ...pool, normal, random, ...(turned && { anomalyShare: 0 }) });
      return turned ? await turnedSplit(split) : split;
    },
    identity: async () =>
      digest([
        await fingerprint(arrayDataset({ name, modality: 'image', samples: pool.images })),
        JSON.stringify([classes, Array.from(labels)]),
      ]),
  };
}

function requireReadable(
  data: string,
  { modality, reading }: { readonly modality: Modality; readonly reading: Reading },
): void {
  const known = knownData.find(({ name }) => name === data);
  const hasEditions = modality === 'image' ? data === 'cifar10' : known?.comes !== 'drawn';
  const fit = readings[modality].filter(
    (name) =>
      !(name === 'size' && modality === 'image' && known !== undefined) &&
      !(name === 'edition' && !hasEditions),
  );
  const unfit = Object.keys(reading).find((name) => !fit.some((other) => other === name));
  if (unfit !== undefined) {
    throw experimentError(
      'EXPERIMENT_BAD_OPTION',
      `${data} cannot be read by another ${unfit}; what can be said of it: ${fit.join(', ')}.`,
    );
  }
  const { edition } = reading;
  if (modality !== 'image' || edition === undefined || cifar10Editions.includes(edition)) return;
  throw experimentError(
    'EXPERIMENT_BAD_OPTION',
    `${data} has the editions ${cifar10Editions.join(' and ')}, but ${edition} came. Name one of them.`,
  );
}

function optionsFor(modality: Modality, reading: Reading): Omit<OpenSplitOptions, 'random'> {
  const { size, limit, edition, scaling, stride, testStride, ends } = reading;
  const shared = { ...(size && { size }), ...(limit !== undefined && { limit }) };
  switch (modality) {
    case 'image':
      return { ...shared, ...(edition !== undefined && { edition: edition as Cifar10Edition }) };
    case 'tabular':
      return { ...shared, ...(scaling !== undefined && { scaling }) };
    case 'video':
      return {
        ...shared,
        video: {
          ...(stride !== undefined && { stride }),
          ...(testStride !== undefined && { testStride }),
          ...(ends !== undefined && { ends }),
          ...(edition !== undefined && { labels: edition }),
        },
      };
  }
}
