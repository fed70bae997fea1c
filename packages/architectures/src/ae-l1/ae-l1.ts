// AE-ℓ1: the autoencoder with the ℓ1 norm of the encoding in the loss.

import { definePlugin } from '@memae/training';
import { l1Bottleneck } from '../l1-bottleneck.ts';
import { commonOptions, officialOptions, paperOptions } from '../options.ts';
import { perSample } from '../samples.ts';
import { settle } from '../suited.ts';
import { withBottleneck } from '../with-bottleneck.ts';

export const aeL1 = definePlugin({
  id: 'ae-l1',
  title: 'Autoencoder with a sparse code',
  citation: 'D. Gong et al., ICCV 2019, table 4: "AE-ℓ1"',
  modalities: ['image', 'video', 'tabular'],
  options: {
    l1Weight: {
      type: 'number',
      default: 0.3,
      min: 0,
      about: "β, weight of ‖z‖₁ in the loss; with loss.reduction=mean divided by a sample's size",
    },
    ...commonOptions,
  },
  presets: { paper: paperOptions, official: officialOptions },
  settle,
  create: withBottleneck(
    'ae-l1',
    (options, dataset) => () =>
      l1Bottleneck({ weight: options.l1Weight * perSample(dataset, options['loss.reduction']) }),
  ),
});
