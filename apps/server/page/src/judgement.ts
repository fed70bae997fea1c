// Where the line is, as the page has it at the moment, and what that means for a score.

import { normaliseScores } from '@memae/metrics';
import type { ModelDescription } from './answers.ts';

export interface Judgement {
  readonly threshold: number;
  readonly scale: number;
}

/** The model's own; nothing for a model without a threshold. */
export function judgementOf({ threshold, scale }: ModelDescription): Judgement | undefined {
  return threshold === null || scale === null ? undefined : { threshold: threshold.value, scale };
}

/** By the threshold as the model's graph holds it, in 32 bits. */
export function isAnomalous(score: number, { threshold }: Judgement): boolean {
  return score > Math.fround(threshold);
}

/** From 0 to 1, ½ at the threshold. */
export function normalised(score: number, judgement: Judgement): number {
  return (
    normaliseScores([score], { ...judgement, threshold: Math.fround(judgement.threshold) })[0] ??
    NaN
  );
}
