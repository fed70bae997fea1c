// The networks that are timed: the paper's, as MemAE (cosine, λ = 1/N); `video256-ae` has no memory, `video256-memory` is
// nothing but the memory, on encodings of the size that `video256` has,
// `video64-released` is the authors' code's network, which is the library's own choice for video.

import {
  type Autoencoder,
  type Backbone,
  type NetworkOptions,
  type Query,
  autoencoder,
  cifar10Backbone,
  identity,
  memoryBottleneck,
  mnistBackbone,
  objectiveOf,
  kddcup99Backbone,
  videoBackbone,
} from '@memae/architectures';
import { reconstructionError } from '@memae/core';
import {
  type Input,
  type LayerInit,
  type NdArray,
  type Program,
  type Shape,
  createRandom,
  defineProgram,
  input,
  ndarray,
  sequential,
  sizeOf,
} from '@memae/graph';
import { adam } from '@memae/training';

interface Network {
  readonly sampleShape: Shape;
  readonly backbone: (init: LayerInit, options: NetworkOptions) => Backbone;
  readonly options?: Omit<NetworkOptions, 'sampleShape'>;
  /** Memory items; a plain autoencoder without. */
  readonly slots?: number;
  readonly query?: Query;
}

/** Sixteen grey frames; one query a position. */
const video = (size: number): Network => ({
  sampleShape: [1, 16, size, size],
  backbone: videoBackbone,
  options: { strides: 'paper', decoder: 'paper' },
  slots: 2000,
  query: 'position',
});

const networks = {
  mnist: { sampleShape: [1, 28, 28], backbone: mnistBackbone, slots: 100 },
  kdd: { sampleShape: [120], backbone: kddcup99Backbone, slots: 50 },
  cifar10: { sampleShape: [3, 32, 32], backbone: cifar10Backbone, slots: 500 },
  video64: video(64),
  'video64-released': { ...video(64), options: { activation: 'leaky-relu' } },
  video128: video(128),
  video256: video(256),
  'video256-ae': {
    sampleShape: [1, 16, 256, 256],
    backbone: videoBackbone,
    options: { strides: 'paper', decoder: 'paper' },
  },
  'video256-memory': {
    sampleShape: [256, 1, 16, 16],
    backbone: (_, { sampleShape }) => ({
      encoder: sequential(),
      decoder: sequential(),
      codeShape: sampleShape,
    }),
    slots: 2000,
    query: 'position',
  },
} as const satisfies Readonly<Record<string, Network>>;

export type ShapeName = keyof typeof networks;
export type Mode = 'train' | 'score';

const random = createRandom(1);

/** One whole training step: forward, backward, Adam. */
export function trainingProgram(shape: ShapeName): Program {
  const x = samples(shape);
  const { loss } = objectiveOf(model(shape), { x, mode: 'train', reduction: 'sum' });
  return defineProgram({ loss }, adam({ learningRate: 1e-4 })(loss));
}

/** From samples to one score each. */
export function scoringProgram(shape: ShapeName): Program<'score'> {
  const x = samples(shape);
  const { reconstruction } = model(shape).forward(x, 'score');
  return defineProgram({ score: reconstructionError(x, reconstruction) });
}

/** Random samples in [0, 1). */
export function randomSamples(shape: ShapeName, batch: number): NdArray {
  const dims = [batch, ...networks[shape].sampleShape];
  return ndarray(
    Float32Array.from({ length: sizeOf(dims) }, () => random.uniform()),
    dims,
  );
}

function samples(shape: ShapeName): Input {
  return input('samples', ['batch', ...networks[shape].sampleShape]);
}

function model(shape: ShapeName): Autoencoder {
  const {
    sampleShape,
    backbone: build,
    options,
    slots,
    query = 'sample',
  }: Network = networks[shape];
  const backbone = build({ name: '', random }, { ...options, sampleShape });
  if (slots === undefined) return autoencoder(backbone, identity);
  const bottleneck = memoryBottleneck(
    { name: 'memory', random },
    {
      codeShape: backbone.codeShape,
      slots,
      similarity: 'cosine',
      shrinkage: 1,
      query,
      entropyWeight: 0.0002,
    },
  );
  return autoencoder(backbone, bottleneck);
}
