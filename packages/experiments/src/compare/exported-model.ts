// The model that leaves the house must be the one that was trained: it is encoded, opened again from
// its bytes alone, and asked for the same scores.

import { openOnnx } from '@memae/backend/ort';
import type { Samples } from '@memae/datasets';
import type { Tensor } from '@memae/graph';
import { encodeOnnx } from '@memae/onnx';
import type { ScoreProgram } from '@memae/training';
import { experimentError } from '../error.ts';
import type { ExportedModel } from './comparison.ts';
import { type ModelOutputs, runInBatches } from './run-in-batches.ts';

/** The largest relative difference that passes as rounding. */
const tolerance = 1e-5;

/** Encodes a scoring program, with what a manifest says of its input and outputs. */
export function exportModel(
  program: ScoreProgram,
  metadata: Readonly<Record<string, string>>,
): Omit<ExportedModel, 'largestDifference'> {
  const [input] = program.inputs;
  if (input === undefined || program.inputs.length > 1) {
    throw experimentError(
      'EXPERIMENT_BAD_OPTION',
      `A scoring program takes one input, the samples, but this one has ${program.inputs.length}.`,
    );
  }
  return {
    model: encodeOnnx(program, { metadata }),
    input: { name: input.op.name, ...specOf(input) },
    outputs: Object.fromEntries(
      Object.entries(program.outputs).map(([name, tensor]) => [name, specOf(tensor)]),
    ),
  };
}

/** Opens a model from its bytes and runs it over samples in batches → those of the outputs that it has. */
export async function runExported(
  model: Uint8Array,
  {
    samples,
    outputs,
    ...engine
  }: {
    readonly samples: Samples;
    readonly outputs: readonly string[];
    readonly threads?: number;
  },
): Promise<ModelOutputs> {
  const executable = await openOnnx(model, engine);
  try {
    const [input = ''] = executable.inputs;
    const names = outputs.filter((name) => executable.outputs.includes(name));
    return await runInBatches(samples, (batch) => executable.run({ [input]: batch }, names));
  } finally {
    await executable[Symbol.asyncDispose]();
  }
}

/**
 * The largest |exported − trained| / |trained|.
 * @throws `EXPERIMENT_EXPORT_DIFFERS` when it is more than rounding.
 */
export function largestDifference(
  trained: Float32Array,
  exported: Float32Array,
  { method }: { readonly method: string },
): number {
  const differences = Array.from(trained, (value, i) => {
    const other = exported[i] ?? NaN;
    return value === other ? 0 : Math.abs(other - value) / Math.abs(value);
  });
  const apart = differences.filter((difference) => !(difference <= tolerance));
  const largest = differences.reduce((a, b) => Math.max(a, b), 0);
  if (apart.length > 0) {
    throw experimentError(
      'EXPERIMENT_EXPORT_DIFFERS',
      `The exported model of ${method} should give the trainer's scores to within ${tolerance}, but ` +
        `${apart.length} of ${trained.length} differ, by up to ${largest.toExponential(1)} relative. ` +
        'Do not use this model; please report this with the engine and the options.',
    );
  }
  return largest;
}

function specOf({ dtype, dims }: Tensor): Pick<Tensor, 'dtype' | 'dims'> {
  return { dtype, dims };
}
