// MemAE-nonSpar: the memory with neither shrinkage nor entropy loss; every reading uses every item.

import { definePlugin } from '@memae/training';
import { memoryFrom } from '../memory-bottleneck.ts';
import {
  commonOptions,
  memoryOptions,
  officialOptions,
  paperMemory,
  paperOptions,
} from '../options.ts';
import { settle } from '../suited.ts';
import { withBottleneck } from '../with-bottleneck.ts';

export const memaeNonSpar = definePlugin({
  id: 'memae-nonspar',
  title: 'MemAE without sparse addressing',
  citation: 'D. Gong et al., ICCV 2019, table 4: "MemAE-nonSpar"',
  modalities: ['image', 'video', 'tabular'],
  options: { ...memoryOptions, ...commonOptions },
  presets: {
    paper: { ...paperMemory, ...paperOptions },
    official: officialOptions,
  },
  settle,
  create: withBottleneck('memae-nonspar', memoryFrom),
});
