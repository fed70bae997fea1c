// A finished run as all that remains of it: the artifact, which alone gives scores from here on.

import { openBackend } from '@memae/backend';
import { type OnnxExecutable, openOnnx, ortBackend } from '@memae/backend/ort';
import {
  type Batch,
  type Dataset,
  type Samples,
  batchFor,
  tiledOf,
  tilesOf,
} from '@memae/datasets';
import { type AnyNdArray, type Shape, formatShape, ndarray, stack } from '@memae/graph';
import { normaliseScores } from '@memae/metrics';
import { type Artifact, type Examples, type Manifest, readArtifact } from '@memae/onnx';
import { scoringError } from './error.ts';
import { type StepScores, stepOutputs, stepScores } from './step-scores.ts';
import { stitched } from './stitch.ts';
import { rowOf } from './views.ts';

/** Samples, and what the model says of each. */
export interface Scored {
  readonly keys: readonly string[];
  /** Missing where keys are of steps in time, which come of several samples. */
  readonly samples?: Samples;
  readonly scores: Float32Array;
  /** From 0 to 1, ½ at the threshold; missing in a model without one. */
  readonly normalised?: Float32Array;
  /** 1 above the threshold; missing in a model without one. */
  readonly labels?: Uint8Array;
}

/** Outputs by name, those that were asked for and that the model has. */
export type Answers = Readonly<Record<string, AnyNdArray>>;

export interface Scorer extends AsyncDisposable {
  readonly manifest: Manifest;
  /** What the artifact keeps to be explained by; missing in earlier ones. */
  readonly examples?: Examples;
  /**
   * Scores one batch.
   * @throws `SCORING_SHAPE_MISMATCH`, `SCORING_NOT_FINITE`, `BACKEND_FAILED`; so do the others
   */
  readonly scoreBatch: (batch: Batch) => Promise<Scored>;
  /** Other outputs of one batch; of a model of tiles, images of one size are cut and stitched. */
  readonly answerBatch: (batch: Batch, outputs: readonly string[]) => Promise<Answers>;
  /** Scores batch by batch; of series, the steps of windows, by `stepScores`. */
  readonly score: (dataset: Dataset) => AsyncGenerator<Scored>;
  /** Other outputs batch by batch, with the batches; of images cut into tiles, image by image. */
  readonly answer: <B extends Batch>(
    dataset: Dataset<Dataset['modality'], B>,
    outputs: readonly string[],
  ) => AsyncGenerator<{ readonly batch: B; readonly answers: Answers }>;
}

export interface ScorerOptions {
  /** Of onnxruntime-node; all cores, unless named. */
  readonly threads?: number | undefined;
  /** Makes the model ready, in place of onnxruntime-node with `threads`: several instances behind one, as it may be. */
  readonly open?: (model: Uint8Array) => Promise<Runnable>;
  readonly signal?: AbortSignal;
}

/** A model that can be run. */
export type Runnable = Pick<OnnxExecutable, 'run' | typeof Symbol.asyncDispose>;

const scoreOutputs = ['score', 'normalisedScore', 'label'];

/**
 * Opens an artifact, or the one in a folder.
 * @throws as `readArtifact`; `BACKEND_UNAVAILABLE`, `BACKEND_FAILED`.
 */
export async function openScorer(
  artifact: string | Artifact,
  { threads, open = (model) => openRuntime(model, threads), signal }: ScorerOptions = {},
): Promise<Scorer> {
  const { manifest, model, examples } =
    typeof artifact === 'string' ? await readArtifact(artifact) : artifact;
  const executable = await open(model);

  async function answerBatch(batch: Batch, outputs: readonly string[]): Promise<Answers> {
    const { samples, keys } = batch;
    const [, ...sampleShape] = samples.shape;
    const { preparation, input } = manifest;
    const tiling = preparation?.kind === 'pictures' ? preparation.tiling : undefined;
    if (tiling && formatShape(sampleShape) !== formatShape(input.dims.slice(1))) {
      const images: Answers[] = [];
      for await (const { answers } of answer(tilesOf(batch, tiling), outputs)) images.push(answers);
      return joined(images);
    }
    requireFit(manifest, { name: keys[0] ?? 'the batch', dtype: samples.dtype, sampleShape });
    signal?.throwIfAborted();
    const wanted = outputs.filter((name) => Object.hasOwn(manifest.outputs, name));
    const answers = await executable.run({ [manifest.input.name]: samples }, wanted);
    requireFinite(answers, batch);
    return answers;
  }

  async function* answer<B extends Batch>(
    dataset: Dataset<Dataset['modality'], B>,
    outputs: readonly string[],
  ): AsyncGenerator<{ batch: B; answers: Answers }> {
    requireFit(manifest, dataset);
    const tiled = tiledOf(dataset);
    const answered = answerEach(dataset, outputs);
    if (tiled === undefined) {
      yield* answered;
      return;
    }
    for await (const { batch, answers } of stitched(answered, tiled)) {
      yield { batch, answers: judgedImage(answers, { manifest, outputs }) };
    }
  }

  async function* answerEach<B extends Batch>(
    dataset: Dataset<Dataset['modality'], B>,
    outputs: readonly string[],
  ): AsyncGenerator<{ batch: B; answers: Answers }> {
    for await (const batch of dataset.batches({ size: batchFor(dataset.sampleShape) })) {
      yield { batch, answers: await answerBatch(batch, outputs) };
    }
  }

  return {
    manifest,
    ...(examples && { examples }),
    answer,
    answerBatch,
    scoreBatch: async (batch) => scoredOf(batch, await answerBatch(batch, scoreOutputs)),
    score: async function* (dataset) {
      const { preparation } = manifest;
      if (preparation?.kind === 'series') {
        for await (const steps of stepScores(answer(dataset, stepOutputs), preparation)) {
          yield judgedSteps(steps, manifest);
        }
        return;
      }
      for await (const { batch, answers } of answer(dataset, scoreOutputs)) {
        yield scoredOf(batch, answers);
      }
    },
    [Symbol.asyncDispose]: () => executable[Symbol.asyncDispose](),
  };
}

async function openRuntime(model: Uint8Array, threads: number | undefined): Promise<Runnable> {
  const named = threads === undefined ? {} : { threads };
  // Tells why, should onnxruntime-node be missing.
  await (await openBackend([ortBackend(named)], 'ort'))[Symbol.asyncDispose]();
  return openOnnx(model, named);
}

function scoredOf({ samples, keys }: Batch, { score, normalisedScore, label }: Answers): Scored {
  return {
    ...{ keys, samples },
    scores: Float32Array.from(score?.data ?? []),
    ...(normalisedScore && { normalised: Float32Array.from(normalisedScore.data) }),
    ...(label && { labels: Uint8Array.from(label.data) }),
  };
}

/** Threshold and normaliser of series are of steps, those in the graph of windows as if they were steps. */
function judgedSteps(steps: StepScores, manifest: Manifest): Scored {
  return { ...steps, ...judgedBy(manifest, steps.scores) };
}

/** And of images that are cut, those in the graph of tiles as if they were images. */
function judgedImage(
  answers: Answers,
  { manifest, outputs }: { readonly manifest: Manifest; readonly outputs: readonly string[] },
): Answers {
  const judged = judgedBy(manifest, answers['score']?.data ?? []);
  if (judged === undefined || !outputs.includes('label')) return answers;
  const { normalised, labels } = judged;
  return { ...answers, normalisedScore: ndarray(normalised, [1]), label: ndarray(labels, [1]) };
}

/** Answers to one image each, of one size, as those to a batch. */
function joined(images: readonly Answers[]): Answers {
  const names = Object.keys(images[0] ?? {});
  const rowsOf = (name: string) =>
    images.flatMap(({ [name]: values }) => (values === undefined ? [] : [rowOf(values, 0)]));
  return Object.fromEntries(names.map((name) => [name, stack(rowsOf(name))]));
}

/** Nothing in a model without a threshold. */
function judgedBy({ threshold, normaliser }: Manifest, scores: ArrayLike<number>) {
  if (threshold === null || normaliser === null) return undefined;
  const decision = { threshold: normaliser.center, scale: normaliser.scale };
  return {
    normalised: Float32Array.from(normaliseScores(scores, decision)),
    labels: Uint8Array.from(scores, (score) => (score > threshold.value ? 1 : 0)),
  };
}

function requireFinite({ score }: Answers, { keys }: Batch): void {
  const odd = score?.data.findIndex((value) => !Number.isFinite(value)) ?? -1;
  if (odd < 0) return;
  throw scoringError(
    'SCORING_NOT_FINITE',
    `The model scores ${keys[odd] ?? ''} as ${score?.data[odd] ?? ''}. Look for extreme values in it.`,
  );
}

function requireFit(
  { input }: Manifest,
  {
    name,
    dtype,
    sampleShape,
  }: { readonly name: string; readonly dtype: string; readonly sampleShape: Shape },
): void {
  const wanted = input.dims.slice(1);
  if (dtype === input.dtype && formatShape(sampleShape) === formatShape(wanted)) return;
  const [height = '', width = ''] = wanted.slice(-2);
  const remedy =
    wanted.length >= 3 && dtype === input.dtype
      ? ` Pictures and frames are resized by the option size, as --size ${height}x${width}.`
      : '';
  throw scoringError(
    'SCORING_SHAPE_MISMATCH',
    `The model takes ${input.dtype} samples of ${formatShape(wanted)}, but those of ${name} are ` +
      `${dtype} ${formatShape(sampleShape)}.${remedy}`,
  );
}
