// AE: the same encoder and decoder with nothing in between.

import { definePlugin } from '@memae/training';
import { identity } from '../bottleneck.ts';
import { fitAutoencoder } from '../fit-autoencoder.ts';
import { commonOptions, paperOptions } from '../options.ts';

export const ae = definePlugin({
  id: 'ae',
  title: 'Autoencoder',
  citation: 'D. Gong et al., ICCV 2019, tables 1 to 4: "AE"',
  modalities: ['image'],
  options: commonOptions,
  presets: { paper: paperOptions },
  create: (options) => ({
    fit: (dataset, context) =>
      fitAutoencoder({
        dataset,
        context,
        method: 'ae',
        options,
        bottleneck: () => identity,
      }),
  }),
});
