// MemAE: the reading of a sparsely addressed memory stands in for the encoding.

import { definePlugin } from '@memae/training';
import { memoryBottleneck } from '../bottleneck.ts';
import { fitAutoencoder } from '../fit-autoencoder.ts';
import { commonOptions, memoryOptions, paperMemory, paperOptions } from '../options.ts';

export const memae = definePlugin({
  id: 'memae',
  title: 'Memory-augmented autoencoder',
  citation:
    'D. Gong et al., "Memorizing Normality to Detect Anomaly: Memory-augmented Deep Autoencoder ' +
    'for Unsupervised Anomaly Detection", ICCV 2019',
  modalities: ['image'],
  options: {
    ...memoryOptions,
    'memory.shrinkage': {
      type: 'number',
      default: 1.5,
      min: 0,
      about: 'λ as a multiple of 1/N: weights at or below it become zero',
    },
    entropyWeight: {
      type: 'number',
      default: 0.0002,
      min: 0,
      about: 'α, weight of the addressing entropy in the loss',
    },
    ...commonOptions,
  },
  presets: {
    paper: { ...paperMemory, 'memory.shrinkage': 1, entropyWeight: 0.0002, ...paperOptions },
  },
  create: (options) => ({
    fit: (dataset, context) =>
      fitAutoencoder({
        dataset,
        context,
        method: 'memae',
        options,
        bottleneck: (init, codeShape) =>
          memoryBottleneck(init, {
            codeShape,
            slots: options['memory.slots'],
            similarity: options['memory.similarity'],
            temperature: options['memory.temperature'],
            shrinkage: options['memory.shrinkage'],
            query: options['memory.query'],
            entropyWeight: options.entropyWeight,
          }),
      }),
  }),
});
