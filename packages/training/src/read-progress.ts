// The check of what a checkpoint says of how far training has come: its checksum tells of damage, not of sense.

import { MemaeError } from '@memae/graph';
import type { Progress } from './progress.ts';

type Check = (value: unknown) => boolean;

const isCount: Check = (value) => Number.isSafeInteger(value) && Number(value) >= 0;
const isNumber: Check = (value) => typeof value === 'number';
/** JSON writes null for a measure that is not finite. */
const isMeasure: Check = (value) => isNumber(value) || value === null;
const isPlain: Check = (value) => ['string', 'number', 'boolean'].includes(typeof value);

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const arrayOf =
  (check: Check): Check =>
  (value) =>
    Array.isArray(value) && value.every(check);
const recordOf =
  (check: Check): Check =>
  (value) =>
    isObject(value) && Object.values(value).every(check);
const fields =
  (checks: Readonly<Record<string, Check>>): Check =>
  (value) =>
    isObject(value) && Object.entries(checks).every(([name, check]) => check(value[name]));

const isReport = fields({ epoch: isCount, values: recordOf(isMeasure), seconds: isNumber });
const isBest = fields({ epoch: isCount, loss: isNumber });

const whole = 'a whole number of 0 or more';
const parts: Readonly<Record<keyof Progress, readonly [check: Check, expected: string]>> = {
  fingerprint: [recordOf(isPlain), 'texts, numbers and booleans by name'],
  epoch: [isCount, whole],
  stepInEpoch: [isCount, whole],
  step: [isCount, whole],
  sums: [
    fields({ samples: isCount, totals: recordOf(isMeasure), seen: recordOf(arrayOf(isNumber)) }),
    'samples, totals and what was seen',
  ],
  history: [arrayOf(isReport), "each epoch's values"],
  best: [(value) => value === null || isBest(value), 'an epoch and its loss, or null'],
};

/**
 * A checkpoint's progress, if it is one.
 * @throws `TRAIN_CHECKPOINT_CORRUPT` naming what is not as expected.
 */
export function readProgress(progress: unknown): Progress {
  if (!isObject(progress)) throw corrupt('progress should be an object');
  for (const [name, [check, expected]] of Object.entries(parts)) {
    if (!check(progress[name])) throw corrupt(`progress.${name} should be ${expected}`);
  }
  const found = progress as unknown as Progress;
  if (found.history.length !== found.epoch) {
    throw corrupt(
      `it has finished ${found.epoch} epochs, but progress.history tells of ${found.history.length}`,
    );
  }
  return found;
}

/**
 * Refuses steps that no run comes to whose epochs have so many at most: they would be left out in silence.
 * @throws `TRAIN_CHECKPOINT_CORRUPT`
 */
export function requireReached({ epoch, stepInEpoch, step }: Progress, epochSteps: number): void {
  const most = epoch * epochSteps + stepInEpoch;
  if (stepInEpoch > epochSteps) {
    throw corrupt(`progress.stepInEpoch is ${stepInEpoch}, but an epoch has ${epochSteps} steps`);
  }
  if (step < stepInEpoch || step > most) {
    throw corrupt(`progress.step is ${step}, but should lie between ${stepInEpoch} and ${most}`);
  }
}

function corrupt(why: string): MemaeError {
  return new MemaeError(
    'TRAIN_CHECKPOINT_CORRUPT',
    `The checkpoint cannot be used: ${why}. Remove it to train from the start.`,
  );
}
