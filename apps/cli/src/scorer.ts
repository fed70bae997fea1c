// A finished run as all that remains of it: the artifact, which alone gives scores from here on.

import { openBackend } from '@memae/backend';
import { openOnnx } from '@memae/backend/ort';
import type { Dataset } from '@memae/datasets';
import { formatShape } from '@memae/graph';
import { type Manifest, readArtifact } from '@memae/onnx';
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

export interface Scorer extends AsyncDisposable {
  readonly manifest: Manifest;
  /** @throws `CLI_SHAPE_MISMATCH`, `CLI_SCORE_NOT_FINITE` */
  readonly score: (dataset: Dataset) => Promise<Scored>;
}

export interface ScorerOptions {
  readonly threads?: number | undefined;
  readonly engine?: string | undefined;
}

/** How many samples are scored at once. */
const batchSize = 256;

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
  const outputs = ['score', 'normalisedScore', 'label'].filter((name) =>
    Object.hasOwn(manifest.outputs, name),
  );

  return {
    manifest,
    score: async (dataset) => {
      requireFit(manifest, dataset);
      const keys: string[] = [];
      const scores = new Float32Array(dataset.length);
      const normalised = new Float32Array(dataset.length);
      const labels = new Uint8Array(dataset.length);
      for await (const batch of dataset.batches({ size: batchSize })) {
        context.signal.throwIfAborted();
        const results = await executable.run({ [manifest.input.name]: batch.samples }, outputs);
        const { score, normalisedScore, label } = results;
        scores.set(score?.data ?? [], keys.length);
        normalised.set(normalisedScore?.data ?? [], keys.length);
        labels.set(label?.data ?? [], keys.length);
        keys.push(...batch.keys);
      }
      const odd = scores.findIndex((score) => !Number.isFinite(score));
      if (odd >= 0) {
        throw cliError(
          'CLI_SCORE_NOT_FINITE',
          `The model scores ${keys[odd] ?? ''} as ${scores[odd] ?? ''}. Look for extreme values in it.`,
        );
      }
      return {
        keys,
        scores,
        ...(outputs.includes('normalisedScore') ? { normalised } : {}),
        ...(outputs.includes('label') ? { labels } : {}),
      };
    },
    [Symbol.asyncDispose]: () => executable[Symbol.asyncDispose](),
  };
}

function requireFit({ input }: Manifest, { name, dtype, sampleShape }: Dataset): void {
  const wanted = input.dims.slice(1);
  if (dtype === input.dtype && formatShape(sampleShape) === formatShape(wanted)) return;
  const [, height = '', width = ''] = wanted;
  const remedy =
    wanted.length === 3 && dtype === input.dtype
      ? ` Pictures are resized by --size ${height}x${width}.`
      : '';
  throw cliError(
    'CLI_SHAPE_MISMATCH',
    `The model takes ${input.dtype} samples of ${formatShape(wanted)}, but those of ${name} are ` +
      `${dtype} ${formatShape(sampleShape)}.${remedy}`,
  );
}
