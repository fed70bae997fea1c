import { describe, expect, test } from 'vitest';
import { authorizeBy, parseTokens } from './tokens.ts';

const secret = 'a-token-of-enough-letters';
const basic = (text: string): string => `Basic ${Buffer.from(text).toString('base64')}`;

describe('tokens', () => {
  test('are lines, named or not, with comments', () => {
    const known = parseTokens(`# who\n${secret}\r\n\n line:${secret}2 # of line 5\n`);
    expect(known.map(({ name }) => name)).toEqual(['token 2', 'line']);
    expect(JSON.stringify(known)).not.toContain(secret);
  });

  test.each([
    ['', /holds none/],
    ['# only words\n', /holds none/],
    [`${secret}\nshort`, /^Line 2 of the tokens: token or name:token was expected, of 16/],
    [`two words of tokens`, /^Line 1/],
    [`a:b:${secret}`, /^Line 1/],
  ])('%j is refused, and not told', (text, message) => {
    expect(() => parseTokens(text)).toThrow(message);
    expect(() => parseTokens(text)).not.toThrow(secret);
  });

  const authorize = authorizeBy(() => parseTokens(`one:${secret}1\ntwo:${secret}2`));
  test.each([
    [`Bearer ${secret}1`, 'one'],
    [`bearer  ${secret}2`, 'two'],
    [basic(`whoever:${secret}2`), 'two'],
    [basic(`${secret}2:`), undefined],
    [basic(secret), undefined],
    [`Bearer ${secret}3`, undefined],
    [`Bearer ${secret}1 ${secret}2`, undefined],
    [`Bearer ${secret}`, undefined],
    ['Bearer', undefined],
    ['Bearer ', undefined],
    [`${secret}1`, undefined],
    [`Digest ${secret}1`, undefined],
    ['', undefined],
    [undefined, undefined],
  ])('%j is of %j', (header, name) => {
    expect(authorize(header)).toBe(name);
  });
});
