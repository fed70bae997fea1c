// Convolutions down and up again, for images and videos.

import {
  type LayerInit,
  MemaeError,
  type Shape,
  activation,
  batchNorm,
  convolution,
  formatShape,
  normal,
  sequential,
  sigmoid,
  transposedConvolution,
} from '@memae/graph';
import {
  type Activation,
  type Backbone,
  type Output,
  type Start,
  activations,
  prefixed,
} from './backbone.ts';
import { requireSize } from './require-size.ts';

/** `Conv2(k, s, c)` in the paper: kernel, stride (one for all spatial axes, or one for each), channels out. */
export type ConvolutionSpec = readonly [kernel: number, stride: number | Shape, channels: number];

/** `same` keeps ⌈size / stride⌉ positions, `none` only those where the kernel lies inside. */
export type Padding = 'same' | 'none';

/** What tells one convolutional backbone from another. */
export interface ConvolutionalOptions {
  readonly encoder: readonly ConvolutionSpec[];
  /** One layer for each of the encoder's; the last gives as many channels as the samples have. */
  readonly decoder: readonly ConvolutionSpec[];
  /** [C, …space]. */
  readonly sampleShape: Shape;
  readonly padding?: Padding;
  readonly activation?: Activation;
  readonly output?: Output;
  readonly start?: Start;
}

/**
 * Strided convolutions down and transposed ones up again, each but the last followed by batch norm
 * and activation. Padding and output padding are chosen so that the decoder gives back each of the
 * encoder's sizes. Parameters `encoder.i.conv`, `encoder.i.batch_norm`, `decoder.i.conv_transpose`, ….
 * @throws `ARCHITECTURE_SAMPLE_TOO_SMALL` when a kernel no longer fits, `ARCHITECTURE_TOO_LARGE`
 */
export function convolutionalBackbone(init: LayerInit, options: ConvolutionalOptions): Backbone {
  const { padding = 'same', sampleShape } = options;
  const [sampleChannels = 1, ...space] = sampleShape;
  const layers = [...options.encoder, ...options.decoder];
  requireSize('network', {
    numbers: layers.reduce((sum, [kernel, , to], i) => {
      const from = layers[i - 1]?.[2] ?? sampleChannels;
      return sum + kernel ** space.length * from * to;
    }, 0),
    remedy: 'Lower network.width.',
  });
  const act = activation(activations[options.activation ?? 'relu']);
  const normally = options.start === 'normal';
  const kernels = normally ? { initializer: normal({ deviation: 0.02 }) } : {};
  const scales = normally ? { initializer: normal({ mean: 1, deviation: 0.02 }) } : {};
  const part = (name: string): LayerInit => ({ ...init, name: prefixed(init.name, name) });

  const sizes: Shape[] = [space];
  let channels = sampleChannels;
  const encoder = options.encoder.flatMap(([kernel, stride, to], i) => {
    const from = channels;
    const size = sizes.at(-1) ?? [];
    const margin = padding === 'same' ? (kernel - 1) / 2 : 0;
    const strides = perAxis(stride, size);
    const next = size.map(
      (length, axis) => Math.floor((length + 2 * margin - kernel) / (strides[axis] ?? 1)) + 1,
    );
    if (next.some((length) => length < 1)) throw tooSmall(sampleShape, options.encoder);
    sizes.push(next);
    channels = to;
    return [
      convolution(part(`encoder.${i}.conv`), {
        from,
        to,
        kernel: size.map(() => kernel),
        stride: strides,
        padding: size.map(() => margin),
        bias: false,
        ...kernels,
      }),
      batchNorm(part(`encoder.${i}.batch_norm`), { channels: to, ...scales }),
      act,
    ];
  });
  const codeShape = [channels, ...(sizes.at(-1) ?? [])];

  const decoder = options.decoder.flatMap(([kernel, stride, to], i) => {
    const from = channels;
    const size = sizes[sizes.length - 1 - i] ?? [];
    const target = sizes[sizes.length - 2 - i] ?? [];
    const last = i === options.decoder.length - 1;
    channels = to;
    // (n − 1)·stride + kernel − 2·padding + outputPadding = target, with the least padding.
    const strides = perAxis(stride, size);
    const surplus = size.map(
      (n, axis) => (n - 1) * (strides[axis] ?? 1) + kernel - (target[axis] ?? 0),
    );
    const margins = surplus.map((extra) => Math.max(0, Math.ceil(extra / 2)));
    const up = transposedConvolution(part(`decoder.${i}.conv_transpose`), {
      from,
      to,
      kernel: size.map(() => kernel),
      stride: strides,
      padding: margins,
      outputPadding: surplus.map((extra, axis) => 2 * (margins[axis] ?? 0) - extra),
      bias: last,
      ...kernels,
    });
    return last
      ? [up]
      : [up, batchNorm(part(`decoder.${i}.batch_norm`), { channels: to, ...scales }), act];
  });
  const output = options.output === 'sigmoid' ? [activation(sigmoid)] : [];
  return {
    encoder: sequential(...encoder),
    decoder: sequential(...decoder, ...output),
    codeShape,
  };
}

function perAxis(stride: number | Shape, size: Shape): Shape {
  return typeof stride === 'number' ? size.map(() => stride) : stride;
}

function tooSmall(sampleShape: Shape, layers: readonly ConvolutionSpec[]): MemaeError {
  const spec = layers.map(([k, s, c]) => `Conv(${k}, ${[s].flat().join('×')}, ${c})`).join('-');
  return new MemaeError(
    'ARCHITECTURE_SAMPLE_TOO_SMALL',
    `Samples of ${formatShape(sampleShape)} are too small for ${spec}: a kernel no longer fits. ` +
      'Use larger samples, or the padding "same".',
  );
}
