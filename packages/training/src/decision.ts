// From score to verdict, inside the graph: what the exported model answers besides the score, and
// where the line is drawn when there are only normal samples to draw it by.
//
//   normalisedScore = sigmoid((score − threshold) / scale)      0.5 at the threshold
//   label           = 1 where score > threshold, else 0

import { MemaeError, cast, defineProgram, div, greater, sigmoid, sub } from '@memae/graph';
import {
  type Calibration,
  type Decision,
  type NormalRule,
  calibrate,
  chooseThreshold,
  summarize,
} from '@memae/metrics';
import type { Threshold } from '@memae/onnx';
import type { ScoreProgram } from './detector.ts';

/**
 * The program with the outputs `normalisedScore` [B] (float32) and `label` [B] (uint8).
 * @throws `DETECTOR_BAD_DECISION` for a threshold that is not finite, or a scale that is not positive.
 */
export function withDecision(program: ScoreProgram, { threshold, scale }: Decision): ScoreProgram {
  if (!Number.isFinite(threshold) || !(scale > 0 && scale < Infinity)) {
    throw new MemaeError(
      'DETECTOR_BAD_DECISION',
      `A decision needs a finite threshold and a positive scale, but ${threshold} and ${scale} came.`,
    );
  }
  const { score } = program.outputs;
  return defineProgram({
    ...program.outputs,
    score,
    normalisedScore: sigmoid(div(sub(score, threshold), scale)),
    label: cast(greater(score, threshold), 'uint8'),
  });
}

/** A decision and, for the manifest, how it was reached and the scores by which another can be. */
export interface NormalDecision {
  readonly decision: Decision;
  readonly threshold: Extract<Threshold, { readonly rule: NormalRule }>;
  readonly calibration: Omit<Calibration, 'labelled'>;
}

/**
 * The line that a rule draws by the scores of normal samples that were not trained on; the scale is
 * their deviation.
 * @throws `DETECTOR_BAD_DECISION` when a score is not finite; else as `chooseThreshold`.
 */
export function decideFromNormal(
  scores: ArrayLike<number>,
  { rule, falseAlarms }: { readonly rule: NormalRule; readonly falseAlarms: number },
): NormalDecision {
  const values = Array.from(scores);
  const odd = values.find((score) => !Number.isFinite(score));
  if (odd !== undefined) {
    throw new MemaeError(
      'DETECTOR_BAD_DECISION',
      `The trained model scores normal samples as ${odd}: the network is broken. ` +
        'Lower training.rate, or look for extreme values in the data.',
    );
  }
  const calibration = calibrate(values);
  // Rounded as the graph rounds them, so that the manifest and the graph draw one line.
  const value = Math.fround(chooseThreshold(calibration, { rule, falseAlarms }));
  // Where all score alike there is no unit to measure with; how far they are from 0 is one.
  const scale = Math.fround(summarize(values).deviation) || Math.abs(value) || 1;
  return {
    decision: { threshold: value, scale },
    threshold: { rule, value, falseAlarms, samples: values.length },
    calibration,
  };
}
