// Options that the autoencoders here share. Where one is auto, the kind of data decides: see suited.ts.

import type { OptionTable, RawOptions } from '@memae/training';
import { networkNames } from './networks.ts';
import { autoOf } from './suited.ts';

/** Which network, and what may differ within it. */
export const networkOptions = {
  'network.backbone': {
    type: 'choice',
    of: ['auto', ...networkNames],
    default: 'auto',
    about:
      "the network; all but image and tabular are the paper's. auto: by the data; images up to 32×32 of one channel mnist, others cifar10, larger ones image",
  },
  'network.depth': {
    type: 'integer',
    default: 'auto',
    min: 1,
    max: 10,
    about:
      'image: how many convolutions halve it. auto: until some eight positions a side are left, 3 for 64×64, 5 for 256×256',
  },
  'network.width': {
    type: 'number',
    default: 1,
    min: 0.01,
    about: "channels of each convolution, as a multiple of the paper's",
  },
  'network.widths': {
    type: 'text',
    default: 'auto',
    pattern: /^(auto|[1-9]\d{0,4}(-[1-9]\d{0,4})*)$/,
    takes: 'whole numbers joined by hyphens, or auto',
    about:
      "tables: the dense layers' widths from the columns to the code. auto: 60-30-10-3 (kddcup99), 64-32 (tabular)",
  },
  'network.strides': {
    type: 'choice',
    of: ['official', 'paper'],
    default: 'official',
    about:
      'video: the paper halves the time in all layers, the released code not in the first and last',
  },
  'network.decoder': {
    type: 'choice',
    of: ['official', 'paper'],
    default: 'official',
    about: "video: widths of the decoder: the released code's 256-128-96, the paper's 256-256-128",
  },
  'network.padding': {
    type: 'choice',
    of: ['same', 'none'],
    default: 'same',
    about: 'same keeps ⌈size/stride⌉ positions a layer; none gives a smaller code',
  },
  'network.activation': {
    type: 'choice',
    of: ['auto', 'relu', 'leaky-relu'],
    default: 'auto',
    about: `after each convolution but the last; leaky-relu (slope 0.2) in the released code; tables always have tanh. ${autoOf('network.activation')}`,
  },
  'network.start': {
    type: 'choice',
    of: ['auto', 'uniform', 'normal'],
    default: 'auto',
    about: `convolutions start uniform as in PyTorch, or normal with deviation 0.02 as in the released code. ${autoOf('network.start')}`,
  },
  'network.output': {
    type: 'choice',
    of: ['auto', 'sigmoid', 'linear'],
    default: 'auto',
    about:
      "after the decoder's last layer; sigmoid needs samples in [0, 1], linear is the paper's. auto: sigmoid for images in [0, 1], else linear",
  },
} as const satisfies OptionTable;

/** What any network here is trained and scored with. */
export const trainingOptions = {
  'input.range': {
    type: 'choice',
    of: ['auto', 'unit', 'symmetric'],
    default: 'auto',
    about: `bytes are scaled to [0, 1], or symmetric to [−1, 1]; numbers stay as they come. ${autoOf('input.range')}`,
  },
  'loss.reduction': {
    type: 'choice',
    of: ['auto', 'sum', 'mean'],
    default: 'auto',
    about: `over a sample's elements, in the loss and the score. ${autoOf('loss.reduction')}`,
  },
  'score.error': {
    type: 'choice',
    of: ['auto', 'squared', 'absolute'],
    default: 'auto',
    about: `the error that is scored; the loss is always the squared one. ${autoOf('score.error')}`,
  },
  'score.weights': {
    type: 'choice',
    of: ['auto', 'equal', 'inverse'],
    default: 'auto',
    about: `how much each number of a sample counts in its error: all alike, or by the inverse of its mean error on the training samples (at most eleven times the weight of one with the mean error), so that what is never reconstructed well says less. ${autoOf('score.weights')}`,
  },
  'training.epochs': { type: 'integer', default: 20, min: 1, about: 'passes over the data' },
  'training.steps': {
    type: 'integer',
    default: 0,
    min: 0,
    about: 'ends training after so many batches; 0: only epochs count',
  },
  'training.batch': {
    type: 'integer',
    default: 'auto',
    min: 1,
    about:
      'samples a step. auto: 64 images (16 where the network is image), 10 videos; of rows a power of two from 8 to 1024, for some 200 steps an epoch',
  },
  'training.rate': {
    type: 'number',
    default: 'auto',
    min: 1e-9,
    about: `Adam's learning rate. ${autoOf('training.rate')}`,
  },
  'training.patience': {
    type: 'integer',
    default: 0,
    min: 0,
    about: 'stops when the validation loss has not fallen for so many epochs; 0: never',
  },
  'training.untilQuantile': {
    type: 'number',
    default: 0,
    min: 0,
    max: 1,
    about:
      'stops when this quantile of the validation errors, as 0.95, lies below their mean: what is left is in few samples; 0: never',
  },
} as const satisfies OptionTable;

/** What every method of this package has. */
export const commonOptions = { ...networkOptions, ...trainingOptions } as const;

export const memoryOptions = {
  'memory.slots': {
    type: 'integer',
    default: 'auto',
    min: 1,
    max: 1_000_000,
    about: `N, how many items. ${autoOf('memory.slots')}`,
  },
  'memory.similarity': {
    type: 'choice',
    of: ['auto', 'cosine', 'dot'],
    default: 'auto',
    about: `cosine as in the paper, dot product as in the released code. ${autoOf('memory.similarity')}`,
  },
  'memory.temperature': {
    type: 'number',
    default: 'auto',
    min: 0.001,
    about: `multiplies the similarities before the softmax; 1 as in the paper. ${autoOf('memory.temperature')}`,
  },
  'memory.query': {
    type: 'choice',
    of: ['auto', 'sample', 'position'],
    default: 'auto',
    about: `the whole encoding asks as one vector, or each position of the feature map. ${autoOf('memory.query')}`,
  },
  'memory.normalised': {
    type: 'boolean',
    default: false,
    about: 'items have length one wherever they are used',
  },
  'score.from': {
    type: 'choice',
    of: ['error', 'distance', 'entropy', 'sum'],
    default: 'error',
    about:
      'the reconstruction error; how far queries point away from their nearest item; how spread their weights are before shrinkage; or the sum of the three, each standardised by held-out normal samples',
  },
} as const satisfies OptionTable;

export const shrinkageOptions = {
  'memory.shrinkage': {
    type: 'number',
    default: 'auto',
    min: 0,
    about:
      'λ as a multiple of 1/N: weights at or below it become zero. auto: 1 with the cosine; with the dot product 1.5, for video 5; half of N at most',
  },
  'memory.emptyRows': {
    type: 'choice',
    of: ['auto', 'zeros', 'unshrunk'],
    default: 'auto',
    about: `what is read where nothing exceeds λ: zeros as in the released code, or by the weights before shrinkage. ${autoOf('memory.emptyRows')}`,
  },
  'memory.reseed': {
    type: 'integer',
    default: 0,
    min: 0,
    about:
      'after each of so many epochs, items that no reading used become encodings of training samples',
  },
} as const satisfies OptionTable;

export const entropyOptions = {
  entropyWeight: {
    type: 'number',
    default: 0.0002,
    min: 0,
    about: 'α, weight of the addressing entropy in the loss',
  },
  entropyWarmup: {
    type: 'number',
    default: 0,
    min: 0,
    about: 'epochs over which α rises from 0 to its value',
  },
} as const satisfies OptionTable;

/** The network and the training as the paper writes them. */
export const paperOptions = {
  'network.strides': 'paper',
  'network.decoder': 'paper',
  'network.widths': '60-30-10-3',
  'network.activation': 'relu',
  'network.start': 'uniform',
  'network.output': 'linear',
  'loss.reduction': 'sum',
  'score.error': 'squared',
  'score.weights': 'equal',
  'training.rate': 1e-4,
} as const satisfies RawOptions;

/** The memory as the paper writes it; its size and its queries follow the network. */
export const paperMemory = {
  'memory.similarity': 'cosine',
  'memory.temperature': 1,
} as const satisfies RawOptions;

/** What the released code's shrinkage leaves where nothing exceeds λ. */
export const officialShrinkage = { 'memory.emptyRows': 'zeros' } as const satisfies RawOptions;

/** The shrinkage as the paper writes it. */
export const paperShrinkage = {
  'memory.shrinkage': 1,
  ...officialShrinkage,
} as const satisfies RawOptions;

/**
 * The authors' released code, which is for video; of it, what does not depend on the kind of data.
 * What does is left auto: for video that is the released code's, too.
 */
export const officialOptions = {
  'network.strides': 'official',
  'network.decoder': 'official',
  'network.activation': 'leaky-relu',
  'network.start': 'normal',
  'network.output': 'linear',
  'input.range': 'symmetric',
  'loss.reduction': 'mean',
  'score.error': 'absolute',
  'score.weights': 'equal',
  'training.rate': 1e-4,
  'training.epochs': 100,
} as const satisfies RawOptions;
