// Encoder and decoder for one kind of sample.

import {
  type Layer,
  type LayerInit,
  MemaeError,
  type Shape,
  type Tensor,
  activation,
  batchNorm,
  convolution,
  dense,
  formatShape,
  leakyRelu,
  relu,
  sequential,
  sigmoid,
  tanh,
  transposedConvolution,
} from '@memae/graph';

export interface Backbone {
  /** Samples [B, …] → encoding [B, …codeShape]. */
  readonly encoder: Layer;
  /** Encoding → reconstruction in the samples' shape. */
  readonly decoder: Layer;
  /** One encoding: [C, …space], or [C]. */
  readonly codeShape: Shape;
}

/** `Conv2(k, s, c)` in the paper: kernel, stride (one for all spatial axes, or one for each), channels out. */
export type ConvolutionSpec = readonly [kernel: number, stride: number | Shape, channels: number];

/** `same` keeps ⌈size / stride⌉ positions, `none` only those where the kernel lies inside. */
export type Padding = 'same' | 'none';
export type Activation = 'relu' | 'leaky-relu' | 'tanh';
/** What follows the decoder's last layer: nothing as in the paper, or a sigmoid for samples in [0, 1]. */
export type Output = 'linear' | 'sigmoid';

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
}

const activations: { readonly [A in Activation]: (x: Tensor) => Tensor } = {
  relu,
  'leaky-relu': (x) => leakyRelu(x, 0.2),
  tanh,
};

/**
 * Strided convolutions down and transposed ones up again, each but the last followed by batch norm
 * and activation. Padding and output padding are chosen so that the decoder gives back each of the
 * encoder's sizes. Parameters `encoder.i.conv`, `encoder.i.batch_norm`, `decoder.i.conv_transpose`, ….
 * @throws `ARCHITECTURE_SAMPLE_TOO_SMALL` when a kernel no longer fits.
 */
export function convolutionalBackbone(init: LayerInit, options: ConvolutionalOptions): Backbone {
  const { padding = 'same', sampleShape } = options;
  const [sampleChannels = 1, ...space] = sampleShape;
  const act = activation(activations[options.activation ?? 'relu']);
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
      }),
      batchNorm(part(`encoder.${i}.batch_norm`), { channels: to }),
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
    });
    return last ? [up] : [up, batchNorm(part(`decoder.${i}.batch_norm`), { channels: to }), act];
  });
  const output = options.output === 'sigmoid' ? [activation(sigmoid)] : [];
  return {
    encoder: sequential(...encoder),
    decoder: sequential(...decoder, ...output),
    codeShape,
  };
}

/** The paper's network for MNIST: Conv2(1,2,16)-(3,2,32)-(3,2,64), Dconv2(3,2,64)-(3,2,32)-(3,2,1). */
export function mnistBackbone(
  init: LayerInit,
  options: Omit<ConvolutionalOptions, 'encoder' | 'decoder'>,
): Backbone {
  const [channels = 1] = options.sampleShape;
  return convolutionalBackbone(init, {
    ...options,
    encoder: [
      [1, 2, 16],
      [3, 2, 32],
      [3, 2, 64],
    ],
    decoder: [
      [3, 2, 64],
      [3, 2, 32],
      [3, 2, channels],
    ],
  });
}

/**
 * Fully connected layers down and up again, the activation after each but the last: for KDDCUP99
 * the widths are 120-60-30-10-3. Parameters `encoder.i.dense`, `decoder.i.dense`.
 */
export function denseBackbone(
  init: LayerInit,
  options: { readonly widths: readonly number[]; readonly activation?: Activation },
): Backbone {
  const { widths, activation: name = 'tanh' } = options;
  const act = activation(activations[name]);
  const stack = (half: string, sizes: readonly number[]): Layer[] =>
    sizes
      .slice(1)
      .flatMap((to, i) => [
        dense(
          { ...init, name: prefixed(init.name, `${half}.${i}.dense`) },
          { from: sizes[i] ?? 0, to },
        ),
        act,
      ]);
  return {
    encoder: sequential(...stack('encoder', widths)),
    decoder: sequential(...stack('decoder', [...widths].reverse()).slice(0, -1)),
    codeShape: [widths.at(-1) ?? 0],
  };
}

function perAxis(stride: number | Shape, size: Shape): Shape {
  return typeof stride === 'number' ? size.map(() => stride) : stride;
}

function prefixed(prefix: string, name: string): string {
  return prefix === '' ? name : `${prefix}.${name}`;
}

function tooSmall(sampleShape: Shape, layers: readonly ConvolutionSpec[]): MemaeError {
  const spec = layers.map(([k, s, c]) => `Conv(${k}, ${[s].flat().join('×')}, ${c})`).join('-');
  return new MemaeError(
    'ARCHITECTURE_SAMPLE_TOO_SMALL',
    `Samples of ${formatShape(sampleShape)} are too small for ${spec}: a kernel no longer fits. ` +
      'Use larger samples, or the padding "same".',
  );
}
