// The paper's networks by name, each for samples of any size of its kind.

import type { Modality } from '@memae/datasets';
import { type LayerInit, MemaeError, type Shape, formatShape } from '@memae/graph';
import type { Activation, Backbone, Output, Start } from './backbone.ts';
import {
  type ConvolutionSpec,
  type ConvolutionalOptions,
  type Padding,
  convolutionalBackbone,
} from './convolutional-backbone.ts';
import { denseBackbone } from './dense-backbone.ts';

/** The paper's four networks. */
export const networkNames = ['mnist', 'cifar10', 'video', 'tabular'] as const;
export type NetworkName = (typeof networkNames)[number];

/** Whose network for video: the paper's as written, or the authors' released code's. */
export type Source = 'paper' | 'official';

/** What may differ within one network. */
export interface NetworkOptions {
  /** Without the sample axis: [C, H, W], [C, T, H, W] or [F]. */
  readonly sampleShape: Shape;
  /** Channels of each convolution, as a multiple of the paper's (default 1). */
  readonly width?: number;
  /** Of the dense layers, the sample's own left out (default 60-30-10-3). */
  readonly widths?: readonly number[];
  /** Video: the paper halves the time in all four layers, the released code not in the first and last (default). */
  readonly strides?: Source;
  /** Video: channels out of the decoder's layers, 256-256-128-1 or 256-128-96-1 (default). */
  readonly decoder?: Source;
  readonly padding?: Padding;
  readonly activation?: Activation;
  readonly output?: Output;
  readonly start?: Start;
}

/** Conv2(1,2,16)-(3,2,32)-(3,2,64), Dconv2(3,2,64)-(3,2,32)-(3,2,C). */
export function mnistBackbone(init: LayerInit, options: NetworkOptions): Backbone {
  return convolutions(init, options, {
    encoder: [
      [1, 2, 16],
      [3, 2, 32],
      [3, 2, 64],
    ],
    decoder: [
      [3, 2, 64],
      [3, 2, 32],
    ],
    last: [3, 2],
  });
}

/** Conv2(3,2,64)-(3,2,128)-(3,2,128)-(3,2,256), Dconv2(3,2,256)-(3,2,128)-(3,2,128)-(3,2,C). */
export function cifar10Backbone(init: LayerInit, options: NetworkOptions): Backbone {
  return convolutions(init, options, {
    encoder: [
      [3, 2, 64],
      [3, 2, 128],
      [3, 2, 128],
      [3, 2, 256],
    ],
    decoder: [
      [3, 2, 256],
      [3, 2, 128],
      [3, 2, 128],
    ],
    last: [3, 2],
  });
}

/** Conv3(3,2,96)-(3,2,128)-(3,2,256)-(3,2,256), and back; see `strides` and `decoder`. */
export function videoBackbone(init: LayerInit, options: NetworkOptions): Backbone {
  const { strides = 'official', decoder = 'official' } = options;
  const outer = strides === 'paper' ? 2 : [1, 2, 2];
  const [second, third] = decoder === 'paper' ? [256, 128] : [128, 96];
  return convolutions(init, options, {
    encoder: [
      [3, outer, 96],
      [3, 2, 128],
      [3, 2, 256],
      [3, 2, 256],
    ],
    decoder: [
      [3, 2, 256],
      [3, 2, second],
      [3, 2, third],
    ],
    last: [3, outer],
  });
}

/** Dense layers F-60-30-10-3 with tanh, and back; nothing after the last. */
export function tabularBackbone(init: LayerInit, options: NetworkOptions): Backbone {
  const { sampleShape, widths = [60, 30, 10, 3], output = 'linear' } = options;
  return denseBackbone(init, { widths: [sampleShape[0] ?? 0, ...widths], output });
}

const networks: {
  readonly [N in NetworkName]: {
    readonly modality: Modality;
    readonly takes: string;
    readonly build: (init: LayerInit, options: NetworkOptions) => Backbone;
  };
} = {
  mnist: { modality: 'image', takes: '[C, H, W]', build: mnistBackbone },
  cifar10: { modality: 'image', takes: '[C, H, W]', build: cifar10Backbone },
  video: { modality: 'video', takes: '[C, T, H, W]', build: videoBackbone },
  tabular: { modality: 'tabular', takes: '[F]', build: tabularBackbone },
};

/** What is asked of data before a network is built for them. */
export interface Sort {
  readonly name: string;
  readonly modality: Modality;
  readonly sampleShape: Shape;
}

/** The paper's network for the kind of data: of the two for images, `mnist` for one channel. */
export function networkFor({ modality, sampleShape }: Sort): NetworkName {
  if (modality !== 'image') return modality;
  return sampleShape[0] === 1 ? 'mnist' : 'cifar10';
}

/** @throws `ARCHITECTURE_UNFIT` when the network takes another kind of data, or samples of other axes. */
export function createNetwork(
  init: LayerInit,
  {
    network,
    data: { name, modality, sampleShape },
    ...options
  }: Omit<NetworkOptions, 'sampleShape'> & { readonly network: NetworkName; readonly data: Sort },
): Backbone {
  const { modality: expected, takes, build } = networks[network];
  if (modality !== expected || sampleShape.length !== takes.split(',').length) {
    throw new MemaeError(
      'ARCHITECTURE_UNFIT',
      `The network ${network} takes ${expected} samples ${takes}, but ${name} has ${modality} ` +
        `samples of ${formatShape(sampleShape)}. Set network.backbone=auto, or give other data.`,
    );
  }
  return build(init, { ...options, sampleShape });
}

function convolutions(
  init: LayerInit,
  { width = 1, sampleShape, padding, activation, output, start }: NetworkOptions,
  layers: Pick<ConvolutionalOptions, 'encoder' | 'decoder'> & {
    readonly last: readonly [kernel: number, stride: number | Shape];
  },
): Backbone {
  const widened = ([kernel, stride, channels]: ConvolutionSpec): ConvolutionSpec => [
    kernel,
    stride,
    Math.max(1, Math.round(width * channels)),
  ];
  return convolutionalBackbone(init, {
    sampleShape,
    encoder: layers.encoder.map(widened),
    decoder: [...layers.decoder.map(widened), [...layers.last, sampleShape[0] ?? 1]],
    ...(padding && { padding }),
    ...(activation && { activation }),
    ...(output && { output }),
    ...(start && { start }),
  });
}
