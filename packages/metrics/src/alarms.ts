// When an alarm begins and ends in a stream whose frames are flagged one by one: it takes several flagged frames in a row
// to begin, and several that are not to end, so that one odd frame neither rings nor ends it. It never looks ahead.

import { metricError } from './errors.ts';

export interface AlarmOptions {
  /** Flagged frames in a row that begin an alarm; by default 3. */
  readonly begin?: number;
  /** Frames in a row that are not flagged and end it; by default 10. */
  readonly end?: number;
}

/** Where a stream's alarm stands: plain data, never changed. */
export interface Alarm extends Required<AlarmOptions> {
  readonly on: boolean;
  /** How many frames in a row, up to the last, speak for a change. */
  readonly run: number;
}

/**
 * No alarm yet.
 * @throws `METRIC_BAD_OPTION` for counts that are no whole numbers from 1
 */
export function startAlarm({ begin = 3, end = 10 }: AlarmOptions = {}): Alarm {
  if ([begin, end].every((count) => Number.isSafeInteger(count) && count >= 1)) {
    return { begin, end, on: false, run: 0 };
  }
  throw metricError(
    'METRIC_BAD_OPTION',
    `An alarm begins and ends after one frame or more in a row, but ${begin} and ${end} came.`,
  );
}

/** The alarm after one more frame, and whether it begins or ends there. */
export function nextAlarm(
  alarm: Alarm,
  flagged: boolean,
): { readonly alarm: Alarm; readonly event: 'begin' | 'end' | null } {
  if (flagged === alarm.on) return { alarm: { ...alarm, run: 0 }, event: null };
  const run = alarm.run + 1;
  if (run < (alarm.on ? alarm.end : alarm.begin)) return { alarm: { ...alarm, run }, event: null };
  return { alarm: { ...alarm, on: flagged, run: 0 }, event: flagged ? 'begin' : 'end' };
}
