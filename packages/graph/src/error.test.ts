import { expect, it } from 'vitest';
import { MemaeError, hasCode } from './error.ts';

it('carries its code, message and cause', () => {
  const cause = new Error('below');
  const error = new MemaeError('SOME_CODE', 'what happened', { cause });
  expect(error).toBeInstanceOf(Error);
  expect(error).toMatchObject({ name: 'MemaeError', code: 'SOME_CODE', message: 'what happened' });
  expect(error.cause).toBe(cause);
});

it('is known by its code, not by its class', () => {
  expect(hasCode(new MemaeError('A', ''), 'A')).toBe(true);
  expect(hasCode(new MemaeError('A', ''), 'B')).toBe(false);
  expect(hasCode(Object.assign(new Error('from another copy'), { code: 'A' }), 'A')).toBe(true);
  expect(hasCode({ code: 'A' }, 'A')).toBe(false);
  expect(hasCode(undefined, 'A')).toBe(false);
});
