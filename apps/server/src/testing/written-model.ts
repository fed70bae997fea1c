// For tests: artifacts of models that were trained by nobody, so that their scores are known.

import { type Input, type Tensor, cast, defineProgram, input, mean, square } from '@memae/graph';
import {
  type Examples,
  type Manifest,
  type Preparation,
  encodeOnnx,
  writeArtifact,
} from '@memae/onnx';
import { withDecision } from '@memae/training';

type Calibration = Manifest['calibration'];

export interface WrittenModel {
  readonly samples: Input;
  readonly outputs: Readonly<Record<string, Tensor>> & { readonly score: Tensor };
  readonly preparation: Preparation;
  readonly threshold: number;
  readonly examples?: Examples;
  readonly calibration?: Calibration;
}

export async function writeModel(folder: string, model: WrittenModel): Promise<void> {
  const { samples, preparation, threshold, examples, calibration } = model;
  const { score } = model.outputs;
  const program = withDecision(defineProgram({ ...model.outputs, score }), {
    threshold,
    scale: 10,
  });
  await writeArtifact(folder, {
    model: encodeOnnx(program),
    ...(examples && { examples }),
    manifest: {
      ...{ library: '0.0.0', createdBy: 'a test', method: 'bright', options: {}, seed: 1 },
      data: { name: 'none', fingerprint: '0'.repeat(64), samples: 0 },
      input: { name: samples.op.name, dtype: samples.dtype, dims: samples.dims },
      preparation,
      outputs: Object.fromEntries(
        Object.entries(program.outputs).map(([name, { dtype, dims }]) => [name, { dtype, dims }]),
      ),
      threshold: { rule: 'given', value: threshold },
      normaliser: { kind: 'logistic', center: threshold, scale: 10 },
      ...(calibration && { calibration }),
    },
  });
}

/** Pictures are cut into tiles of 8 × 8, and score as the brightest of these; the threshold is 100. */
export function writeTileModel(folder: string, calibration?: Calibration): Promise<void> {
  const samples = input('samples', ['batch', 1, 8, 8], 'uint8');
  const bright = cast(samples, 'float32');
  return writeModel(folder, {
    samples,
    outputs: { score: mean(bright, { axes: [1, 2, 3] }), reconstruction: bright, errorMap: bright },
    preparation: { kind: 'pictures', fit: 'resize', tiling: { tile: 8, overlap: 0, score: 'max' } },
    ...{ threshold: 100, calibration },
  });
}

/** A step of a series of `load` scores as its square; windows have four rows, and the threshold is 100. */
export function writeSeriesModel(folder: string, calibration?: Calibration): Promise<void> {
  const samples = input('samples', ['batch', 4]);
  const errorMap = square(samples);
  const load = {
    name: 'load',
    kind: 'number',
    fill: 0,
    flagged: false,
    shift: 0,
    scale: 1,
  } as const;
  return writeModel(folder, {
    samples,
    outputs: { score: mean(errorMap, { axes: [1] }), errorMap },
    preparation: { kind: 'series', columns: [load], window: 4, stride: 1, time: 'at' },
    ...{ threshold: 100, calibration },
  });
}
