// The model that leaves the house must be the one that was trained: it is encoded, opened again from
// its bytes alone, and asked for the same scores.

import { openOnnx } from '@memae/backend/ort';
import type { Samples } from '@memae/datasets';
import { type AnyNdArray, type NdArray, type Tensor, zeros } from '@memae/graph';
import { encodeOnnx } from '@memae/onnx';
import type { ScoreProgram } from '@memae/training';
import { experimentError } from '../error.ts';
import type { ExportedModel } from './comparison.ts';
import { sliceSamples } from './samples.ts';

/** How many samples go through a model at once. */
const batchSize = 256;

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

/** Outputs by name, all float32; those that the model does not have are missing. */
export type ModelOutputs = Readonly<Partial<Record<string, NdArray>>>;

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
    const count = samples.shape[0] ?? 0;
    const batches: Readonly<Record<string, AnyNdArray>>[] = [];
    for (let start = 0; start < count; start += batchSize) {
      const batch = sliceSamples(samples, start, Math.min(start + batchSize, count));
      batches.push(await executable.run({ [input]: batch }, names));
    }
    return Object.fromEntries(names.map((name) => [name, joined(batches.map((b) => b[name]))]));
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

/** Batches one after the other, as float32. */
function joined(batches: readonly (AnyNdArray | undefined)[]): NdArray {
  const parts = batches.filter((batch) => batch !== undefined);
  const count = parts.reduce((total, { shape }) => total + (shape[0] ?? 0), 0);
  const shape = [count, ...(parts[0]?.shape.slice(1) ?? [])];
  const all = zeros(shape);
  let start = 0;
  for (const { data } of parts) {
    all.data.set(data, start);
    start += data.length;
  }
  return all;
}

function specOf({ dtype, dims }: Tensor): Pick<Tensor, 'dtype' | 'dims'> {
  return { dtype, dims };
}
