import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { type AlarmEvent, endTrack, startTrack, trackAlarm } from './alarm-intervals.ts';
import { nextAlarm, startAlarm } from './alarms.ts';

/** The events of frames that are flagged above 0, with the frame each came at. */
function eventsOf(
  scores: readonly number[],
  options = { begin: 3, end: 2 },
): [number, AlarmEvent][] {
  let track = startTrack(options);
  const events: [number, AlarmEvent][] = [];
  scores.forEach((score, frame) => {
    const next = trackAlarm(track, { frame, score, flagged: score > 0 });
    if (next.event) events.push([frame, next.event]);
    ({ track } = next);
  });
  const last = endTrack(track);
  return last ? [...events, [scores.length, last]] : events;
}

describe('the alarms of a stream', () => {
  test('reach from the first flagged frame to the last, with the highest score between', () => {
    expect(eventsOf([0, 2, 0, 1, 5, 2, 7, 0, 3, 0, 0, 9])).toEqual([
      [5, { kind: 'begin', interval: { start: 3, end: 5, peak: 4, score: 5 } }],
      [10, { kind: 'end', interval: { start: 3, end: 8, peak: 6, score: 7 } }],
    ]);
  });

  test('end with the stream', () => {
    expect(eventsOf([1, 1, 1, 0]).at(-1)).toEqual([
      4,
      { kind: 'end', interval: { start: 0, end: 2, peak: 0, score: 1 } },
    ]);
    expect(eventsOf([1, 1])).toEqual([]);
  });

  test('begin and end where the alarms do, and never overlap', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -2, max: 3 }), { maxLength: 60 }), (scores) => {
        let alarm = startAlarm({ begin: 3, end: 2 });
        const expected = scores.flatMap((score, frame) => {
          const next = nextAlarm(alarm, score > 0);
          ({ alarm } = next);
          return next.event ? [[frame, next.event]] : [];
        });
        const events = eventsOf(scores);
        const within = events.filter(([frame]) => frame < scores.length);
        expect(within.map(([frame, { kind }]) => [frame, kind])).toEqual(expected);
        const intervals = events
          .filter(([, { kind }]) => kind === 'end')
          .map(([, { interval }]) => interval);
        intervals.forEach(({ start, end, peak, score }, i) => {
          expect(start).toBeGreaterThan(intervals[i - 1]?.end ?? -1);
          expect(score).toBe(Math.max(...scores.slice(start, end + 1)));
          expect(scores[peak]).toBe(score);
        });
      }),
    );
  });
});
