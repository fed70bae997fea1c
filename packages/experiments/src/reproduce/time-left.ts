// How long a list of trials still takes, from those that are done.

import { type Trial, budgetKey } from '../trials/trial.ts';
import type { TrialRow } from '../trials/rows.ts';

/**
 * Seconds left over all trials to come: each takes as long as those of its method and budget took on
 * average, else as those of any method, else as the present one. `undefined` before anything is known.
 */
export function secondsLeft(
  pending: readonly Trial[],
  {
    done,
    current,
  }: {
    readonly done: readonly TrialRow[];
    /** Of the trial that is running: what it has taken, and what its training still takes. */
    readonly current?: { readonly spent: number; readonly left: number };
  },
): number | undefined {
  const times = new Map<string, number[]>();
  const note = (key: string, seconds: number): void => {
    times.set(key, [...(times.get(key) ?? []), seconds]);
  };
  for (const { trial, seconds } of done) {
    const total = seconds.training + seconds.scoring;
    note(`${budgetKey(trial)} ${trial.method}`, total);
    note(budgetKey(trial), total);
  }
  if (current) note('current', current.spent + current.left);
  const estimates = pending.map((trial) => {
    const known =
      times.get(`${budgetKey(trial)} ${trial.method}`) ??
      times.get(budgetKey(trial)) ??
      times.get('current');
    return known && known.reduce((a, b) => a + b, 0) / known.length;
  });
  if (estimates.includes(undefined)) return undefined;
  return estimates.reduce<number>((sum, seconds) => sum + (seconds ?? 0), current?.left ?? 0);
}
