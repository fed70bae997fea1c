// The alarms of a stream as intervals: each from the first of the flagged frames that began it to the last before it ended,
// with the frame that scored highest. Frame by frame, as the alarms themselves; what an interval says is settled when it ends.

import { type Alarm, type AlarmOptions, nextAlarm, startAlarm } from './alarms.ts';

/** Frames by their numbers, the last included. */
export interface AlarmInterval {
  readonly start: number;
  readonly end: number;
  /** The frame with the highest score, and that score. */
  readonly peak: number;
  readonly score: number;
}

export interface AlarmEvent {
  readonly kind: 'begin' | 'end';
  /** At the beginning what is known by then. */
  readonly interval: AlarmInterval;
}

/** Where a stream's alarms stand: plain data, never changed. */
export interface AlarmTrack {
  readonly alarm: Alarm;
  /** The flagged frames that are an alarm, or may become one. */
  readonly flagged: AlarmInterval | null;
}

/** @throws `METRIC_BAD_OPTION` as `startAlarm` */
export function startTrack(options: AlarmOptions = {}): AlarmTrack {
  return { alarm: startAlarm(options), flagged: null };
}

/** The track after one more frame, and the alarm that begins or ends there. */
export function trackAlarm(
  { alarm, flagged: before }: AlarmTrack,
  {
    frame,
    score,
    flagged,
  }: { readonly frame: number; readonly score: number; readonly flagged: boolean },
): { readonly track: AlarmTrack; readonly event: AlarmEvent | null } {
  const next = nextAlarm(alarm, flagged);
  const kept = flagged ? extended(before, { frame, score }) : alarm.on ? before : null;
  const event = next.event && kept && { kind: next.event, interval: kept };
  return { track: { alarm: next.alarm, flagged: next.event === 'end' ? null : kept }, event };
}

/** The alarm that the end of the stream ends. */
export function endTrack({ alarm, flagged }: AlarmTrack): AlarmEvent | null {
  return alarm.on && flagged ? { kind: 'end', interval: flagged } : null;
}

function extended(
  before: AlarmInterval | null,
  { frame, score }: { readonly frame: number; readonly score: number },
): AlarmInterval {
  if (before === null) return { start: frame, end: frame, peak: frame, score };
  const highest = score > before.score ? { peak: frame, score } : {};
  return { ...before, ...highest, end: frame };
}
