// A memory in another base model: a U-Net whose skip connections read memories. A plain skip hands the decoder
// what it is to reconstruct, anomalies included; a reading hands over only what normal samples put there.

import {
  type MemoryUse,
  fitModel,
  memoryBottleneck,
  settle,
  trainingOptions,
} from '../../src/index.ts';
import {
  type Layer,
  type LayerInit,
  type Shape,
  type Tensor,
  activation,
  add,
  batchNorm,
  concat,
  convolution,
  relu,
  sequential,
  sigmoid,
  transposedConvolution,
} from '@memae/graph';
import { definePlugin } from '@memae/training';

/** Channels at each depth; each halves the height and width. */
const channels = [16, 32, 64] as const;

export const unetMemory = definePlugin({
  id: 'unet-memory',
  title: 'U-Net with memory at several depths',
  citation: 'O. Ronneberger et al., "U-Net", MICCAI 2015; the memory: D. Gong et al., ICCV 2019',
  modalities: ['image'],
  options: {
    memories: {
      type: 'boolean',
      default: true,
      about: 'whether skips and code are read from memories',
    },
    slots: { type: 'integer', default: 100, min: 1, about: 'how many items each memory has' },
    ...trainingOptions,
  },
  settle,
  create: (options) => ({
    fit: (dataset, context) =>
      fitModel({
        dataset,
        context,
        method: 'unet-memory',
        options,
        output: 'sigmoid',
        model: (init) => ({
          forward: unet(init, { sampleShape: dataset.sampleShape, ...options }),
        }),
      }),
  }),
});

/** Samples [B, C, H, W] → reconstruction, the sum of the memories' penalties, and how the deepest was read. */
function unet(
  init: LayerInit,
  options: { readonly sampleShape: Shape; readonly memories: boolean; readonly slots: number },
) {
  const [colours = 1, ...picture] = options.sampleShape;
  const sizes = channels.map((_, depth) => picture.map((n) => Math.ceil(n / 2 ** (depth + 1))));
  const at = (name: string): LayerInit => ({ ...init, name });

  const levels = channels.map((to, depth) => {
    const from = channels[depth - 1] ?? colours;
    const above = sizes[depth - 1] ?? picture;
    const wide = depth === channels.length - 1 ? to : 2 * to;
    return {
      down: block(at(`down.${depth}`), { from, to, stride: 2 }),
      memory: memoryBottleneck(at(`memory.${depth}`), {
        codeShape: [to, ...(sizes[depth] ?? [])],
        slots: options.slots,
        similarity: 'dot',
        shrinkage: 1.5,
        query: 'sample',
        entropyWeight: 0.0002,
      }),
      up: transposedConvolution(at(`up.${depth}`), {
        from: wide,
        to: from,
        kernel: [3, 3],
        stride: [2, 2],
        padding: [1, 1],
        outputPadding: above.map((n, axis) => n - 2 * (sizes[depth]?.[axis] ?? 0) + 1),
      }),
      after: batchNorm(at(`up.${depth}.batch_norm`), { channels: from }),
    };
  });

  return (x: Tensor, mode: 'train' | 'score') => {
    let value = x;
    let penalty: Tensor | undefined;
    let memory: MemoryUse | undefined;
    const skips = levels.map((level) => {
      value = level.down(value, mode);
      if (!options.memories) return value;
      const read = level.memory.pass(value, mode);
      ({ memory } = read);
      penalty = penalty && read.penalty ? add(penalty, read.penalty) : read.penalty;
      return read.code;
    });
    const reconstruction = levels.reduceRight<Tensor | undefined>((below, { up, after }, depth) => {
      const skip = skips[depth] ?? x;
      const joined = below === undefined ? skip : concat([below, skip], 1);
      const larger = up(joined, mode);
      return depth === 0 ? sigmoid(larger) : relu(after(larger, mode));
    }, undefined);
    return {
      reconstruction: reconstruction ?? x,
      ...(penalty && { penalty }),
      ...(memory && { memory }),
    };
  };
}

function block(
  init: LayerInit,
  { from, to, stride }: { readonly from: number; readonly to: number; readonly stride: number },
): Layer {
  return sequential(
    convolution(init, {
      from,
      to,
      kernel: [3, 3],
      stride: [stride, stride],
      padding: [1, 1],
      bias: false,
    }),
    batchNorm({ ...init, name: `${init.name}.batch_norm` }, { channels: to }),
    activation(relu),
  );
}
