// A served model as a scorer: what scores and explains finished runs then works on it, its batches joined with everyone's.

import type { AnyNdArray } from '@memae/graph';
import { type Runnable, type Scorer, openScorer } from '@memae/scoring';
import type { InferOptions, Model } from '../core/model.ts';
import { concatenate, rowsBetween } from '../core/rows.ts';

/** @param options of every run that comes of it */
export function modelScorer(model: Model, options: InferOptions): Promise<Scorer> {
  const { manifest, examples, maxBatchSize, run } = model;
  const runnable: Runnable = {
    run: async (feeds, outputs) => {
      const samples = feeds[manifest.input.name];
      if (samples === undefined) throw new TypeError("the model's input was expected");
      const length = samples.shape[0] ?? 0;
      const parts: Readonly<Record<string, AnyNdArray>>[] = [];
      for (let start = 0; start < length; start += maxBatchSize) {
        const part = rowsBetween(samples, start, Math.min(start + maxBatchSize, length));
        parts.push(await run(part, { ...options, outputs }));
      }
      const names = Object.keys(parts[0] ?? {});
      return Object.fromEntries(
        names.map((name) => [name, concatenate(parts.flatMap((part) => part[name] ?? []))]),
      );
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
  const artifact = { manifest, model: new Uint8Array(0), ...(examples && { examples }) };
  return openScorer(artifact, { open: () => Promise.resolve(runnable) });
}
