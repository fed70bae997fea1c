// The networks by name, the paper's and those for other images and tables, each for samples of any size of its kind.

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

/** The paper's four networks, and one each for other images and other tables than the paper's. */
export const networkNames = ['mnist', 'cifar10', 'image', 'video', 'kddcup99', 'tabular'] as const;
export type NetworkName = (typeof networkNames)[number];

/** Whose network for video: the paper's as written, or the authors' released code's. */
export type Source = 'paper' | 'official';

/** What may differ within one network. */
export interface NetworkOptions {
  /** Without the sample axis: [C, H, W], [C, T, H, W] or [F]. */
  readonly sampleShape: Shape;
  /** Channels of each convolution, as a multiple of the paper's (default 1). */
  readonly width?: number;
  /** Image: how many convolutions halve it; by default until its code is some eight positions high and wide. */
  readonly depth?: number;
  /** Of the dense layers, the sample's own left out (default 60-30-10-3 of kddcup99, 64-32 of tabular). */
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

/** Conv2(3,2,32)-(3,2,64)-(3,2,128)-(3,2,256)-…, as many as `depth` says, no wider than 256, and back. */
export function imageBackbone(init: LayerInit, options: NetworkOptions): Backbone {
  const { depth = imageDepth(options.sampleShape) } = options;
  const widths = Array.from({ length: depth }, (_, i) => Math.min(256, 32 * 2 ** i));
  return convolutions(init, options, {
    encoder: widths.map((channels) => [3, 2, channels]),
    decoder: widths
      .slice(0, -1)
      .reverse()
      .map((channels) => [3, 2, channels]),
    last: [3, 2],
  });
}

/** How often the shorter side is halved until eight positions or so are left. */
export function imageDepth([, height = 1, width = 1]: Shape): number {
  return Math.max(1, Math.round(Math.log2(Math.min(height, width) / 8)));
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

/** Widths of dense layers, of the paper's network and of that for other tables. */
export const denseWidths = { kddcup99: [60, 30, 10, 3], tabular: [64, 32] } as const;

/** Dense layers F-60-30-10-3 with tanh, and back; nothing after the last. */
export function kddcup99Backbone(init: LayerInit, options: NetworkOptions): Backbone {
  return dense(init, { widths: denseWidths.kddcup99, ...options });
}

/** Dense layers F-64-32 with tanh, and back: a code of three numbers tells little of most tables. */
export function tabularBackbone(init: LayerInit, options: NetworkOptions): Backbone {
  return dense(init, { widths: denseWidths.tabular, ...options });
}

function dense(
  init: LayerInit,
  { sampleShape, widths, output = 'linear' }: NetworkOptions & { widths: readonly number[] },
): Backbone {
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
  image: { modality: 'image', takes: '[C, H, W]', build: imageBackbone },
  video: { modality: 'video', takes: '[C, T, H, W]', build: videoBackbone },
  kddcup99: { modality: 'tabular', takes: '[F]', build: kddcup99Backbone },
  tabular: { modality: 'tabular', takes: '[F]', build: tabularBackbone },
};

/** What is asked of data before a network is built for them. */
export interface Sort {
  readonly name: string;
  readonly modality: Modality;
  readonly sampleShape: Shape;
}

/** The network for the data: the paper's for images up to 32×32, of these `mnist` for one channel, and for KDDCUP99. */
export function networkFor({ name, modality, sampleShape }: Sort): NetworkName {
  // A part of the data has the data's name first: `kddcup99 train`.
  if (modality === 'tabular') return name.split(' ')[0] === 'kddcup99' ? 'kddcup99' : 'tabular';
  if (modality !== 'image') return modality;
  const [channels, ...sides] = sampleShape;
  if (sides.some((side) => side > 32)) return 'image';
  return channels === 1 ? 'mnist' : 'cifar10';
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
