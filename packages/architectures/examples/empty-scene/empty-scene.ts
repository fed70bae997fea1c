// What a learned method has to beat on videos of a fixed camera: how far a clip is from the empty scene. The scene
// is the median of each pixel over the normal frames, or their mean, which all who walked by have smeared.

import { type Dataset, batchFor } from '@memae/datasets';
import {
  type NdArray,
  abs,
  cast,
  constant,
  defineProgram,
  div,
  input,
  mean,
  ndarray,
  sizeOf,
  square,
  sub,
} from '@memae/graph';
import { definePlugin, fitted } from '@memae/training';

export const emptyScene = definePlugin({
  id: 'empty-scene',
  title: 'Distance to the empty scene',
  citation: 'background subtraction by the temporal median',
  modalities: ['video'],
  options: {
    scene: { type: 'choice', of: ['median', 'mean'], default: 'median', about: 'of each pixel' },
    error: {
      type: 'choice',
      of: ['absolute', 'squared'],
      default: 'absolute',
      about: 'of a pixel',
    },
  },
  create: ({ scene, error }) => ({
    fit: async (dataset, { backend }) => {
      const samples = input('samples', ['batch', ...dataset.sampleShape], dataset.dtype);
      const empty = (scene === 'median' ? medianOf : meanOf)(await countLevels(dataset));
      const frame = ndarray(empty, dataset.sampleShape.slice(-2));
      const difference = div(sub(cast(samples, 'float32'), constant(frame)), 255);
      const errors = error === 'squared' ? square(difference) : abs(difference);
      const axes = dataset.sampleShape.map((_, i) => i + 1);
      return fitted(defineProgram({ score: mean(errors, { axes }) }), { backend, history: [] });
    },
  }),
});

const levels = 256;

/** How often each pixel had each level [pixels × 256], over all frames of grey clips of bytes. */
async function countLevels(dataset: Dataset): Promise<Uint32Array> {
  const pixels = sizeOf(dataset.sampleShape.slice(-2));
  const counts = new Uint32Array(pixels * levels);
  for await (const { samples } of dataset.batches({ size: batchFor(dataset.sampleShape) })) {
    (samples as NdArray<'uint8'>).data.forEach((level, i) => {
      const place = (i % pixels) * levels + level;
      counts[place] = (counts[place] ?? 0) + 1;
    });
  }
  return counts;
}

function perPixel(counts: Uint32Array, of: (histogram: Uint32Array) => number): Float32Array {
  return Float32Array.from({ length: counts.length / levels }, (_, pixel) =>
    of(counts.subarray(pixel * levels, (pixel + 1) * levels)),
  );
}

function medianOf(counts: Uint32Array): Float32Array {
  return perPixel(counts, (histogram) => {
    const half = histogram.reduce((a, b) => a + b, 0) / 2;
    let below = 0;
    return histogram.findIndex((count) => (below += count) >= half);
  });
}

function meanOf(counts: Uint32Array): Float32Array {
  return perPixel(counts, (histogram) => {
    const total = histogram.reduce((sum, count, level) => sum + count * level, 0);
    return total / histogram.reduce((a, b) => a + b, 0);
  });
}
