// MemAE without hard shrinkage: only the entropy loss presses readings to be sparse.

import { definePlugin } from '@memae/training';
import { memoryFrom } from '../memory-bottleneck.ts';
import {
  commonOptions,
  entropyOptions,
  memoryOptions,
  officialOptions,
  paperMemory,
  paperOptions,
} from '../options.ts';
import { settle } from '../suited.ts';
import { withBottleneck } from '../with-bottleneck.ts';

export const memaeWithoutShrinkage = definePlugin({
  id: 'memae-without-shrinkage',
  title: 'MemAE without hard shrinkage',
  citation: 'D. Gong et al., ICCV 2019, table 4: "MemAE w/o Shrinkage"',
  modalities: ['image', 'video', 'tabular'],
  options: { ...memoryOptions, ...entropyOptions, ...commonOptions },
  presets: {
    paper: { ...paperMemory, ...paperOptions },
    official: officialOptions,
  },
  settle,
  create: withBottleneck('memae-without-shrinkage', memoryFrom),
});
