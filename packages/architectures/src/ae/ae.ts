// AE: the same encoder and decoder with nothing in between.

import { definePlugin } from '@memae/training';
import { identity } from '../bottleneck.ts';
import { commonOptions, officialOptions, paperOptions } from '../options.ts';
import { settle } from '../suited.ts';
import { withBottleneck } from '../with-bottleneck.ts';

export const ae = definePlugin({
  id: 'ae',
  title: 'Autoencoder',
  citation: 'D. Gong et al., ICCV 2019, tables 1 to 4: "AE"',
  modalities: ['image', 'video', 'tabular'],
  options: commonOptions,
  presets: { paper: paperOptions, official: officialOptions },
  settle,
  create: withBottleneck('ae', () => () => identity),
});
