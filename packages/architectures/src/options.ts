// Options that every autoencoder here shares.

import type { OptionTable, RawOptions } from '@memae/training';

export const commonOptions = {
  'network.padding': {
    type: 'choice',
    of: ['same', 'none'],
    default: 'same',
    about: 'same keeps ⌈size/stride⌉ positions a layer; none gives a smaller code',
  },
  'network.activation': {
    type: 'choice',
    of: ['relu', 'leaky-relu'],
    default: 'relu',
    about: 'after each layer but the last; the released code has leaky-relu (slope 0.2)',
  },
  'network.output': {
    type: 'choice',
    of: ['sigmoid', 'linear'],
    default: 'sigmoid',
    about: "after the decoder's last layer; sigmoid needs samples in [0, 1], linear is the paper's",
  },
  'loss.reduction': {
    type: 'choice',
    of: ['sum', 'mean'],
    default: 'sum',
    about: "over a sample's elements, in the loss and the score",
  },
  'training.epochs': { type: 'integer', default: 20, min: 1, about: 'passes over the data' },
  'training.steps': {
    type: 'integer',
    default: 0,
    min: 0,
    about: 'ends training after so many batches; 0: only epochs count',
  },
  'training.batch': { type: 'integer', default: 64, min: 2, about: 'samples a step' },
  'training.rate': { type: 'number', default: 3e-3, min: 0, about: "Adam's learning rate" },
  'training.patience': {
    type: 'integer',
    default: 0,
    min: 0,
    about: 'stops when the validation loss has not fallen for so many epochs; 0: never',
  },
} as const satisfies OptionTable;

/** The network and the training as the paper writes them. */
export const paperOptions = {
  'network.padding': 'same',
  'network.activation': 'relu',
  'network.output': 'linear',
  'loss.reduction': 'sum',
  'training.rate': 1e-4,
} as const satisfies RawOptions;

export const memoryOptions = {
  'memory.slots': { type: 'integer', default: 100, min: 1, about: 'N, how many items' },
  'memory.similarity': {
    type: 'choice',
    of: ['cosine', 'dot'],
    default: 'dot',
    about: 'cosine as in the paper, dot product as in the released code',
  },
  'memory.temperature': {
    type: 'number',
    default: 1,
    min: 0,
    about: 'multiplies the similarities before the softmax; 1 as in the paper',
  },
  'memory.query': {
    type: 'choice',
    of: ['sample', 'position'],
    default: 'sample',
    about: 'the whole encoding asks as one vector, or each position of the feature map',
  },
} as const satisfies OptionTable;

/** The memory as the paper writes it. */
export const paperMemory = {
  'memory.similarity': 'cosine',
  'memory.temperature': 1,
  'memory.query': 'sample',
} as const satisfies RawOptions;
