// MemAE: the reading of a sparsely addressed memory stands in for the encoding.

import { definePlugin } from '@memae/training';
import { memoryFrom } from '../memory-bottleneck.ts';
import {
  commonOptions,
  entropyOptions,
  memoryOptions,
  officialOptions,
  officialShrinkage,
  paperMemory,
  paperOptions,
  paperShrinkage,
  shrinkageOptions,
} from '../options.ts';
import { settle } from '../suited.ts';
import { withBottleneck } from '../with-bottleneck.ts';

export const memae = definePlugin({
  id: 'memae',
  title: 'Memory-augmented autoencoder',
  citation:
    'D. Gong et al., "Memorizing Normality to Detect Anomaly: Memory-augmented Deep Autoencoder ' +
    'for Unsupervised Anomaly Detection", ICCV 2019',
  modalities: ['image', 'video', 'tabular'],
  options: { ...memoryOptions, ...shrinkageOptions, ...entropyOptions, ...commonOptions },
  presets: {
    paper: { ...paperMemory, ...paperShrinkage, ...paperOptions },
    official: { ...officialOptions, ...officialShrinkage },
  },
  settle,
  create: withBottleneck('memae', memoryFrom),
});
