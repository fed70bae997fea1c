import fc from 'fast-check';
import { expect, test } from 'vitest';
import { nextAlarm, startAlarm } from './alarms.ts';

function events(flags: readonly boolean[], options: { begin: number; end: number }): string {
  let alarm = startAlarm(options);
  return flags
    .map((flagged) => {
      const next = nextAlarm(alarm, flagged);
      alarm = next.alarm;
      return next.event === null ? '.' : next.event === 'begin' ? 'b' : 'e';
    })
    .join('');
}

const flagsOf = (text: string): boolean[] => Array.from(text, (flag) => flag === '1');

test('an alarm by hand', () => {
  const flags = '0110111101001000110111';
  expect(events(flagsOf(flags), { begin: 3, end: 3 })).toBe('......b........e.....b');
  expect(events(flagsOf('0100'), { begin: 1, end: 1 })).toBe('.be.');
});

test('what rings without delay is the flags themselves; begin and end take turns', () => {
  fc.assert(
    fc.property(
      fc.array(fc.boolean()),
      fc.integer({ min: 1, max: 5 }),
      fc.integer({ min: 1, max: 5 }),
      (flags, begin, end) => {
        expect(events(flags, { begin, end }).replaceAll('.', '')).toMatch(/^(be)*b?$/);
        const changes = flags.map((flag, i) =>
          flag === (flags[i - 1] ?? false) ? '.' : flag ? 'b' : 'e',
        );
        expect(events(flags, { begin: 1, end: 1 })).toBe(changes.join(''));
      },
    ),
  );
});

test('counts below one are refused', () => {
  expect(() => startAlarm({ begin: 0 })).toThrow(/one frame or more/);
  expect(() => startAlarm({ end: 1.5 })).toThrow(/one frame or more/);
});
