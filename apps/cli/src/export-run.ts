// From a fitted detector to the artifact: threshold, normalised score and label join the graph, and a
// manifest says how they came about.

import type { Backend } from '@memae/backend';
import { type Dataset, batchFor, scoresOfImages, tiledOf } from '@memae/datasets';
import { MemaeError, type Random } from '@memae/graph';
import { calibrate, chooseThreshold } from '@memae/metrics';
import {
  type Ancestor,
  type InputSummary,
  type ManifestFields,
  type Preparation,
  encodeOnnx,
  plainName,
  writeArtifact,
} from '@memae/onnx';
import { stepOutputs, stepScores } from '@memae/scoring';
import {
  type FittedDetector,
  type NormalDecision,
  decideFromNormal,
  withDecision,
} from '@memae/training';
import packageJson from '../package.json' with { type: 'json' };
import type { AnySplit } from './data-source.ts';
import { examplesOf } from './examples-of.ts';
import type { RunConfig } from './run-config.ts';

/** Where normal ends, from the scores of normal samples that were not trained on; of series, from those of their steps, and of
 * tiles, from those of their images. */
export async function decide(
  detector: FittedDetector,
  split: AnySplit,
  {
    backend,
    thresholdRule,
    falseAlarms,
  }: Pick<RunConfig, 'thresholdRule' | 'falseAlarms'> & { readonly backend: Backend },
): Promise<NormalDecision> {
  const { validation } = split;
  const scores: number[] = [];
  if ('series' in split) {
    const answered = answersOf(detector, { dataset: validation, backend });
    for await (const steps of stepScores(answered, split.series)) scores.push(...steps.scores);
  } else {
    for await (const { samples } of validation.batches({
      size: batchFor(validation.sampleShape),
    })) {
      scores.push(...(await detector.score(samples)));
    }
  }
  return decideFromNormal(scoresOfImages(scores, validation), { rule: thresholdRule, falseAlarms });
}

async function* answersOf(
  { program }: FittedDetector,
  { dataset, backend }: { readonly dataset: Dataset; readonly backend: Backend },
) {
  const wanted = Object.entries(program.outputs).filter(([name]) => stepOutputs.includes(name));
  const executable = await backend.compile({ ...program, outputs: Object.fromEntries(wanted) });
  try {
    for await (const batch of dataset.batches({ size: batchFor(dataset.sampleShape) })) {
      yield { batch, answers: await executable.run({ samples: batch.samples }) };
    }
  } finally {
    await executable[Symbol.asyncDispose]();
  }
}

/**
 * Refuses what could not be promised once training is done.
 * @throws `METRIC_TOO_FEW` where so few validation samples cannot hold the rate
 */
export function requireCalibration(
  samples: number,
  { thresholdRule: rule, falseAlarms }: Pick<RunConfig, 'thresholdRule' | 'falseAlarms'>,
): void {
  const any = Float64Array.from({ length: samples }, (_, i) => i);
  chooseThreshold(calibrate(any), { rule, falseAlarms });
}

/** What the model needs to be told beside the samples' shape: how clips are cut, how rows are encoded. */
export function preparationOf(
  split: AnySplit,
  { dataOptions, size }: Pick<RunConfig, 'dataOptions' | 'size'>,
): Preparation | undefined {
  if ('schema' in split) {
    const { schema: columns, series } = split;
    return series === undefined
      ? { kind: 'table', columns }
      : { kind: 'series', columns, stride: 1, ...series };
  }
  if ('encoder' in split) return { kind: 'rows', columns: split.encoder.columns };
  if ('layout' in split) {
    const { tile, overlap = 0, score = 'max' } = tiledOf(split.train)?.tiling ?? {};
    return {
      kind: 'pictures',
      ...(size !== null && { size }),
      fit: dataOptions.fit ?? 'resize',
      ...(tile !== undefined && { tiling: { tile, overlap, score } }),
    };
  }
  if (split.train.modality !== 'video') return undefined;
  return { kind: 'clips', dilation: dataOptions.dilation ?? 1 };
}

/** Writes the artifact, with examples of the split. */
export async function exportRun(
  detector: FittedDetector,
  {
    folder,
    config: { method, options, seed },
    decision,
    threshold,
    calibration,
    data,
    preparation,
    inputs,
    ancestry,
    backend,
    ...split
  }: NormalDecision & {
    readonly folder: string;
    readonly config: RunConfig;
    readonly data: ManifestFields['data'];
    readonly preparation?: Preparation;
    readonly inputs?: InputSummary;
    readonly ancestry?: readonly Ancestor[];
    readonly backend: Backend;
    readonly random: Random;
  } & Pick<AnySplit, 'train' | 'validation'>,
): Promise<void> {
  const complete = withDecision(detector.program, decision);
  const [input] = complete.inputs;
  if (input === undefined || complete.inputs.length > 1) {
    throw new MemaeError(
      'DETECTOR_BAD_PROGRAM',
      `A method's program takes one input, the samples, but that of ${method} takes ${complete.inputs.length}.`,
    );
  }
  const named = { ...data, name: plainName(data.name) };
  const model = encodeOnnx(complete, {
    name: method,
    metadata: {
      method,
      options: JSON.stringify(options),
      seed: String(seed),
      data: JSON.stringify(named),
      threshold: JSON.stringify(threshold),
    },
  });
  const manifest: ManifestFields = {
    library: packageJson.version,
    createdBy: `memae ${packageJson.version}, ${backend.description ?? backend.id}`,
    method,
    options,
    seed,
    data: named,
    input: { name: input.op.name, dtype: input.dtype, dims: input.dims },
    ...(preparation && { preparation }),
    outputs: Object.fromEntries(
      Object.entries(complete.outputs).map(([name, { dtype, dims }]) => [name, { dtype, dims }]),
    ),
    threshold,
    normaliser: { kind: 'logistic', center: decision.threshold, scale: decision.scale },
    calibration,
    ...(inputs && { inputs }),
    ...(ancestry && { ancestry }),
  };
  await writeArtifact(folder, {
    manifest,
    model,
    examples: await examplesOf(detector, { backend, manifest, ...split }),
    log: detector.history.map(({ epoch, seconds, values }) => ({ epoch, seconds, ...values })),
  });
}
