// From the scores of windows to those of steps in time: the mean over the windows that cover a step of what the window's
// score would be, had all its steps erred as this one.
//
//   s_t = mean over windows w ∋ t of  s_w + |s_w| · (e_wt / ē_w − 1)
//
// where e_wt is the sum of the window's error map over the numbers of step t, and ē_w its mean over the steps of w. Of a score
// of 0 or more that is s_w · e_wt / ē_w; a sum of standardised parts may be below 0, and a step of more error counts more
// there, too. Where the score is the reconstruction error,
// that is the step's own error, in the unit of the window's. The first and last steps of a series have fewer windows.

import type { Batch, Step, WindowBatch } from '@memae/datasets';
import type { AnyNdArray } from '@memae/graph';
import { scoringError } from './error.ts';

/** What is needed of a model. */
export const stepOutputs = ['score', 'errorMap'];

/** Some steps in the order of time. */
export interface StepScores {
  readonly keys: readonly string[];
  readonly scores: Float32Array;
  /** 1 where the data call a step anomalous; 0 where they say nothing. */
  readonly truths: Uint8Array;
}

interface Pending extends Step {
  sum: number;
  windows: number;
}

/**
 * The steps of windows that come in order, each as soon as no window to come covers it.
 * @throws `SCORING_WRONG_KIND` for samples that are no windows
 */
export async function* stepScores(
  answered: AsyncIterable<{
    readonly batch: Batch;
    readonly answers: Readonly<Partial<Record<string, AnyNdArray>>>;
  }>,
  { window }: { readonly window: number },
): AsyncGenerator<StepScores> {
  const pending: Pending[] = [];
  for await (const { batch, answers } of answered) {
    if (!isWindows(batch)) {
      throw scoringError(
        'SCORING_WRONG_KIND',
        'The model takes windows of rows in the order of time, but others came.',
      );
    }
    const done: Pending[] = [];
    batch.fresh.forEach((fresh, i) => {
      for (const step of fresh) pending.push({ ...step, sum: 0, windows: 0 });
      done.push(...pending.splice(0, pending.length - window));
      const score = answers['score']?.data[i] ?? NaN;
      const shares = stepShares(answers['errorMap'], { window, row: i });
      pending.forEach((step, t) => {
        step.sum += score + Math.abs(score) * ((shares?.[t] ?? 1) - 1);
        step.windows += 1;
      });
    });
    if (done.length > 0) yield finished(done);
  }
  yield finished(pending);
}

/** Each step's error in a window over their mean; none where there is no error, or no map of it. */
function stepShares(
  map: AnyNdArray | undefined,
  { window, row }: { readonly window: number; readonly row: number },
): Float64Array | undefined {
  if (map === undefined) return undefined;
  const width = map.data.length / (map.shape[0] ?? 1);
  const errors = new Float64Array(window);
  for (let i = 0; i < width; i += 1) {
    const t = Math.floor((i * window) / width);
    errors[t] = (errors[t] ?? 0) + (map.data[row * width + i] ?? 0);
  }
  const mean = errors.reduce((sum, each) => sum + each, 0) / window;
  return mean > 0 ? errors.map((each) => each / mean) : undefined;
}

function finished(steps: readonly Pending[]): StepScores {
  return {
    keys: steps.map(({ key }) => key),
    scores: Float32Array.from(steps, ({ sum, windows }) => sum / windows),
    truths: Uint8Array.from(steps, ({ label }) => label),
  };
}

function isWindows(batch: Batch): batch is WindowBatch {
  return 'fresh' in batch;
}
