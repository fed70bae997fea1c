// A served model as a scorer: what scores and explains finished runs then works on it, its batches joined with everyone's.

import type { AnyNdArray } from '@memae/graph';
import { type Runnable, type Scored, type Scorer, openScorer } from '@memae/scoring';
import type { InferOptions, Model } from '../core/model.ts';
import { concatenate, rowsBetween } from '../core/rows.ts';

/**
 * Observers hear of its scores, but not of what is computed once more to explain them.
 * @param options of every run that comes of it
 */
export async function modelScorer(model: Model, options: InferOptions): Promise<Scorer> {
  const { manifest, examples, maxBatchSize, run } = model;
  /** What the model took since scores were told. */
  let taken: AnyNdArray[] = [];
  const runnable: Runnable = {
    run: async (feeds, outputs) => {
      const samples = feeds[manifest.input.name];
      if (samples === undefined) throw new TypeError("the model's input was expected");
      taken.push(samples);
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
  const scorer = await openScorer(artifact, { open: () => Promise.resolve(runnable) });
  const tell = ({ scores }: Scored): void => {
    model.scored({ scores, samples: taken });
    taken = [];
  };
  return {
    ...scorer,
    scoreBatch: async (batch) => {
      taken = [];
      const scored = await scorer.scoreBatch(batch);
      tell(scored);
      return scored;
    },
    score: async function* (dataset) {
      taken = [];
      for await (const scored of scorer.score(dataset)) {
        tell(scored);
        yield scored;
      }
    },
  };
}
