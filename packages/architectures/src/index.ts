import { ae } from './ae/ae.ts';
import { aeL1 } from './ae-l1/ae-l1.ts';
import { memae } from './memae/memae.ts';
import { memaeNonSpar } from './memae-nonspar/memae-nonspar.ts';
import { memaeWithoutEntropy } from './memae-without-entropy/memae-without-entropy.ts';
import { memaeWithoutShrinkage } from './memae-without-shrinkage/memae-without-shrinkage.ts';
import { vae } from './vae/vae.ts';

export { ae, aeL1, memae, memaeNonSpar, memaeWithoutEntropy, memaeWithoutShrinkage, vae };
/** Every method of this package. */
export const architectures = [
  memae,
  memaeNonSpar,
  memaeWithoutShrinkage,
  memaeWithoutEntropy,
  ae,
  aeL1,
  vae,
] as const;

export { type Autoencoder, type Pass, autoencoder, objectiveOf } from './autoencoder.ts';
export type { Activation, Backbone, Output, Start } from './backbone.ts';
export { type Bottleneck, type Care, type MemoryUse, type Passed, identity } from './bottleneck.ts';
export {
  type ConvolutionSpec,
  type ConvolutionalOptions,
  type Padding,
  convolutionalBackbone,
} from './convolutional-backbone.ts';
export { type FitPlan, fitAutoencoder } from './fit-autoencoder.ts';
export { type ModelPlan, fitModel } from './fit-model.ts';
export { trainingOptions } from './options.ts';
export { settle } from './suited.ts';
export { denseBackbone } from './dense-backbone.ts';
export { type GaussianOptions, gaussianBottleneck } from './gaussian-bottleneck.ts';
export { l1Bottleneck } from './l1-bottleneck.ts';
export { type MemoryBottleneckOptions, type Query, memoryBottleneck } from './memory-bottleneck.ts';
export {
  type NetworkName,
  type NetworkOptions,
  type Source,
  cifar10Backbone,
  mnistBackbone,
  imageBackbone,
  networkFor,
  kddcup99Backbone,
  tabularBackbone,
  videoBackbone,
} from './networks.ts';
