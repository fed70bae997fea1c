// What `memae score --json` tells of files, told of uploads by a served model.

import type { Dataset } from '@memae/datasets';
import { type Judged, type ThresholdWish, judge, judgementOf } from '@memae/scoring';
import { serverError } from '../core/error.ts';
import type { Model } from '../core/model.ts';
import {
  type ExplanationPart,
  type SampleExplanation,
  explainSamples,
  maxExplained,
  maxExplainedNumbers,
} from './explanations.ts';
import { keepHighest } from './highest.ts';
import { modelScorer } from './model-scorer.ts';
import { type Upload, withSamples } from './uploads.ts';

export interface ScoreLimits {
  /** Samples in one request at most. */
  readonly maxSamples: number;
  /** Width times height of a picture at most. */
  readonly maxPixels: number;
}

export interface ScoreOptions extends ScoreLimits {
  readonly wish: ThresholdWish;
  /** What is explained of each sample. */
  readonly parts: readonly ExplanationPart[];
  readonly signal: AbortSignal;
}

interface ScoredSample {
  readonly key: string;
  readonly score: number;
  /** From 0 to 1, ½ at the threshold; null in a model without one. */
  readonly normalised: number | null;
  /** 1 above the threshold; null likewise. */
  readonly label: number | null;
  /** How often a normal sample scores as high, at most; with the rule conformal. */
  readonly pValue?: number;
  readonly explanation?: SampleExplanation;
}

export interface ScoreReport {
  readonly model: string;
  readonly version: string;
  readonly samples: number;
  /** How many are above the threshold. */
  readonly flagged: number | null;
  readonly threshold: number | null;
  readonly thresholdRule: string | null;
  readonly falseAlarms: number | null;
  readonly scores: readonly ScoredSample[];
}

/** @throws as `withSamples`, `judgementOf`, `Model.run`; `SERVER_TOO_LARGE` for more samples than are taken */
export async function scoreUploads(
  model: Model,
  uploads: readonly Upload[],
  { wish, parts, signal, maxSamples, maxPixels }: ScoreOptions,
): Promise<ScoreReport> {
  const { manifest, name, version } = model;
  const judgement = judgementOf(manifest, wish);
  const { decision, rule, falseAlarms } = judgement;
  const scorer = await modelScorer(model, { signal });
  return withSamples(uploads, { manifest, maxPixels, signal }, async (samples) => {
    requireFew(samples, maxSamples);
    const highest = keepHighest({
      most: parts.length > 0 ? maxExplained : 0,
      numbers: maxExplainedNumbers,
    });
    const scores: ScoredSample[] = [];
    for await (const scored of scorer.score(samples)) {
      const judged = judge(scored, judgement);
      highest.take(judged);
      scores.push(...rowsOf(judged));
    }
    const explanations: SampleExplanation[] = [];
    for (const batch of highest.batches()) {
      explanations.push(...(await explainSamples(scorer, batch, parts)));
    }
    highest.places().forEach((place, i) => {
      const [scored, explanation] = [scores[place], explanations[i]];
      if (scored && explanation) scores[place] = { ...scored, explanation };
    });
    const judged = scores.some(({ label }) => label !== null);
    return {
      model: name,
      version,
      samples: scores.length,
      flagged: judged ? scores.filter(({ label }) => label === 1).length : null,
      threshold: decision?.threshold ?? null,
      thresholdRule: rule ?? null,
      falseAlarms: falseAlarms ?? null,
      scores,
    };
  });
}

function requireFew({ length }: Dataset, maxSamples: number): void {
  if (length <= maxSamples) return;
  throw serverError(
    'SERVER_TOO_LARGE',
    `${length} samples came in one request; ${maxSamples} are the most that are scored so. Send fewer at a time, or use memae score.`,
  );
}

function rowsOf({ keys, scores, normalised, labels, pValues }: Judged): ScoredSample[] {
  return keys.map((key, i) => ({
    key,
    score: scores[i] ?? NaN,
    normalised: normalised?.[i] ?? null,
    label: labels?.[i] ?? null,
    ...(pValues && { pValue: pValues[i] ?? NaN }),
  }));
}
