// From a trained network to its scoring program. Beside the error, the memory itself can tell an anomaly:
// its queries point away from every item, and their weights are spread.

import { type ErrorKind, errorMap, type Reduction, reconstructionError } from '@memae/core';
import { type Dataset, batchFor } from '@memae/datasets';
import {
  type ParameterValues,
  type Tensor,
  add,
  bindParameters,
  constant,
  defineProgram,
  div,
  sub,
} from '@memae/graph';
import { summarize } from '@memae/metrics';
import type { FitContext, ScoreProgram } from '@memae/training';
import type { Autoencoder } from './autoencoder.ts';
import { inverseErrors } from './inverse-errors.ts';

/** `error`, one of the memory's own measures, or the `sum` of the three, each standardised by normal samples. */
export type ScoreFrom = 'error' | 'distance' | 'entropy' | 'sum';

/** How much each element of a sample counts in its error: all alike, or by how small its error is on what was learned. */
type ErrorWeights = 'equal' | 'inverse';

export interface ScoringOptions extends Pick<FitContext, 'backend' | 'random'> {
  /** The scaled samples. */
  readonly x: Tensor;
  readonly reduction: Reduction;
  readonly error: ErrorKind;
  readonly weights: ErrorWeights;
  readonly from: ScoreFrom;
  /** The samples that were learned from. */
  readonly learned: Dataset;
  /** What training came to. */
  readonly parameters: ParameterValues;
  /** Normal samples, by which the parts of a sum are standardised: (part − mean) / deviation. */
  readonly normal: Dataset;
}

/**
 * `score`, `reconstruction`, `errorMap`; with a memory also the addressing `weights` and what a score may
 * be made of: `reconstructionError`, `memoryDistance`, `addressingEntropy`, each [B].
 */
export async function scoringProgram(
  model: Autoencoder,
  options: ScoringOptions,
): Promise<ScoreProgram> {
  const { x, reduction, error, from, parameters, backend, learned, random } = options;
  const { reconstruction, memory } = model.forward(x, 'score');
  const alike = defineProgram({ errorMap: errorMap(x, reconstruction, { error }) });
  const weighted = {
    error,
    ...(options.weights === 'inverse' && {
      weights: constant(
        await inverseErrors(bindParameters(alike, parameters), {
          backend,
          dataset: learned,
          random,
        }),
      ),
    }),
  };
  const errors = reconstructionError(x, reconstruction, { reduction, ...weighted });
  const parts = memory && {
    reconstructionError: errors,
    memoryDistance: memory.distance,
    addressingEntropy: memory.entropy,
  };
  const score = parts === undefined ? errors : await scoreOf(parts, from, options);
  const program = defineProgram({
    score,
    reconstruction,
    errorMap: errorMap(x, reconstruction, weighted),
    ...(memory && { weights: memory.weights }),
    ...parts,
  });
  return bindParameters(program, parameters);
}

type Parts = Readonly<
  Record<'reconstructionError' | 'memoryDistance' | 'addressingEntropy', Tensor>
>;

function scoreOf(parts: Parts, from: ScoreFrom, options: ScoringOptions): Tensor | Promise<Tensor> {
  if (from === 'error') return parts.reconstructionError;
  if (from === 'distance') return parts.memoryDistance;
  return from === 'entropy' ? parts.addressingEntropy : standardisedSum(parts, options);
}

const names = ['reconstructionError', 'memoryDistance', 'addressingEntropy'] as const;
/** The size of the numbers that a part is the difference of, where it may be far smaller itself. */
const roundedAt: Readonly<Record<keyof Parts, number>> = {
  reconstructionError: 0,
  memoryDistance: 1,
  addressingEntropy: 1,
};

async function standardisedSum(
  parts: Parts,
  { backend, parameters, normal }: ScoringOptions,
): Promise<Tensor> {
  const executable = await backend.compile(bindParameters(defineProgram(parts), parameters));
  const values = names.map((): number[] => []);
  try {
    for await (const { samples } of normal.batches({ size: batchFor(normal.sampleShape) })) {
      const found = await executable.run({ samples });
      names.forEach((name, i) => values[i]?.push(...found[name].data));
    }
  } finally {
    await executable[Symbol.asyncDispose]();
  }
  return names
    .map((name, i) => {
      const { mean, deviation } = summarize(values[i] ?? []);
      // A part that is the same for all normal samples, but for rounding, has no unit to measure with.
      const rounding = 1e-5 * Math.max(Math.abs(mean), roundedAt[name]);
      return div(sub(parts[name], mean), deviation > rounding ? deviation : 1);
    })
    .reduce((total, part) => add(total, part));
}
