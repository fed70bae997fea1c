// MemAE-nonSpar: the memory with neither shrinkage nor entropy loss; every reading uses every item.

import { definePlugin } from '@memae/training';
import {
  commonOptions,
  memoryOptions,
  officialOptions,
  paperMemory,
  paperOptions,
} from '../options.ts';
import { settle } from '../suited.ts';
import { withMemory } from '../with-memory.ts';

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
  create: withMemory('memae-nonspar'),
});
