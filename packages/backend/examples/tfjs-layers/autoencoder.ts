// An autoencoder of TensorFlow.js with a memory in its middle: MemAE, in a model of one's own.

// Outside this repository, from '@memae/backend/tfjs-layers'.
import { addressingEntropy, memory } from '../../src/tfjs-layers/index.ts';
import * as tf from '@tensorflow/tfjs-core';
import {
  type LayersModel,
  type SymbolicTensor,
  input,
  layers,
  model,
} from '@tensorflow/tfjs-layers';

/** Samples [B, size] → their reconstructions and the memory's weights, compiled with the loss of the paper. */
export function memoryAutoencoder(size: number): LayersModel {
  const x = input({ shape: [size] });
  const hidden = layers.dense({ units: 64, activation: 'relu' }).apply(x);
  const code = layers.dense({ units: 16 }).apply(hidden) as SymbolicTensor;
  const read = memory({ slots: 50, temperature: 5, returnWeights: true }).apply(code);
  const [found, weights] = read as SymbolicTensor[] as [SymbolicTensor, SymbolicTensor];
  const back = layers.dense({ units: 64, activation: 'relu' }).apply(found);
  const y = layers.dense({ units: size, activation: 'sigmoid' }).apply(back) as SymbolicTensor;
  const made = model({ inputs: x, outputs: [y, weights] });
  made.compile({
    optimizer: tf.train.adam(3e-3),
    loss: [
      (truth: tf.Tensor, seen: tf.Tensor) => tf.sum(tf.square(tf.sub(truth, seen)), -1),
      (_: tf.Tensor, w: tf.Tensor) => tf.mul(addressingEntropy(w), 2e-4),
    ],
  });
  return made;
}

/** Trains on normal samples [n, size] in [0, 1]. */
export async function fit(made: LayersModel, normal: tf.Tensor2D, epochs: number): Promise<void> {
  // The weights' loss looks at no target; TensorFlow.js wants one of their shape.
  const [, weights] = made.outputs;
  const none = tf.zeros([normal.shape[0], weights?.shape.at(-1) ?? 0]);
  await made.fit(normal, [normal, none], { epochs, batchSize: 32 });
  none.dispose();
}

/** The reconstruction error of each sample: the score. */
export async function score(made: LayersModel, samples: tf.Tensor2D): Promise<number[]> {
  const errors = tf.tidy(() => {
    const [seen = samples] = made.predict(samples) as tf.Tensor[];
    return tf.sum(tf.square(tf.sub(samples, seen)), -1);
  });
  const scores = [...(await errors.data())];
  errors.dispose();
  return scores;
}
