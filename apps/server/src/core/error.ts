// What the server refuses, in terms of no transport; each transport has a table from these codes to its own.

import { MemaeError } from '@memae/graph';

export type ServerErrorCode =
  /** An option that cannot be, said before anything is served. */
  | 'SERVER_BAD_OPTION'
  /** The address cannot be listened at. */
  | 'SERVER_CANNOT_LISTEN'
  /** A request that is wrong in itself: another try fails alike. */
  | 'SERVER_BAD_REQUEST'
  /** No token came, or none that is known. */
  | 'SERVER_UNAUTHORIZED'
  /** A browser asks for another site's page. */
  | 'SERVER_FORBIDDEN'
  /** No model of that name or version is there, or it is not loaded. */
  | 'SERVER_UNKNOWN_MODEL'
  /** The body, a batch or a picture is beyond a limit. */
  | 'SERVER_TOO_LARGE'
  /** The body is compressed. */
  | 'SERVER_COMPRESSED'
  /** The model gave a score that is no finite number. */
  | 'SERVER_NOT_FINITE'
  /** The client has too many requests going on: try again when one is answered. */
  | 'SERVER_TOO_MANY'
  /** The queue, or the memory for bodies, is full: try again later. */
  | 'SERVER_BUSY'
  /** Not answered in time: try again later. */
  | 'SERVER_DEADLINE'
  /** The server or the model is going away: try again, elsewhere. */
  | 'SERVER_CLOSING'
  /** Whoever asked has gone. */
  | 'SERVER_CANCELLED';

export function serverError(
  code: ServerErrorCode,
  message: string,
  cause?: unknown,
): MemaeError<ServerErrorCode> {
  return new MemaeError(code, message, cause === undefined ? undefined : { cause });
}

/** What a request comes to whose signal was aborted: out of time, or nobody waits. */
export function abortError(reason: unknown): MemaeError<ServerErrorCode> {
  return reason instanceof Error && reason.name === 'TimeoutError'
    ? serverError('SERVER_DEADLINE', 'There was no answer in time. Try again later.')
    : serverError('SERVER_CANCELLED', 'Whoever asked has gone.');
}
