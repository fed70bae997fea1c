// The layer that @memae/backend has for models of TensorFlow.js writes the same equations a second time: held to these ones.

import { memory as memoryLayer } from '@memae/backend/tfjs-layers';
import { add, createRandom, gradients, mul, parameter, square, sum } from '@memae/graph';
import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { beforeAll, expect, it } from 'vitest';
import { addressingEntropy } from './addressing-entropy.ts';
import { type MemoryOptions, createMemory } from './memory.ts';
import { compute, distance, drawn, memories, rows } from './testing/compute.ts';

const choices = fc.record({
  similarity: fc.constantFrom('cosine' as const, 'dot' as const),
  temperature: fc.constantFrom(1, 3),
  shrinkage: fc.constantFrom(null, 0, 0.7),
  emptyRows: fc.constantFrom('zeros' as const, 'unshrunk' as const),
});

beforeAll(async () => {
  await tf.setBackend('cpu');
});

it('gives the same readings, weights and gradients', async () => {
  await fc.assert(
    fc.asyncProperty(memories, choices, async ({ queries, slots, width, seed }, chosen) => {
      const options = { slots, width, ...chosen };
      const z = drawn([queries, width], seed);
      const made = createMemory({ name: 'memory', random: createRandom(seed) }, options);
      const [ours, theirs] = [await fromOurs(made, z), fromLayer(made, { options, z })];
      // Weights within rounding of λ may fall on either side of it.
      fc.pre(options.shrinkage === null || !isAtThreshold(ours.unshrunk, options));
      // TensorFlow.js computes in float32. The cosine's gradient has the size of one over a vector's length, and so
      // have the rounding errors in it; the reference computes in float64.
      const vectors = [
        ...rows([...z.data], width),
        ...rows([...made.stored.op.initial.data], width),
      ];
      const values = [...ours.output, ...ours.z, ...ours.items].map(Math.abs);
      const scale = Math.max(1, ...values, ...vectors.map((v) => 1 / Math.hypot(...v)));
      for (const name of ['output', 'weights', 'z', 'items'] as const) {
        expect(distance(theirs[name], ours[name]), name).toBeLessThan(2e-5 * scale);
      }
    }),
  );
});

function isAtThreshold(weights: readonly number[], { slots, shrinkage }: MemoryOptions): boolean {
  return weights.some((weight) => Math.abs(weight - (shrinkage ?? 0) / slots) < 1e-4);
}

/** A loss through the reading and the weights. */
async function fromOurs(made: ReturnType<typeof createMemory>, queries: ReturnType<typeof drawn>) {
  const z = parameter('z', queries);
  const { output, weights, unshrunk } = made.read(z);
  const loss = add(sum(square(output)), mul(sum(addressingEntropy(weights)), 0.3));
  const found = gradients(loss, [z, made.stored]);
  const [dz = loss, items = loss] = [found.get(z), found.get(made.stored)];
  return compute({ output, weights, unshrunk, z: dz, items });
}

function fromLayer(
  made: ReturnType<typeof createMemory>,
  { options, z }: { readonly options: MemoryOptions; readonly z: ReturnType<typeof drawn> },
) {
  return tf.tidy(() => {
    const layer = memoryLayer({ ...options, returnWeights: true });
    const queries = tf.variable(tf.tensor(z.data, [...z.shape]));
    layer.apply(queries);
    const stored = made.stored.op.initial;
    layer.setWeights([tf.tensor(stored.data, [...stored.shape])]);
    const [output, weights] = layer.apply(queries) as [tf.Tensor, tf.Tensor];
    const { grads } = tf.variableGrads(() => {
      const [read, w] = layer.apply(queries) as [tf.Tensor, tf.Tensor];
      const entropy = tf.neg(tf.sum(tf.mul(w, tf.log(tf.add(w, 1e-12)))));
      return tf.add(tf.sum(tf.square(read)), tf.mul(entropy, 0.3));
    });
    const { [queries.name]: dz, ...others } = grads;
    const [items] = Object.values(others);
    const numbers = (tensor: tf.Tensor | undefined): number[] => [...(tensor?.dataSync() ?? [])];
    return {
      output: numbers(output),
      weights: numbers(weights),
      z: numbers(dz),
      items: numbers(items),
    };
  });
}
