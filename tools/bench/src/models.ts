// The networks that are timed: the paper's for MNIST and for KDDCUP99, as MemAE (cosine, λ = 1/N).

import {
  type Autoencoder,
  autoencoder,
  denseBackbone,
  memoryBottleneck,
  mnistBackbone,
  objectiveOf,
} from '@memae/architectures';
import { reconstructionError } from '@memae/core';
import {
  type Input,
  type NdArray,
  type Program,
  createRandom,
  defineProgram,
  input,
  ndarray,
  sizeOf,
} from '@memae/graph';
import { adam } from '@memae/training';

export type ShapeName = 'mnist' | 'kdd';

const random = createRandom(1);
const sampleShapes = { mnist: [1, 28, 28], kdd: [120] } as const;

/** One whole training step: forward, backward, Adam. */
export function trainingProgram(shape: ShapeName): Program {
  const x = samples(shape);
  const { loss } = objectiveOf(model(shape), { x, mode: 'train', reduction: 'sum' });
  return defineProgram({ loss }, adam({ learningRate: 1e-4 })(loss));
}

/** From samples to one score each. */
export function scoringProgram(shape: ShapeName): Program<'score'> {
  const x = samples(shape);
  const { reconstruction } = model(shape).forward(x, 'score');
  return defineProgram({ score: reconstructionError(x, reconstruction) });
}

/** Random samples in [0, 1). */
export function randomSamples(shape: ShapeName, batch: number): NdArray {
  const dims = [batch, ...sampleShapes[shape]];
  return ndarray(
    Float32Array.from({ length: sizeOf(dims) }, () => random.uniform()),
    dims,
  );
}

function samples(shape: ShapeName): Input {
  return input('samples', ['batch', ...sampleShapes[shape]]);
}

function model(shape: ShapeName): Autoencoder {
  const init = { name: '', random };
  const backbone =
    shape === 'mnist'
      ? mnistBackbone(init, { sampleShape: sampleShapes.mnist })
      : denseBackbone(init, { widths: [120, 60, 30, 10, 3] });
  const bottleneck = memoryBottleneck(
    { name: 'memory', random },
    {
      codeShape: backbone.codeShape,
      slots: shape === 'mnist' ? 100 : 50,
      similarity: 'cosine',
      shrinkage: 1,
      query: 'sample',
      entropyWeight: 0.0002,
    },
  );
  return autoencoder(backbone, bottleneck);
}
