import { drawStrokes } from '@memae/datasets';
import { createRandom } from '@memae/graph';
import { rocAuc } from '@memae/metrics';
import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { fit, memoryAutoencoder, score } from './autoencoder.ts';

function drawn(classes: readonly number[], count: number, seed: number): tf.Tensor2D {
  const { data } = drawStrokes({ count, classes, random: createRandom(seed) }).images;
  return tf.tensor2d(
    Float32Array.from(data, (value) => value / 255),
    [count, 784],
  );
}

it('tells other digits from the one it has learned', async () => {
  await tf.setBackend('cpu');
  const model = memoryAutoencoder(784);
  await fit(model, drawn([1], 300, 1), 5);
  const normal = await score(model, drawn([1], 100, 2));
  const odd = await score(model, drawn([0, 2, 3, 4, 5, 6, 7, 8, 9], 200, 3));
  const labels = Uint8Array.from({ length: 300 }, (_, i) => (i < 100 ? 0 : 1));
  expect(rocAuc([...normal, ...odd], labels)).toBeGreaterThan(0.9);
});
