// MemAE-nonSpar: the memory with neither shrinkage nor entropy loss; every reading uses every item.

import { definePlugin } from '@memae/training';
import { memoryBottleneck } from '../bottleneck.ts';
import { fitAutoencoder } from '../fit-autoencoder.ts';
import { commonOptions, memoryOptions, paperMemory, paperOptions } from '../options.ts';

export const memaeNonSpar = definePlugin({
  id: 'memae-nonspar',
  title: 'MemAE without sparse addressing',
  citation: 'D. Gong et al., ICCV 2019, table 4: "MemAE-nonSpar"',
  modalities: ['image'],
  options: { ...memoryOptions, ...commonOptions },
  presets: { paper: { ...paperMemory, ...paperOptions } },
  create: (options) => ({
    fit: (dataset, context) =>
      fitAutoencoder({
        dataset,
        context,
        method: 'memae-nonspar',
        options,
        bottleneck: (init, codeShape) =>
          memoryBottleneck(init, {
            codeShape,
            slots: options['memory.slots'],
            similarity: options['memory.similarity'],
            temperature: options['memory.temperature'],
            shrinkage: null,
            query: options['memory.query'],
            entropyWeight: 0,
          }),
      }),
  }),
});
