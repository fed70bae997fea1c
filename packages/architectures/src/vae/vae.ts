// VAE: a code drawn from a normal distribution that the encoder gives, scored by the reconstruction of its mean.

import { definePlugin } from '@memae/training';
import { gaussianBottleneck } from '../gaussian-bottleneck.ts';
import { commonOptions, officialOptions, paperOptions } from '../options.ts';
import { perSample } from '../samples.ts';
import { settle } from '../suited.ts';
import { withBottleneck } from '../with-bottleneck.ts';

export const vae = definePlugin({
  id: 'vae',
  title: 'Variational autoencoder',
  citation:
    'D. P. Kingma and M. Welling, "Auto-Encoding Variational Bayes", ICLR 2014; ' +
    'in D. Gong et al., ICCV 2019, table 1: "VAE"',
  modalities: ['image', 'video', 'tabular'],
  options: {
    klWeight: {
      type: 'number',
      default: 0.3,
      min: 0,
      about:
        "β, weight of the divergence from N(0, 1) in the loss: twice the variance of the decoder's pixels; with loss.reduction=mean divided by a sample's size",
    },
    ...commonOptions,
  },
  presets: { paper: paperOptions, official: officialOptions },
  settle,
  create: withBottleneck('vae', (options, dataset) => ({ random }, codeShape) => {
    const weight = options.klWeight * perSample(dataset, options['loss.reduction']);
    return gaussianBottleneck({ name: 'gaussian', random }, { codeShape, weight });
  }),
});
