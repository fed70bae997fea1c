// Whole training steps of a small network beside PyTorch's: gradients, three Adam steps, scoring.

import {
  type Activation,
  type Backbone,
  convolutionalBackbone,
  denseBackbone,
  memoryBottleneck,
} from '@memae/architectures';
import type { Backend } from '@memae/backend';
import { addressingEntropy, reconstructionError } from '@memae/core';
import {
  type Mode,
  type Tensor,
  add,
  bindParameters,
  createRandom,
  defineProgram,
  equal,
  input,
  mean,
  mul,
  sum,
} from '@memae/graph';
import { adam, trainable } from '@memae/training';
import { type Comparison, compare, norm } from './comparison.ts';
import { type NetworkFile, decodeTensor } from './golden-file.ts';

/** Trains and scores on an engine as the file did in PyTorch, and compares every figure in it. */
export async function networkFigures(backend: Backend, golden: NetworkFile): Promise<Comparison[]> {
  const samples = decodeTensor(golden.input);
  const x = input('samples', ['batch', ...samples.shape.slice(1)]);
  const forward = createForward(golden, x);
  const { encoding, weights, reconstruction, entropy } = forward('train');
  const error = mean(reconstructionError(x, reconstruction, golden));
  const loss = add(error, mul(entropy, golden.alpha));
  const gradients = trainable(loss).map(
    ([p, gradient]) => [`gradient ${p.op.name}`, gradient] as const,
  );
  const program = bindParameters(
    defineProgram(
      {
        loss,
        reconstruction_loss: error,
        entropy,
        empty_rows: sum(equal(sum(weights, { axes: [-1] }), 0)),
        encoding,
        weights,
        reconstruction,
        ...Object.fromEntries(gradients),
      },
      adam({ learningRate: golden.learning_rate })(loss),
    ),
    new Map(Object.entries(golden.initial).map(([name, value]) => [name, decodeTensor(value)])),
  );

  const largestGradient = Math.max(
    ...Object.values(golden.steps[0]?.gradients ?? {}).map((g) => norm([...decodeTensor(g).data])),
  );
  const found: Comparison[] = [];
  const executable = await backend.compile(program);
  try {
    for (const [i, step] of golden.steps.entries()) {
      const ours = await executable.run({ samples });
      for (const name of ['loss', 'reconstruction_loss', 'entropy', 'empty_rows'] as const) {
        found.push(
          compare(`step ${i} ${name}`, { ours: ours[name], golden: step[name], largestGradient }),
        );
      }
      for (const name of ['encoding', 'weights', 'reconstruction'] as const) {
        const tensor = step[name];
        if (tensor === undefined) continue;
        const expected = decodeTensor(tensor);
        found.push(
          compare(`step ${i} ${name}`, { ours: ours[name], golden: expected, largestGradient }),
        );
      }
      for (const [name, gradient] of Object.entries(step.gradients ?? {})) {
        const mine = (ours as Record<string, (typeof ours)['loss']>)[`gradient ${name}`];
        const expected = decodeTensor(gradient);
        found.push(
          compare(`gradient of ${name}`, { ours: mine, golden: expected, largestGradient }),
        );
      }
    }
    const after = await executable.readParameters();
    for (const [name, value] of Object.entries(golden.after_training)) {
      const expected = decodeTensor(value);
      found.push(
        compare(`after training ${name}`, {
          ours: after.get(name),
          golden: expected,
          largestGradient,
        }),
      );
    }

    const last = forward('score');
    const scoring = await backend.compile(
      bindParameters(
        defineProgram({
          reconstruction: last.reconstruction,
          weights: last.weights,
          // The files score by the sum whatever the loss reduces by.
          score: reconstructionError(x, last.reconstruction),
        }),
        after,
      ),
    );
    const scored = await scoring.run({ samples });
    await scoring[Symbol.asyncDispose]();
    for (const name of ['reconstruction', 'weights', 'score'] as const) {
      const tensor = golden.scoring[name];
      if (tensor === undefined) continue;
      const expected = decodeTensor(tensor);
      found.push(
        compare(`scoring ${name}`, { ours: scored[name], golden: expected, largestGradient }),
      );
    }
    return found;
  } finally {
    await executable[Symbol.asyncDispose]();
  }
}

interface Forward {
  readonly encoding: Tensor;
  readonly weights: Tensor;
  readonly reconstruction: Tensor;
  readonly entropy: Tensor;
}

function createForward(
  { spec, input: { shape } }: NetworkFile,
  x: Tensor,
): (mode: Mode) => Forward {
  const backbone = createBackbone(spec, shape.slice(1));
  const bottleneck = memoryBottleneck(
    { name: 'memory', random: createRandom(0) },
    {
      codeShape: backbone.codeShape,
      slots: spec.memory_slots,
      similarity: spec.similarity,
      shrinkage: spec.shrink_threshold_times_slots,
      query: spec.query,
      entropyWeight: 0,
    },
  );
  return (mode) => {
    const encoding = backbone.encoder(x, mode);
    const { code, memory } = bottleneck.pass(encoding, mode);
    const weights = memory?.weights ?? encoding;
    return {
      encoding,
      weights,
      reconstruction: backbone.decoder(code, mode),
      entropy: mean(addressingEntropy(weights)),
    };
  };
}

function createBackbone(spec: NetworkFile['spec'], sampleShape: readonly number[]): Backbone {
  const init = { name: '', random: createRandom(0) };
  const activation: Activation =
    spec.activation === 'leaky_relu_0.2' ? 'leaky-relu' : spec.activation;
  if (spec.layers !== undefined) {
    return denseBackbone(init, { widths: spec.layers, activation });
  }
  return convolutionalBackbone(init, {
    encoder: spec.encoder ?? [],
    decoder: spec.decoder ?? [],
    sampleShape,
    activation,
  });
}
