import { ae } from './ae/ae.ts';
import { memae } from './memae/memae.ts';
import { memaeNonSpar } from './memae-nonspar/memae-nonspar.ts';

export { ae, memae, memaeNonSpar };
/** Every method of this package. */
export const architectures = [memae, memaeNonSpar, ae] as const;

export { type Autoencoder, type Pass, autoencoder, objectiveOf } from './autoencoder.ts';
export {
  type Activation,
  type Backbone,
  type ConvolutionSpec,
  type ConvolutionalOptions,
  type Output,
  type Padding,
  convolutionalBackbone,
  denseBackbone,
  mnistBackbone,
} from './backbone.ts';
export {
  type Bottleneck,
  type MemoryBottleneckOptions,
  type Passed,
  type Query,
  identity,
  memoryBottleneck,
} from './bottleneck.ts';
