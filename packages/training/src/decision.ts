// From score to verdict, inside the graph: what the exported model answers besides the score.
//
//   normalisedScore = sigmoid((score − threshold) / scale)      0.5 at the threshold
//   label           = 1 where score > threshold, else 0

import { MemaeError, cast, defineProgram, div, greater, sigmoid, sub } from '@memae/graph';
import type { ScoreProgram } from './detector.ts';

/** Where normal ends, and how many units of score make a step on the normalised scale. */
export interface Decision {
  readonly threshold: number;
  /** Positive: the deviation of normal scores, for example. */
  readonly scale: number;
}

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
