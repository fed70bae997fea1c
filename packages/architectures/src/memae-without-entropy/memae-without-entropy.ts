// MemAE without the entropy loss: only hard shrinkage makes readings sparse.

import { definePlugin } from '@memae/training';
import { memoryFrom } from '../memory-bottleneck.ts';
import {
  commonOptions,
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

export const memaeWithoutEntropy = definePlugin({
  id: 'memae-without-entropy',
  title: 'MemAE without the entropy loss',
  citation: 'D. Gong et al., ICCV 2019, table 4: "MemAE w/o Entropy loss"',
  modalities: ['image', 'video', 'tabular'],
  options: { ...memoryOptions, ...shrinkageOptions, ...commonOptions },
  presets: {
    paper: { ...paperMemory, ...paperShrinkage, ...paperOptions },
    official: { ...officialOptions, ...officialShrinkage },
  },
  settle,
  create: withBottleneck('memae-without-entropy', memoryFrom),
});
