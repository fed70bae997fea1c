// Data for trials: cut anew for each case and seed, and kept until the next, so that methods share their samples.

import {
  type Cifar10Edition,
  type Modality,
  type OpenSplitOptions,
  type Split,
  type TableProtocol,
  modalityOf,
  openPool,
  openSplit,
  tableProtocols,
} from '@memae/datasets';
import { createRandom } from '@memae/graph';
import type { Reading } from './trial.ts';
import { turnedSplit } from './turned.ts';

export interface Source {
  readonly modality: Modality;
  /** What can be normal: classes of images, protocols of a table; `all` of a video. */
  readonly cases: readonly string[];
  split(of: string, seed: number): Promise<Split>;
  /** The class of a test sample, or the video that it is from, by its key. */
  readonly classOf: (key: string) => string;
}

/** Folders to look in and to keep downloads in, and who is told. */
export type SourceFolders = Pick<OpenSplitOptions, 'root' | 'cache' | 'signal' | 'onProgress'>;

/** Opens what `--data` names. @throws as `openPool`; what a split refuses, with the first split */
export async function openSource(
  data: string,
  { reading, ...folders }: SourceFolders & { readonly reading: Reading },
): Promise<Source> {
  const modality = await modalityOf(data);
  const options = { ...folders, ...optionsFor(modality, reading) };
  const { cases, classOf } = await casesOf(data, { modality, options });
  const open = async (of: string, seed: number): Promise<Split> => {
    const random = createRandom(seed).fork('split');
    if (modality === 'video') return openSplit(data, { ...options, random });
    if (modality === 'tabular') {
      return openSplit(data, { ...options, random, protocol: of as TableProtocol });
    }
    const split = await openSplit(data, { ...options, random, normal: of });
    return reading.against === 'turned' ? turnedSplit(split as Split<'image'>) : split;
  };
  let last: { readonly name: string; readonly split: Promise<Split> } | undefined;
  return {
    modality,
    cases,
    split: (of, seed) => {
      const name = `${of} ${seed}`;
      if (last?.name !== name) last = { name, split: open(of, seed) };
      return last.split;
    },
    classOf,
  };
}

type Opening = SourceFolders & Omit<OpenSplitOptions, 'random'>;

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

async function casesOf(
  data: string,
  { modality, options }: { readonly modality: Modality; readonly options: Opening },
): Promise<Pick<Source, 'cases' | 'classOf'>> {
  if (modality === 'tabular') return { cases: tableProtocols, classOf: () => '' };
  if (modality === 'video') return { cases: ['all'], classOf: videoOfKey };
  const { name, labels, classes, keys } = await openPool(data, options);
  const found = new Map(
    Array.from(labels, (label, i) => [keys?.[i] ?? `${name}/${i}`, classes[label] ?? '']),
  );
  return { cases: classes, classOf: (key) => found.get(key) ?? '' };
}

/** `ucsd-ped2/Test001/17` → `Test001`. */
export function videoOfKey(key: string): string {
  return key.split('/').slice(1, -1).join('/');
}
