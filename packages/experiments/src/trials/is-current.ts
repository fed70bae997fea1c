// Whether a finished trial is still what its method would do: options that a trial does not set are the
// method's own, and those may have changed since.

import { hasCode } from '@memae/graph';
import type { Registry } from '@memae/training';
import type { TrialRow } from './rows.ts';
import { optionsOf } from './run-trial.ts';
import { canonical } from './trial.ts';

/** Whether a trial run today would have the same options. Of a method that is not at hand, nobody can tell: yes. */
export function isCurrent({ trial, data, options }: TrialRow, registry: Registry): boolean {
  const plugin = registry.list().find(({ id }) => id === trial.method);
  if (plugin === undefined) return true;
  try {
    const now = plugin.resolve(optionsOf(trial, plugin), { ...data, length: data.train });
    return canonical(now) === canonical(options);
  } catch (error) {
    if (hasCode(error, 'DETECTOR_BAD_OPTION')) return false;
    throw error;
  }
}
