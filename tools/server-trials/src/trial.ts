// What a trial is: a promise of the server, and a way to see whether it is kept.

import { type Keep, keeping } from './keeping.ts';
import type { KnownModel } from './model.ts';

export interface TrialContext {
  /** Two of one shape, with different scores. */
  readonly models: readonly [KnownModel, KnownModel];
  /** Requests in all, about. */
  readonly requests: number;
  readonly seed: number;
  /** Told now and then how far it is. */
  readonly onProgress: (text: string) => void;
  /** For what is to be gone when the trial is over. */
  readonly keep: Keep;
}

export interface Outcome {
  readonly figures: Readonly<Record<string, number | string>>;
  /** What was not as promised; empty where all was. */
  readonly broken: readonly string[];
}

export interface Trial {
  readonly promise: string;
  /** Requests, unless others are asked for. */
  readonly requests: number;
  readonly run: (context: TrialContext) => Promise<Outcome>;
}

/** Tries it once; nothing of it is left running. */
export function runTrial(trial: Trial, context: Omit<TrialContext, 'keep'>): Promise<Outcome> {
  return keeping((keep) => trial.run({ ...context, keep }));
}

export const inferPath = '/v2/models/model/infer';

/** The lines of those conditions that hold. */
export function brokenOf(conditions: Readonly<Record<string, boolean>>): string[] {
  return Object.entries(conditions).flatMap(([what, holds]) => (holds ? [what] : []));
}

/** The q-quantile; NaN of none. */
export function quantile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? NaN;
}

/** Whether scores are equal up to the last digits of float32. */
export function agree(got: Float32Array, wanted: Float32Array, tolerance = 1e-6): boolean {
  return (
    got.length === wanted.length &&
    got.every((score, i) => {
      const expected = wanted[i] ?? NaN;
      return Math.abs(score - expected) <= tolerance * Math.abs(expected);
    })
  );
}

/** Works on `count` numbers from 0, `width` at a time, in order of their beginning. */
export async function inParallel(
  count: number,
  { width, work }: { readonly width: number; readonly work: (i: number) => Promise<void> },
): Promise<void> {
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < count) {
      next += 1;
      await work(next - 1);
    }
  };
  await Promise.all(Array.from({ length: width }, lane));
}
