// One training step of a 3-D convolution on TensorFlow beside the same in plain loops: training-step.ts TFJS_NODE BINDING.
//
//   y = x ∗ f,  E = ½ Σ y²,  x ← x − η ∂E/∂x,  f ← f − η ∂E/∂f

import { createRequire } from 'node:module';
import { join } from 'node:path';
import type * as Tfjs from '@tensorflow/tfjs-core';

export interface StepReport {
  /** The version that the library itself tells. */
  readonly tensorflow: string;
  readonly device: 'gpu' | 'cpu';
  /** Largest difference of a parameter after the step, relative to the largest parameter. */
  readonly error: number;
}

const [target = '', binding = ''] = process.argv.slice(2);
process.env['TF_CPP_MIN_LOG_LEVEL'] ??= '2';
const load = createRequire(join(target, 'package.json'));
// tfjs-node asks node-pre-gyp where its binding is: here, wherever it is to be in the end.
(load('@mapbox/node-pre-gyp/lib/pre-binding') as { find: () => string }).find = () => binding;
const tf = load(target) as typeof Tfjs;

const size = { sample: [1, 4, 5, 6, 2], filter: [2, 3, 2, 2, 3], output: [1, 3, 3, 5, 3] } as const;
const rate = 0.01;
const wave = (shape: readonly number[], phase: number) =>
  Float32Array.from({ length: count(shape) }, (_, i) => Math.sin(i + phase));
const start = { sample: wave(size.sample, 1), filter: wave(size.filter, 2) };

const expected = stepInPlainLoops();
const found = await stepOnTensorflow();
const differences = found.map((value, i) => Math.abs(value - (expected[i] ?? NaN)));
const largest = (values: readonly number[]) => values.reduce((a, b) => Math.max(a, b), 0);

const backend = tf.backend() as unknown as {
  readonly isUsingGpuDevice: boolean;
  readonly binding: { readonly TF_Version: string };
};
const report: StepReport = {
  tensorflow: backend.binding.TF_Version,
  device: backend.isUsingGpuDevice ? 'gpu' : 'cpu',
  error: largest(differences) / largest(expected.map(Math.abs)),
};
console.log(JSON.stringify(report));

async function stepOnTensorflow(): Promise<number[]> {
  const sample = tf.variable(tf.tensor5d(start.sample, [...size.sample]));
  const filter = tf.variable(tf.tensor5d(start.filter, [...size.filter]));
  tf.train.sgd(rate).minimize(() => {
    const output = tf.conv3d(sample, filter, 1, 'valid');
    return tf.mul(0.5, tf.sum(tf.square(output)));
  });
  return [...(await sample.data()), ...(await filter.data())];
}

function stepInPlainLoops(): number[] {
  const output = new Float64Array(count(size.output));
  const { sample, filter } = { sample: [...start.sample], filter: [...start.filter] };
  eachProduct((s, f, o) => {
    output[o] = at(output, o) + at(start.sample, s) * at(start.filter, f);
  });
  eachProduct((s, f, o) => {
    sample[s] = at(sample, s) - rate * at(start.filter, f) * at(output, o);
    filter[f] = at(filter, f) - rate * at(start.sample, s) * at(output, o);
  });
  return [...sample, ...filter];
}

/** Visits the sample, filter and output index of each product in the convolution. */
function eachProduct(visit: (sample: number, filter: number, output: number) => void): void {
  const [, ...places] = size.output;
  const [depth, height, width, channels] = size.filter;
  for (const index of indices([...places, depth, height, width, channels])) {
    const [z = 0, y = 0, x = 0, out = 0, dz = 0, dy = 0, dx = 0, channel = 0] = index;
    visit(
      offset([0, z + dz, y + dy, x + dx, channel], size.sample),
      offset([dz, dy, dx, channel, out], size.filter),
      offset([0, z, y, x, out], size.output),
    );
  }
}

function* indices([first, ...others]: readonly number[]): Generator<number[]> {
  if (first === undefined) {
    yield [];
    return;
  }
  for (let i = 0; i < first; i += 1) {
    for (const rest of indices(others)) yield [i, ...rest];
  }
}

function offset(index: readonly number[], shape: readonly number[]): number {
  return shape.reduce((sum, extent, axis) => sum * extent + at(index, axis), 0);
}

function count(shape: readonly number[]): number {
  return shape.reduce((a, b) => a * b, 1);
}

function at(values: ArrayLike<number>, index: number): number {
  return values[index] ?? NaN;
}
