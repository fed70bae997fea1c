// What the word auto stands for: for each network, the setting that suits its kind of data. One table,
// from which options are settled and their documentation is written.

import type { RawOptions } from '@memae/training';
import {
  type NetworkName,
  type Sort,
  denseWidths,
  imageDepth,
  networkFor,
  networkNames,
} from './networks.ts';

type Suited = Readonly<Record<NetworkName, string | number>>;

/**
 * Sizes are the paper's. For video, where the released code and the paper differ, the released code's.
 * What the paper leaves open was chosen by experiment (see the methods' READMEs).
 */
export const suited = {
  'memory.slots': { mnist: 100, cifar10: 500, image: 50, video: 2000, kddcup99: 50, tabular: 50 },
  'memory.similarity': {
    mnist: 'dot',
    cifar10: 'dot',
    image: 'dot',
    video: 'dot',
    kddcup99: 'cosine',
    tabular: 'cosine',
  },
  'memory.temperature': { mnist: 1, cifar10: 1, image: 1, video: 1, kddcup99: 1, tabular: 10 },
  'memory.emptyRows': {
    mnist: 'zeros',
    cifar10: 'zeros',
    image: 'unshrunk',
    video: 'unshrunk',
    kddcup99: 'zeros',
    tabular: 'zeros',
  },
  'memory.query': {
    mnist: 'sample',
    cifar10: 'sample',
    image: 'position',
    video: 'position',
    kddcup99: 'sample',
    tabular: 'sample',
  },
  'network.activation': {
    mnist: 'relu',
    cifar10: 'relu',
    image: 'relu',
    video: 'leaky-relu',
    kddcup99: 'relu',
    tabular: 'relu',
  },
  'network.start': {
    mnist: 'uniform',
    cifar10: 'uniform',
    image: 'uniform',
    video: 'normal',
    kddcup99: 'uniform',
    tabular: 'uniform',
  },
  'input.range': {
    mnist: 'unit',
    cifar10: 'unit',
    image: 'unit',
    video: 'symmetric',
    kddcup99: 'unit',
    tabular: 'unit',
  },
  'loss.reduction': {
    mnist: 'sum',
    cifar10: 'sum',
    image: 'sum',
    video: 'mean',
    kddcup99: 'sum',
    tabular: 'sum',
  },
  'score.error': {
    mnist: 'squared',
    cifar10: 'squared',
    image: 'squared',
    video: 'absolute',
    kddcup99: 'squared',
    tabular: 'squared',
  },
  'score.weights': {
    mnist: 'equal',
    cifar10: 'equal',
    image: 'equal',
    video: 'equal',
    kddcup99: 'equal',
    tabular: 'inverse',
  },
  'training.rate': {
    mnist: 3e-3,
    cifar10: 3e-4,
    image: 1e-3,
    video: 1e-4,
    kddcup99: 1e-4,
    tabular: 1e-3,
  },
} as const satisfies Readonly<Record<string, Suited>>;

/** The table's row in words, for an option's documentation: `auto: mnist 100, cifar10 500, …`. */
export function autoOf(option: keyof typeof suited): string {
  const row: Suited = suited[option];
  const values = [...new Set(Object.values(row))];
  const groups = values.map((value) => {
    const names = networkNames.filter((name) => row[name] === value);
    return `${value} (${names.join(', ')})`;
  });
  return `auto: ${groups.join(', ')}`;
}

/** The settings of a method, as far as others follow from them. */
interface Chosen {
  readonly 'network.backbone'?: NetworkName | 'auto';
  readonly 'input.range': string;
  readonly 'memory.similarity'?: string;
  readonly 'memory.slots'?: number | 'auto';
}

/** A value for every option that may be `auto`. */
export function settle(options: Chosen, data: Sort & { readonly length: number }): RawOptions {
  const { 'network.backbone': asked = 'auto' } = options;
  const network = asked === 'auto' ? networkFor(data) : asked;
  const column = Object.fromEntries(
    Object.entries<Suited>(suited).map(([name, row]) => [name, row[network]]),
  );
  const { 'memory.slots': slots = 'auto' } = options;
  const said = (name: 'memory.similarity' | 'input.range'): unknown =>
    options[name] === 'auto' ? column[name] : options[name];
  const image = data.modality === 'image';
  return {
    ...column,
    'network.backbone': network,
    'network.depth': network === 'image' ? imageDepth(data.sampleShape) : 1,
    'network.widths': denseWidths[network === 'kddcup99' ? network : 'tabular'].join('-'),
    'network.output': image && said('input.range') === 'unit' ? 'sigmoid' : 'linear',
    // Of one item nothing would be left otherwise, and of a few not much.
    'memory.shrinkage': Math.min(
      said('memory.similarity') === 'cosine' ? 1 : network === 'video' ? 5 : 1.5,
      (slots === 'auto' ? suited['memory.slots'][network] : slots) / 2,
    ),
    'training.batch': batches[network] ?? rowsAStep(data.length),
  };
}

const batches: Partial<Record<NetworkName, number>> = {
  mnist: 64,
  cifar10: 64,
  image: 16,
  video: 10,
};

/** Some 200 steps an epoch: a power of two from 8 to 1024. */
function rowsAStep(rows: number): number {
  return 2 ** Math.min(10, Math.max(3, Math.round(Math.log2(rows / 200))));
}
