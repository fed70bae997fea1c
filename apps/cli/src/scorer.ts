// A finished run as all that remains of it: the artifact, which alone gives scores from here on.

import { openBackend } from '@memae/backend';
import { openOnnx } from '@memae/backend/ort';
import type { Batch, Dataset } from '@memae/datasets';
import { type AnyNdArray, formatShape } from '@memae/graph';
import { type Manifest, readArtifact } from '@memae/onnx';
import { batchFor } from '@memae/training';
import type { CliContext } from './context.ts';
import { cliError } from './error.ts';

/** What the model says of each sample. */
export interface Scored {
  readonly keys: readonly string[];
  readonly scores: Float32Array;
  /** From 0 to 1, ½ at the threshold; missing in a model without one. */
  readonly normalised?: Float32Array;
  /** 1 above the threshold; missing in a model without one. */
  readonly labels?: Uint8Array;
}

/** Outputs by name, those that were asked for and that the model has. */
type Answers = Readonly<Record<string, AnyNdArray>>;

export interface Scorer extends AsyncDisposable {
  readonly manifest: Manifest;
  /**
   * Batch by batch.
   * @throws `CLI_SHAPE_MISMATCH`, `CLI_SCORE_NOT_FINITE`
   */
  readonly score: (dataset: Dataset) => AsyncGenerator<Scored>;
  /**
   * The same with the batches, and with `score` among the answers.
   * @throws `CLI_SHAPE_MISMATCH`, `CLI_SCORE_NOT_FINITE`
   */
  readonly answer: <B extends Batch>(
    dataset: Dataset<Dataset['modality'], B>,
    outputs: readonly string[],
  ) => AsyncGenerator<{ readonly batch: B; readonly answers: Answers }>;
}

export interface ScorerOptions {
  readonly threads?: number | undefined;
  readonly engine?: string | undefined;
}

/**
 * Opens the artifact in a folder.
 * @throws as `readArtifact`; `CLI_WRONG_ENGINE`, `BACKEND_UNAVAILABLE`, `BACKEND_FAILED`.
 */
export async function openScorer(
  folder: string,
  { threads, engine = 'ort' }: ScorerOptions,
  context: CliContext,
): Promise<Scorer> {
  if (engine !== 'ort') {
    throw cliError(
      'CLI_WRONG_ENGINE',
      `A finished run is an ONNX model, which the engine ort runs; ${engine} runs only what is trained.`,
    );
  }
  const { manifest, model } = await readArtifact(folder);
  const named = threads === undefined ? {} : { threads };
  // Tells why, should the engine be missing.
  const engines = context.backends(named);
  await (await openBackend(engines, engine))[Symbol.asyncDispose]();
  const executable = await openOnnx(model, named);

  async function* answer<B extends Batch>(
    dataset: Dataset<Dataset['modality'], B>,
    outputs: readonly string[],
  ): AsyncGenerator<{ batch: B; answers: Answers }> {
    requireFit(manifest, dataset);
    const wanted = outputs.filter((name) => Object.hasOwn(manifest.outputs, name));
    for await (const batch of dataset.batches({ size: batchFor(dataset.sampleShape) })) {
      context.signal.throwIfAborted();
      const answers = await executable.run({ [manifest.input.name]: batch.samples }, wanted);
      requireFinite(answers, batch);
      yield { batch, answers };
    }
  }

  return {
    manifest,
    answer,
    score: async function* (dataset) {
      const outputs = ['score', 'normalisedScore', 'label'];
      for await (const { batch, answers } of answer(dataset, outputs)) {
        const { score, normalisedScore, label } = answers;
        yield {
          keys: batch.keys,
          scores: Float32Array.from(score?.data ?? []),
          ...(normalisedScore && { normalised: Float32Array.from(normalisedScore.data) }),
          ...(label && { labels: Uint8Array.from(label.data) }),
        };
      }
    },
    [Symbol.asyncDispose]: () => executable[Symbol.asyncDispose](),
  };
}

function requireFinite({ score }: Answers, { keys }: Batch): void {
  const odd = score?.data.findIndex((value) => !Number.isFinite(value)) ?? -1;
  if (odd < 0) return;
  throw cliError(
    'CLI_SCORE_NOT_FINITE',
    `The model scores ${keys[odd] ?? ''} as ${score?.data[odd] ?? ''}. Look for extreme values in it.`,
  );
}

function requireFit({ input }: Manifest, { name, dtype, sampleShape }: Dataset): void {
  const wanted = input.dims.slice(1);
  if (dtype === input.dtype && formatShape(sampleShape) === formatShape(wanted)) return;
  const [height = '', width = ''] = wanted.slice(-2);
  const remedy =
    wanted.length >= 3 && dtype === input.dtype
      ? ` Pictures and frames are resized by --size ${height}x${width}.`
      : '';
  throw cliError(
    'CLI_SHAPE_MISMATCH',
    `The model takes ${input.dtype} samples of ${formatShape(wanted)}, but those of ${name} are ` +
      `${dtype} ${formatShape(sampleShape)}.${remedy}`,
  );
}
