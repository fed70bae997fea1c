// Who may ask: bearer tokens of a file, `token` or `name:token` a line. Of what came, and of what is known, only hashes
// are compared, all of them and in constant time.

import { createHash, timingSafeEqual } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { serverError } from '../core/error.ts';

/** The name of whoever an Authorization header shows to be known: HTTP's, or gRPC's metadata of that name. */
export type Authorize = (header: string | undefined) => string | undefined;

interface Known {
  readonly name: string;
  readonly hash: Buffer;
}

const line = /^(?:(?<name>[\w.-]{1,100}):)?(?<token>[\w.~+/=-]{16,1000})$/;

/**
 * The tokens of a text: one a line, with a name or without; `#` begins a comment.
 * @throws `SERVER_BAD_OPTION` naming the line, never what it says
 */
export function parseTokens(text: string): readonly Known[] {
  const known = text.split('\n').flatMap((raw, i) => {
    const entry = raw.replace(/#.*/, '').trim();
    if (entry === '') return [];
    const { name = `token ${i + 1}`, token } = line.exec(entry)?.groups ?? {};
    if (token === undefined) {
      const wanted = 'token or name:token was expected, of 16 letters, digits, -._~+/= or more';
      throw serverError('SERVER_BAD_OPTION', `Line ${i + 1} of the tokens: ${wanted}.`);
    }
    return [{ name, hash: hashOf(token) }];
  });
  if (known.length > 0) return known;
  throw serverError('SERVER_BAD_OPTION', 'The file of tokens holds none: one a line was expected.');
}

/** @throws `SERVER_BAD_OPTION` */
export async function readTokens(path: string): Promise<readonly Known[]> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw serverError('SERVER_BAD_OPTION', `The file of tokens ${path} cannot be read.`, error);
  });
  return parseTokens(text);
}

/**
 * By `Bearer TOKEN`, or by `Basic` with the token as the password: that is what a browser asks its user for, and sends
 * with every request of the page.
 */
export function authorizeBy(tokens: () => readonly Known[]): Authorize {
  return (header) => {
    const token = tokenOf(header);
    if (token === undefined) return undefined;
    const hash = hashOf(token);
    // No early end: the time tells nothing of where a match is.
    return tokens().reduce<string | undefined>(
      (found, known) => (timingSafeEqual(hash, known.hash) ? known.name : found),
      undefined,
    );
  };
}

function tokenOf(header = ''): string | undefined {
  const { scheme, value } =
    /^(?<scheme>bearer|basic) +(?<value>\S{1,2000})$/i.exec(header)?.groups ?? {};
  if (value === undefined || scheme?.toLowerCase() === 'bearer') return value;
  return Buffer.from(value, 'base64').toString().split(':').slice(1).join(':');
}

function hashOf(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
